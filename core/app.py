"""The whole boot, read from top to bottom. The only place that knows all rooms.

Nothing here writes to the database: that is ``yingshang upgrade``'s (:mod:`core.lifecycle`).
"""
from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path
from typing import Any

from flask import Flask
from flask_appbuilder.base import AppBuilder
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Connection, Engine, event
from werkzeug.middleware.proxy_fix import ProxyFix

from core import bureau_modules, lifecycle, moment, pages, portal, roles, words
from core.access.grants import declared
from core.addon import Suite
from core.api import init_api
from core.calendar.store import seed_from_holidays
from core.case import checklists, leaving
from core.case import sweep as case_sweep
from core.case.api import CaseApi
from core.case.around_api import AroundApi
from core.case.retention import EXPORT as RETENTION
from core.case.search import install_search_indexes
from core.db import Model, db
from core.dictionary import sync_dictionaries
from core.jobs import bulk, case_file, exports, letter_batch, sheets, sweep
from core.jobs.api import TaskApi
from core.jobs.bulk_api import BulkApi
from core.jobs.install import init_jobs
from core.jobs.letter_batch_api import LetterBatchApi
from core.jobs.schedule import Job
from core.letter.api import LetterApi
from core.pages.letters_sheet import LETTERS
from core.party.api import EnterpriseApi
from core.party.people_import import PEOPLE
from core.party.register_export import REGISTER
from core.party.register_import import ENTERPRISES
from core.reference import sync_reference
from core.rules.register import sync_rules
from core.security import FrameworkIndex, SuiteSecurityManager, install_viewer
from core.settings import Settings
from core.tabular.catalogue import offer
from core.web import init_web
from core.web.language import install_language
from core.words import N_

ROOT = Path(__file__).resolve().parent.parent
csrf = CSRFProtect()
TIDY_PORTAL = Job("core.portal", portal.tidy, N_("Clean up the portal's counters, codes and waiting files"), cron="50 3 * * *")


def create_app(settings: Settings | None = None) -> Flask:
    """The application for ``settings`` (default: read from the environment and ``var/yingshang.toml``).

    Any fault of a module stops the boot, with the module's name in the message.
    """
    settings = settings or Settings.load()
    moment.set_zone(settings.timezone)
    words.speak(settings.locale)
    suite = Suite.load(settings)
    app = Flask("yingshang", static_folder=None)
    app.config.update(_configuration(settings, suite))
    app.extensions["yingshang"] = suite
    load_models(suite)
    db.init_app(app)
    csrf.init_app(app)  # before Flask-AppBuilder, whose API exempts itself from it
    with app.app_context():
        _tune(db.engine)
        builder = AppBuilder(security_manager_class=SuiteSecurityManager, indexview=FrameworkIndex)
        builder.init_app(app, db.session)  # type: ignore[arg-type]  # a scoped session is what it wants
        init_api(app, (CaseApi, AroundApi, BulkApi, EnterpriseApi, LetterApi, LetterBatchApi, TaskApi))
    init_web(app)
    install_language(app)
    install_viewer(app)
    _install_rooms(app, suite)
    init_jobs(app, settings, declared=suite.collect("jobs", "JOBS"), core_jobs=(TIDY_PORTAL,))
    if settings.web.trusted_proxies:
        hops = settings.web.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def load_models(suite: Suite) -> None:
    """Import every table of core and of the loaded modules."""
    import core.audit
    import core.calendar.models
    import core.case.models
    import core.jobs.models
    import core.letter.batch_models
    import core.letter.health
    import core.letter.key_models
    import core.letter.models
    import core.letter.steps
    import core.module_switch
    import core.notices
    import core.outbox.models
    import core.outbox.webhooks
    import core.party.models
    import core.portal.models
    import core.rules.models
    import core.security.models
    import core.tabular.models  # noqa: F401  # imported for their tables

    suite.load_models(Model.metadata)


def _configuration(settings: Settings, suite: Suite) -> dict[str, Any]:
    catalogues = [ROOT / "translations", *(addon.path / "translations" for addon in suite.addons)]
    return {
        "SECRET_KEY": settings.secret_key,
        "JWT_SECRET_KEY": settings.secret_key,
        "JWT_ACCESS_TOKEN_EXPIRES": dt.timedelta(hours=settings.web.session_hours),
        "PERMANENT_SESSION_LIFETIME": dt.timedelta(hours=settings.web.session_hours),
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings.database_url),
        "MAX_CONTENT_LENGTH": (settings.limits.import_mb + 8) * 1024 * 1024,
        "APP_NAME": "营商",
        "BABEL_DEFAULT_LOCALE": settings.locale,
        "BABEL_DEFAULT_TIMEZONE": settings.timezone,
        "BABEL_TRANSLATION_DIRECTORIES": ";".join(str(path) for path in catalogues if path.is_dir()),
        "LANGUAGES": {"zh_Hans_CN": {"flag": "cn", "name": "简体中文"}, "en": {"flag": "gb", "name": "English"}},
        "FAB_UPDATE_PERMS": False,  # web workers never write permissions: several starting at once would race
        "FAB_CREATE_DB": False,
        "FAB_ADD_SECURITY_API": False,
        "FAB_API_SWAGGER_UI": False,
        "FAB_PASSWORD_COMPLEXITY_ENABLED": True,
        "AUTH_TYPE": 1,
        "AUTH_RATE_LIMITED": False,  # accounts are locked after wrong passwords instead, see core.security
        "AUTH_ROLE_PUBLIC": "Public",
        "WTF_CSRF_TIME_LIMIT": None,  # a form that was open all day can still be saved
    }


def _engine_options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": 30}}
    return {"pool_size": 5, "max_overflow": 10, "pool_pre_ping": True}


def _tune(engine: Engine) -> None:
    """SQLite as a server's database: references are checked, readers do not wait for the writer, savepoints hold.

    PostgreSQL does not compile statements before it runs them: for a figure of twelve months that takes longer than the
    answer. Nor does it spread one over several processes: many people ask at once, and starting those takes longer, too.
    """
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _plainly)
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    @event.listens_for(engine, "savepoint")
    def begin_first(connection: Connection, _name: str) -> None:
        # The driver begins a transaction at the first change only; a savepoint before that would be the transaction.
        raw: Any = connection.connection.dbapi_connection
        if not raw.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")


def _plainly(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:  # its relatives need not have the setting
        cursor.execute("SELECT set_config(name, CASE name WHEN 'jit' THEN 'off' ELSE '0' END, false) FROM pg_settings "
                       "WHERE name IN ('jit', 'max_parallel_workers_per_gather')")
    connection.commit()


def all_roles(suite: Suite) -> list[Any]:
    """The roles of core and of every loaded module."""
    return [*roles.ROLES, *(role for _addon, role in suite.collect("access", "ROLES"))]


def _install_rooms(app: Flask, suite: Suite) -> None:
    sweep.register_sweeper("core.remind", case_sweep.remind, order=40)
    sweep.register_sweeper("core.escalate", case_sweep.escalate, order=41)
    sweep.register_sweeper("core.tasks", checklists.remind, order=42)
    lifecycle.register_synchroniser(
        "permissions", lambda session, current: lifecycle.sync_permissions(session, declared(all_roles(current))))
    lifecycle.register_synchroniser("rules", lambda session, current: _counts(sync_rules(session, current)))
    lifecycle.register_synchroniser("dictionaries", lambda session, _suite: sync_dictionaries(session))
    lifecycle.register_synchroniser("reference", sync_reference)
    lifecycle.register_synchroniser("search", lambda session, _suite: install_search_indexes(session.connection()))
    lifecycle.register_synchroniser("calendar", lambda session, _suite: seed_from_holidays(session))
    lifecycle.register_probe("due date", leaving.open_due_dates)
    bureau_modules.tell_open_cases(leaving.open_cases)
    offer(ENTERPRISES, LETTERS, PEOPLE, REGISTER, RETENTION)
    bulk.install()
    case_file.install()
    letter_batch.install()
    exports.install()
    sheets.install()
    app.extensions["roles"] = all_roles(suite)
    pages.install(app, suite)
    portal.install(app, suite)


def _counts(result: Any) -> dict[str, Any]:
    return {name: len(value) if isinstance(value, list | tuple) else value for name, value in vars(result).items()}
