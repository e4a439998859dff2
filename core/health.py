"""The house's own checks: data folder, database, migrations, permissions, broker, calendar, clocks of cases and machines."""
from __future__ import annotations

import datetime as dt
import os
import shutil
import stat

from flask import current_app
from kombu.exceptions import KombuError, OperationalError
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from sqlalchemy.sql import func

from core import moment
from core.access.grants import declared
from core.addon import Suite
from core.calendar.store import load_calendar
from core.case.models import Clock
from core.doctor import Finding, check
from core.jobs.install import Jobs
from core.permission_sync import outstanding
from core.rules.models import RuleVersion
from core.words import N_
from core.words import gettext as _

LEAST_FREE = 2 * 1024**3
MOST_SKEW = dt.timedelta(seconds=30)
NOTICE_IS_OUT = (12, 15)
"""Month and day by which the State Council's notice for the next year has always been out (2025's on 12 November)."""


@check(N_("data folder"))
def data_folder(suite: Suite, session: Session) -> Finding:
    """The data folder can be written, and nobody else can read the key."""
    key = suite.settings.var / "secret_key"
    if not os.access(suite.settings.var, os.W_OK):
        return Finding(False, _("%(path)s cannot be written", path=suite.settings.var),
                       _("Give the account the right to it."))
    if key.exists() and stat.S_IMODE(key.stat().st_mode) & 0o077:
        return Finding(False, _("others can read %(path)s", path=key), f"chmod 600 {key}")
    return Finding(True, str(suite.settings.var))


@check(N_("database"))
def database(suite: Suite, session: Session) -> Finding:
    """The database answers."""
    session.execute(select(1))
    bind = session.get_bind()
    version = ".".join(map(str, bind.dialect.server_version_info or ()))
    return Finding(True, f"{bind.dialect.name} {version}".strip())


@check(N_("migrations"))
def migrations(suite: Suite, session: Session) -> Finding:
    """Every part's tables are at the newest revision of its files."""
    from core.migrate import current, head, parts  # web workers import this file, and need no Alembic

    connection = session.connection()
    behind = [part.name for part in parts(suite) if current(connection, part) != head(part)]
    if behind:
        return Finding(False, _("not up to date: %(parts)s", parts=", ".join(behind)), "yingshang upgrade")
    return Finding(True, _("up to date"))


@check(N_("disk"))
def disk(suite: Suite, session: Session) -> Finding:
    """There is room for letters and attachments."""
    free = shutil.disk_usage(suite.settings.var).free
    return Finding(free >= LEAST_FREE, _("%(free)s GB free", free=f"{free / 1024**3:.1f}"),
                   "" if free >= LEAST_FREE else _("Make room on the disk that holds the data folder."))


@check(N_("clock skew"))
def clock_skew(suite: Suite, session: Session) -> Finding:
    """The database server and this machine agree about the time: due dates and signatures depend on both."""
    if session.get_bind().dialect.name != "postgresql":
        return Finding(True, _("the database runs on this machine"))
    there: dt.datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    skew = abs(there - moment.now())
    return Finding(skew <= MOST_SKEW, _("%(seconds)s s apart", seconds=f"{skew.total_seconds():.1f}"),
                   "" if skew <= MOST_SKEW else _("Let both machines take their time from the same server (NTP)."))


@check(N_("bureaus and modules"))
def bureaus(suite: Suite, session: Session) -> Finding:
    """No bureau has a module switched on that is not loaded."""
    names = set(session.scalars(text("SELECT DISTINCT module FROM core_bureau_module")))
    lost = sorted(names - {addon.name for addon in suite.addons})
    if lost:
        return Finding(False, _("switched on but not loaded: %(modules)s", modules=", ".join(lost)),
                       _("Name them in YINGSHANG_ADDONS, or purge them."))
    return Finding(True, _("every module that is switched on is loaded"))


@check(N_("permissions"))
def permissions(suite: Suite, session: Session) -> Finding:
    """The roles hold exactly what the code declares."""
    more, fewer = outstanding(session, declared(current_app.extensions["roles"]))
    if more or fewer:
        return Finding(False, _("%(more)s to be added, %(fewer)s to be taken away", more=more, fewer=fewer),
                       "yingshang upgrade")
    return Finding(True, _("as declared"))


@check(N_("broker"))
def broker(suite: Suite, session: Session) -> Finding:
    """Work for the background can be handed over. When it cannot, the sweep still finds it, only later."""
    jobs: Jobs = current_app.extensions["jobs"]
    where = suite.settings.broker_url.rpartition("@")[2] or _("embedded")
    try:
        with jobs.celery.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=3)
    except (KombuError, OperationalError, OSError) as fault:
        return Finding(False, f"{where}: {' '.join(str(fault).split())}",
                       _("Start the broker, or correct YINGSHANG_BROKER_URL. Until then long work waits."))
    return Finding(True, where)


@check(N_("calendar years"))
def calendar_years(suite: Suite, session: Session) -> Finding:
    """The working-day calendar of this year is there, and that of the next once the State Council's notice is out."""
    today = moment.today()
    published = load_calendar(session).published
    wanted = [today.year] + ([today.year + 1] if (today.month, today.day) >= NOTICE_IS_OUT else [])
    missing = ", ".join(str(year) for year in wanted if year not in published)
    if missing:
        return Finding(False, _("not published: %(years)s; dates in them are provisional", years=missing),
                       _("Import the State Council's notice under Administration > Calendar, and have it confirmed."))
    return Finding(True, _("published up to %(year)s", year=max(published)))


@check(N_("clocks without rule"))
def clocks_without_rule(suite: Suite, session: Session) -> Finding:
    """Every running clock stands on a version of a rule that is in the register."""
    lost = session.scalar(select(func.count()).select_from(Clock.__table__).where(
        Clock.stopped_at.is_(None), ~select(RuleVersion.id).where(RuleVersion.id == Clock.rule_version_id).exists())) or 0
    if lost:
        return Finding(False, _("%(number)s clocks run without a rule", number=lost), "yingshang upgrade")
    return Finding(True, _("every clock has its rule"))
