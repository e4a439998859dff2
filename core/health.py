"""The house's own checks: data folder, database, migrations, disk, clocks that disagree."""
from __future__ import annotations

import datetime as dt
import os
import shutil
import stat

from sqlalchemy import select, text
from sqlalchemy.orm import Session
from sqlalchemy.sql import func

from core import moment
from core.addon import Suite
from core.doctor import Finding, check
from core.migrate import current, head, parts
from core.words import gettext as _

LEAST_FREE = 2 * 1024**3
MOST_SKEW = dt.timedelta(seconds=30)


@check("data folder")
def data_folder(suite: Suite, session: Session) -> Finding:
    """The data folder can be written, and nobody else can read the key."""
    key = suite.settings.var / "secret_key"
    if not os.access(suite.settings.var, os.W_OK):
        return Finding(False, _("%(path)s cannot be written", path=suite.settings.var),
                       _("Give the account the right to it."))
    if key.exists() and stat.S_IMODE(key.stat().st_mode) & 0o077:
        return Finding(False, _("others can read %(path)s", path=key), f"chmod 600 {key}")
    return Finding(True, str(suite.settings.var))


@check("database")
def database(suite: Suite, session: Session) -> Finding:
    """The database answers."""
    session.execute(select(1))
    bind = session.get_bind()
    version = ".".join(map(str, bind.dialect.server_version_info or ()))
    return Finding(True, f"{bind.dialect.name} {version}".strip())


@check("migrations")
def migrations(suite: Suite, session: Session) -> Finding:
    """Every part's tables are at the newest revision of its files."""
    connection = session.connection()
    behind = [part.name for part in parts(suite) if current(connection, part) != head(part)]
    if behind:
        return Finding(False, _("not up to date: %(parts)s", parts=", ".join(behind)), "yingshang upgrade")
    return Finding(True, _("up to date"))


@check("disk")
def disk(suite: Suite, session: Session) -> Finding:
    """There is room for letters and attachments."""
    free = shutil.disk_usage(suite.settings.var).free
    return Finding(free >= LEAST_FREE, _("%(free)s GB free", free=f"{free / 1024**3:.1f}"),
                   "" if free >= LEAST_FREE else _("Make room on the disk that holds the data folder."))


@check("clock skew")
def clock_skew(suite: Suite, session: Session) -> Finding:
    """The database server and this machine agree about the time: due dates and signatures depend on both."""
    if session.get_bind().dialect.name != "postgresql":
        return Finding(True, _("the database runs on this machine"))
    there: dt.datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    skew = abs(there - moment.now())
    return Finding(skew <= MOST_SKEW, _("%(seconds)s s apart", seconds=f"{skew.total_seconds():.1f}"),
                   "" if skew <= MOST_SKEW else _("Let both machines take their time from the same server (NTP)."))


@check("bureaus")
def bureaus(suite: Suite, session: Session) -> Finding:
    """No bureau has a module switched on that is not loaded."""
    names = set(session.scalars(text("SELECT DISTINCT module FROM core_bureau_module")))
    lost = sorted(names - {addon.name for addon in suite.addons})
    if lost:
        return Finding(False, _("switched on but not loaded: %(modules)s", modules=", ".join(lost)),
                       _("Name them in YINGSHANG_ADDONS, or purge them."))
    return Finding(True, _("every module that is switched on is loaded"))
