"""A kind of case for measuring, and a database full of it: twenty bureaus, one person who may see five of them."""
from __future__ import annotations

from typing import Any

from flask import Flask
from flask_appbuilder.security.sqla.models import Permission, PermissionView, Role, ViewMenu
from sqlalchemy import ForeignKey, Numeric, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core import moment
from core.access import Scope, UnitKind, appoint, as_system
from core.case import CLOSED, Action, Case, State, Workflow
from core.db import Model, db
from core.module_switch import BureauModule
from core.testing.people import make_person, make_unit

BUREAUS, SEEN, ENTERPRISES = 20, 5, 10_000
OURS, THEIRS = "bench", "plain"
"""The accounts: ours holds a role in five bureaus, theirs is Flask-AppBuilder's administrator."""


class Request(Case):
    """Something that an enterprise asks for."""

    __tablename__ = "bench_request"
    __mapper_args__ = {"polymorphic_identity": "bench.request"}
    kind_title, number_code = "Request", "BM"
    workflow = Workflow("arrived", (State("arrived", "Arrived"), State("done", "Done", CLOSED)),
                        (Action("finish", "Finish", ("arrived",), "done", roles=("bench.clerk",)),))

    id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), primary_key=True)
    subject: Mapped[str] = mapped_column(String(80), info={"label": "Subject"})
    amount: Mapped[Any] = mapped_column(Numeric(16, 2), info={"label": "Amount"})


def fill(app: Flask, rows: int) -> None:
    """Make tables, units, people, enterprises and ``rows`` cases, a third of them open with a due date."""
    Model.metadata.create_all(db.engine)
    with as_system("measuring") as session:
        units = [make_unit(session, f"B{n:02}", f"第{n}局", UnitKind.BUREAU) for n in range(BUREAUS)]
        read = session.query(Permission).filter(Permission.name == "read").one_or_none() or Permission(name="read")
        role = Role(name="bench.clerk")
        role.permissions.append(PermissionView(permission=read, view_menu=ViewMenu(name="bench.request")))
        admin = session.query(Role).filter(Role.name == "Admin").one()
        session.add(role)
        session.flush()
        person, plain = make_person(session, OURS, "李敏"), make_person(session, THEIRS, "王强")
        plain.roles.append(admin)
        session.add_all(BureauModule(bureau_id=unit.id, module="bench", enabled_at=moment.now()) for unit in units)
        appoint(session, person, "bench.clerk", units[0], Scope.CUSTOM, custom_units=[u.id for u in units[:SEEN]])
        first, other_id = units[0].id, plain.id
        session.commit()
    with db.engine.begin() as connection:
        connection.execute(text(_ENTERPRISES), {"n": ENTERPRISES})
        more = _filled_by_the_model()
        connection.execute(text(_CASES.format(more="".join(f", {name}" for name in more),
                                              values="".join(f", :{name}" for name in more))),
                           {"n": rows, "unit": first, "units": BUREAUS, "person": other_id, "enterprises": ENTERPRISES} | more)
        connection.execute(text("INSERT INTO bench_request (id, subject, amount) "
                                "SELECT id, 'subject ' || id, id % 1000 FROM core_case"))
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _filled_by_the_model() -> dict[str, Any]:
    """Columns of a case that the statement below does not name, with what the model would put there."""
    named = _CASES.partition("SELECT")[0]
    return {column.name: column.default.arg for column in Case.__table__.columns
            if column.default is not None and column.default.is_scalar and column.name not in named}


_ENTERPRISES = """
INSERT INTO core_enterprise (uscc, name, pinyin, status, source, verified, version, district_code)
SELECT lpad(CAST(i AS text), 18, '0'), '示例' || i || '商贸有限公司', 'sl' || i || 'smyxgs', '存续', 'import', true, 1,
    '120117001'
FROM generate_series(1, CAST(:n AS int)) i
"""
_CASES = """
INSERT INTO core_case (kind, number, query_code, title, state, meaning, workflow_version, result, confidentiality,
    bureau_id, unit_id, enterprise_id, assignee_id, created_by_id, opened_at, closed_at, updated_at, rule_day, due_at,
    due_on, due_code, due_provisional, due_paused, returns, version{more})
SELECT 'bench.request', 'NH-BM-' || lpad(CAST(i AS text), 9, '0'), 'ABCDEFGH', '申请事项第' || i || '号',
    CASE WHEN i % 3 = 0 THEN 'arrived' ELSE 'done' END, CASE WHEN i % 3 = 0 THEN 'open' ELSE 'closed' END, 1, '',
    'internal', :unit + u, :unit + u, e.id, CASE WHEN i % 2 = 0 THEN CAST(:person AS int) END, CAST(:person AS int),
    t, CASE WHEN i % 3 <> 0 THEN t END, t, CAST(t AS date), CASE WHEN i % 3 = 0 THEN t + interval '9 days' END,
    CASE WHEN i % 3 = 0 THEN CAST(t + interval '8 days' AS date) END, CASE WHEN i % 3 = 0 THEN 'answer' ELSE '' END,
    false, false, 0, 1{values}
FROM (SELECT i, (CAST(i AS bigint) * 7919) % CAST(:units AS int) AS u,
          timestamptz '2026-11-23 09:00+08' - i * interval '40 seconds' AS t
      FROM generate_series(1, CAST(:n AS int)) i) g
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM core_enterprise) e ON e.n = 1 + g.i % CAST(:enterprises AS int)
"""
