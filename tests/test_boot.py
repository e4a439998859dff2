"""The suite starts, and somebody can sign in."""
from __future__ import annotations

import os
import subprocess
import sys

from sqlalchemy import event, select, text
from sqlalchemy.orm import Mapper, Session
from sqlalchemy_utils.aggregates import manager as aggregates
from sqlalchemy_utils.proxy_dict import expire_proxy_dicts

from core.access import view_as
from core.access.models import Unit
from core.access.viewer import NOBODY
from core.case import Case
from core.db import db


def test_the_suite_starts_on_an_empty_database(app):
    assert app.test_client().get("/login/").status_code == 200


def test_the_database_is_tuned_on_every_connection(app):
    asked, answer = ("PRAGMA foreign_keys", 1) if db.engine.dialect.name == "sqlite" else ("SHOW jit", "off")
    with db.engine.connect() as connection:
        connection.rollback()
        assert connection.scalar(text(asked)) == answer


def test_nothing_looks_through_all_that_a_session_holds_at_each_flush(app):
    assert not event.contains(Session, "after_flush", aggregates.construct_aggregate_queries)
    assert not event.contains(Mapper, "expire", expire_proxy_dicts)


def test_people_sign_in_and_find_their_place(people, login):
    client = login("admin")
    assert client.get("/").location == "/admin/"
    assert client.get("/login/").status_code == 302


def test_whoever_is_not_signed_in_is_asked_to(client):
    assert client.get("/").location.startswith("/login/")
    assert client.post("/import/enterprises").status_code == 401


def test_a_session_without_a_viewer_shows_units_but_no_cases(people):
    with view_as(NOBODY) as session:
        assert session.scalars(select(Unit.code).where(Unit.code == "SAMR")).all() == ["SAMR"]
        assert session.scalars(select(Case)).all() == []


HEAVY = ("weasyprint", "fontTools", "uharfbuzz", "pydyf", "pikepdf", "pdfplumber", "pyhanko", "asn1crypto", "openpyxl",
         "python_calamine", "numpy", "pypinyin", "holidays", "alembic", "httpx", "pygments")
"""What draws, seals, reads workbooks, spells names, changes tables and posts: whoever does that imports it then."""


def test_a_web_worker_starts_without_the_libraries_of_letters_sheets_and_jobs(tmp_path):
    """Each of them would be paid for by every worker, in memory and at every start, and none is needed to show a page."""
    program = ("import sys\nfrom core.app import create_app\napp = create_app()\n"
               "assert app.test_client().get('/healthz').status_code == 200\n"
               f"print(sorted({{*{HEAVY!r}}} & {{*sys.modules}}))")
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, env=os.environ | {
        "YINGSHANG_VAR": str(tmp_path), "YINGSHANG_DATABASE_URL": f"sqlite:///{tmp_path}/empty.db",
        "YINGSHANG_ADDONS": "credit_repair, districts"})
    assert done.stdout.strip() == "[]"
