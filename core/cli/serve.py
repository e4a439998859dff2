"""``yingshang serve`` and ``yingshang worker``: the two long-running processes."""
from __future__ import annotations

import click

from core.cli.frame import build_app, load_settings, refuse_old_database
from core.words import gettext as _


@click.command("serve", help=_("Run the web server until it is stopped."))
@click.option("--host", help=_("Address on which the server listens"))
@click.option("--port", type=click.IntRange(1, 65535), help=_("Port on which the server listens"))
@click.option("--workers", type=click.IntRange(1), help=_("Number of server processes"))
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the suite with gunicorn; refused while the database lacks a migration. Writes no permissions."""
    from core.addon import Suite
    from core.web_server import Server

    settings = load_settings()
    refuse_old_database(Suite.load(settings))
    Server(settings, build_app, host or settings.web.host, port or settings.web.port,
           workers or settings.web.workers).run()


@click.command("worker", help=_("Run the background worker until it is stopped."))
def worker() -> None:
    """Work on jobs: messages, batches of letters, warnings, imports."""
    from core.addon import Suite

    settings = load_settings()
    refuse_old_database(Suite.load(settings))
    app = build_app(settings)
    from core.jobs.worker import run_worker  # after the application, in whose time the collector rests

    click.get_current_context().exit(run_worker(app))


commands: list[click.Command] = [serve, worker]
