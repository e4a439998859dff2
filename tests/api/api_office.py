"""An installation with the API and two kinds of case; a bureau's people in it, and their programs."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import Permission, PermissionView, Role, ViewMenu
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from api_kinds import CLERK, HEAD, TABLES, Complaint
from core import moment
from core.access import Scope, Viewer
from core.case.act import open_case
from core.case.models import Case
from core.db import Model, db
from core.module_switch import BureauModule
from core.party.models import Enterprise
from core.pinyin import initials
from core.rules.loader import RuleStatus, RuleUnit
from core.rules.models import RuleVersion
from core.testing.databases import Installation
from core.testing.people import PASSWORD, District, give_role

DAY = dt.datetime(2026, 11, 23, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
CODES = ("91120117MA05A1B25X", "91120117MA06C2D37Y")


@pytest.fixture
def app(installed: Installation) -> Iterator[Flask]:
    """The application with the tables of our kinds, on a Monday morning."""
    with installed.app.app_context(), moment.at(DAY):
        Model.metadata.create_all(db.engine, list(TABLES))
        yield installed.app


class Office:
    """The people of two bureaus, and what lies on their desks."""

    def __init__(self, session: Session, district: District) -> None:
        self.session, self.district = session, district
        self.enterprises: list[Enterprise] = []

    def viewer(self, name: str) -> Viewer:
        return self.district.viewer(name)

    def open(self, unit: str = "SAMR", by: str = "li", kind: type[Case] = Complaint, title: str = "Noise at night",
             **values: Any) -> Case:
        case = open_case(self.session, kind, self.viewer(by), unit=self.district.unit(unit), title=title, **values)
        self.session.commit()
        return case


@pytest.fixture
def office(people: District, session: Session) -> Office:
    """李 and 王 (head) work for 市场监管局, 赵 for 城管委, each seeing his own bureau; 钱 holds nothing."""
    _role(session, CLERK, "read", "create", things=("trial.complaint", "trial.permit"))
    _role(session, HEAD, "read", "contact", things=("trial.complaint", "trial.permit"))
    _role(session, "core.register", "read", "contact", things=("enterprise",))
    _role(session, "trial.front", "read", things=("enterprise",))
    for code in ("SAMR", "CGW", "NDRC"):
        session.add(BureauModule(bureau_id=people.unit(code).id, module="trial", enabled_at=moment.now()))
    with moment.at(dt.date(2026, 1, 5)):
        give_role(people, "li", "李敏", CLERK, "SAMR")
        give_role(people, "li", "李敏", "trial.front", "SAMR")
        give_role(people, "wang", "王强", HEAD, "SAMR")
        give_role(people, "zhao", "赵红", CLERK, "CGW")
        give_role(people, "qian", "钱多", "core.register", "NDRC", Scope.ALL)
    session.add(RuleVersion(module="trial", key="trial.answer", title="Answer", valid_from=dt.date(2020, 1, 1), value=5,
                            unit=RuleUnit.WD, basis="示例办法", article="第三条", status=RuleStatus.PARAMETER,
                            opened_at=moment.now()))
    made = Office(session, people)
    for code, name in zip(CODES, ("天津示例商贸有限公司", "宁河示例运输有限公司"), strict=True):
        made.enterprises.append(Enterprise(uscc=code, name=name, pinyin=initials(name), phone="13812345678",
                                           legal_rep="张三丰", district_code="120117001"))
    session.add_all(made.enterprises)
    session.commit()
    return made


def _role(session: Session, name: str, *verbs: str, things: tuple[str, ...]) -> None:
    role = session.scalars(select(Role).where(Role.name == name)).one_or_none() or Role(name=name)
    session.add(role)
    for thing in things:
        for verb in verbs:
            permission = _named(session, Permission, verb)
            view = _named(session, ViewMenu, thing)
            pair = session.scalars(select(PermissionView).where(
                PermissionView.permission_id == permission.id,
                PermissionView.view_menu_id == view.id)).one_or_none() or PermissionView(
                    permission=permission, view_menu=view)
            if pair not in role.permissions:
                role.permissions.append(pair)
    session.flush()


def _named(session: Session, model: Any, name: str) -> Any:
    found = session.scalars(select(model).where(model.name == name)).one_or_none()
    if found is None:
        found = model(name=name)
        session.add(found)
        session.flush()
    return found


class Program:
    """Somebody's program: it has signed in and sends the token."""

    def __init__(self, client: Any, token: str | None) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, want: int = 200, **query: Any) -> Any:
        answer = self.client.get(f"/api/v1{path}", query_string=query, headers=self.headers)
        return self._checked(answer, want)

    def post(self, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        answer = self.client.post(f"/api/v1{path}", json=body if body is not None else {},
                                  headers=self.headers | {k.replace("_", "-"): v for k, v in headers.items()})
        return self._checked(answer, status)

    def _checked(self, answer: Any, status: int) -> Any:
        assert answer.status_code == status, answer.get_data(as_text=True)
        self.last = answer
        if status >= 400:
            assert answer.mimetype == "application/problem+json"
            assert set(answer.json) >= {"type", "title", "status", "detail", "errors", "trace"}
        return answer.json


@pytest.fixture
def program(client: Any) -> Callable[[str], Program]:
    """``program("li")`` signs in as that person by the API."""
    def sign_in(name: str) -> Program:
        answer = client.post("/api/v1/security/login",
                             json={"username": name, "password": PASSWORD, "provider": "db"})
        return Program(client, answer.json["access_token"])
    return sign_in


@contextmanager
def counted(engine: Any) -> Iterator[list[str]]:
    """The SQL statements sent meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
