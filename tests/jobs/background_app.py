"""A small application with the background machinery and nothing else, for the tests and for the workers that they start."""
from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask

import core.audit  # for its tables
import core.outbox.models  # noqa: F401  # for its tables
from core.db import Model, db
from core.errors import Refusal
from core.jobs import sweep
from core.jobs.install import init_jobs
from core.jobs.running import TaskRun
from core.jobs.tasks import Result, TaskKind, register_kind
from core.settings import Settings


def settings_for(var: Path, database_url: str = "") -> Settings:
    environ = {"YINGSHANG_VAR": str(var)} | ({"YINGSHANG_DATABASE_URL": database_url} if database_url else {})
    return Settings.load(environ)


def build(settings: Settings, **options: Any) -> Flask:
    """The application; its tables are made when they are missing."""
    app = Flask("background")
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    db.init_app(app)
    register_kind(TaskKind("test.count", count, "Count"))
    register_kind(TaskKind("test.once", count, "Count in one go", resumable=False))
    init_jobs(app, settings, **options)
    with app.app_context():
        Model.metadata.create_all(db.engine)
    return app


@contextmanager
def own_sweep() -> Iterator[None]:
    """Only what :func:`build` registers is swept in here, whatever other tests of this run have loaded."""
    known = dict(sweep._SWEEPERS)
    sweep._SWEEPERS.clear()
    yield
    sweep._SWEEPERS.clear()
    sweep._SWEEPERS.update(known)


def count(task: TaskRun) -> Result:
    """Writes a line a number to ``params["file"]``; ``params`` may ask for a pause, a refusal or a fault on the way."""
    out, params = Path(task.params["file"]), task.params
    for number in range(task.done + 1, params["n"] + 1):
        if params.get("fault_at") == number:
            raise ZeroDivisionError("the counting machine broke")
        if params.get("refuse_at") == number:
            raise Refusal("Number 13 may not be counted.")
        with out.open("a") as lines:
            lines.write(f"{number}\n")
        task.progress(number, params["n"])
        if params.get("hang_at") == number and task.attempt == 1:
            out.with_suffix(".reached").touch()
            threading.Event().wait(params.get("hang_for", 120))
    return Result("Counted.", "".join(f"{n}\n" for n in range(1, params["n"] + 1)).encode(), "numbers.txt")


def wait_for(condition: Callable[[], Any], seconds: float = 30) -> Any:
    """Look again and again until there is something to see."""
    pause = threading.Event()
    for _look in range(int(seconds / 0.05)):
        if seen := condition():
            return seen
        pause.wait(0.05)
    raise AssertionError(f"did not happen within {seconds} s")
