"""Who may see what, worked out in plain SQL from the tables of grants: a second opinion, independent of the row rule.

Nothing here calls :mod:`core.access.rows`: were both wrong in the same way, a proof would prove nothing.
"""
from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from flask import current_app
from sqlalchemy import Column, bindparam, inspect, text
from sqlalchemy.orm import Session

from core import moment
from core.case.registers import Register
from core.db import Model
from core.portal.declare import Portal, PublicKind

_GRANTED = """
    SELECT 1 FROM core_appointment a
      JOIN ab_user p ON p.id = a.user_id
      JOIN core_unit au ON au.id = a.unit_id
      JOIN ab_role r ON r.id = a.role_id
      JOIN ab_permission_view_role pvr ON pvr.role_id = r.id
      JOIN ab_permission_view pv ON pv.id = pvr.permission_view_id
      JOIN ab_permission verb ON verb.id = pv.permission_id
      JOIN ab_view_menu thing ON thing.id = pv.view_menu_id
     WHERE a.user_id = :user AND p.active = :true
       AND a.valid_from <= :today AND (a.valid_to IS NULL OR a.valid_to >= :today)
       AND (r.name = 'Admin' OR substr(r.name, 1, 5) = 'core.' OR EXISTS (
             SELECT 1 FROM core_bureau_module m WHERE m.bureau_id = au.bureau_id
                AND substr(r.name, 1, length(m.module) + 1) = m.module || '.'))
"""
_REACH = """
       AND (a.scope = 'all'
            OR {owners}
            OR (a.scope = 'unit' AND {unit} = a.unit_id)
            OR (a.scope = 'unit_tree' AND substr(ru.path, 1, length(au.path)) = au.path)
            OR (a.scope = 'custom' AND ',' || replace(replace(replace(CAST(a.custom_units AS TEXT), '[', ''), ']', ''),
                                                      ' ', '') || ',' LIKE '%,' || {unit} || ',%'))
"""
_CASES = f"""
SELECT c.id FROM core_case c JOIN core_unit ru ON ru.id = c.unit_id
 WHERE c.kind IN :kinds
   AND (EXISTS ({_GRANTED} AND verb.name = 'read' AND thing.name = c.kind
                {_REACH.format(owners="COALESCE(a.lent_by_id, a.user_id) IN (c.assignee_id, c.created_by_id)",
                               unit="c.unit_id")})
        OR EXISTS (SELECT 1 FROM core_case_reader o JOIN ab_user p ON p.id = o.user_id
                    WHERE o.case_id = c.id AND o.user_id = :user AND o.until > :now AND p.active = :true)
        OR EXISTS (SELECT 1 FROM core_case_reader o JOIN core_appointment a ON a.lent_by_id = o.user_id
                     JOIN ab_user p ON p.id = a.user_id
                    WHERE o.case_id = c.id AND a.user_id = :user AND o.until > :now AND p.active = :true
                      AND a.valid_from <= :today AND (a.valid_to IS NULL OR a.valid_to >= :today)))
"""  # no value is put into the text, only the two halves of the statement above


def seen_cases(session: Session, user_id: int | None, among: Sequence[int] | None = None) -> set[int]:
    """The ids of the cases that the account ``user_id`` may see today, out of ``among`` (default: all).

    None stands for somebody who has not signed in, and may see none. ``session`` sees everything.
    """
    kinds = loaded()
    if user_id is None or not kinds or (among is not None and not among):
        return set()
    given = {"user": user_id, "true": True, "today": moment.today(), "now": _instant(session), "kinds": kinds}
    statement = text(_CASES).bindparams(bindparam("kinds", expanding=True))
    if among is not None:
        statement = text(f"{_CASES} AND c.id IN :among").bindparams(
            bindparam("kinds", expanding=True), bindparam("among", expanding=True))
        given["among"] = list(among)
    return set(session.execute(statement, given).scalars())


def told_numbers(session: Session, user_id: int | None, numbers: Collection[str]) -> set[str]:
    """Which of the ``numbers`` of cases are told to the account by a case that it may see, in a column that is declared to
    tell the number of another case."""
    found: set[str] = set()
    there = set(inspect(session.connection()).get_table_names())  # classes may be known whose module has no tables here
    for column in (column for column in _telling() if column.table.name in there):
        case = "case_id" if "case_id" in column.table.columns else "id"
        rows = session.execute(text(  # names of our own tables
            f"SELECT {case} AS case_id, {column.name} AS number FROM {column.table.name} WHERE {column.name} IN :numbers")
            .bindparams(bindparam("numbers", expanding=True)), {"numbers": list(numbers)}).all()
        cases = seen_cases(session, user_id, among=[row.case_id for row in rows])
        found |= {row.number for row in rows if row.case_id in cases}
    return found


def _telling() -> Iterator[Column[Any]]:
    """The columns that tell the number of another case, of the loaded kinds of case and of what hangs on them."""
    from core.case import Case

    own = {kind.__table__ for kind in Case.loaded().values()}
    for table in Model.metadata.tables.values():
        case = table.columns.get("case_id")
        if table in own or (case is not None and any(key.column.table in own for key in case.foreign_keys)):
            yield from (column for column in table.columns if column.info.get("tells_number"))


def may(session: Session, user_id: int | None, permission: str) -> bool:
    """Whether the account holds ``permission`` anywhere at all today."""
    thing, _colon, verb = permission.partition(":")
    return user_id is not None and session.execute(
        text(f"SELECT EXISTS ({_GRANTED} AND verb.name = :verb AND thing.name = :thing)"),  # see above
        {"user": user_id, "true": True, "today": moment.today(), "verb": verb, "thing": thing}).scalar() in (True, 1)


def seen_letters(session: Session, user_id: int | None) -> set[int]:
    """The ids of the letters that the account may see: those of its cases, and others within reach of ``letter:read``."""
    if user_id is None:
        return set()
    cases = seen_cases(session, user_id)
    found = {row.id for row in session.execute(text("SELECT id, case_id FROM core_letter WHERE case_id IS NOT NULL"))
             if row.case_id in cases}
    free = session.execute(text(
        f"SELECT l.id FROM core_letter l JOIN core_unit ru ON ru.id = l.unit_id WHERE l.case_id IS NULL AND EXISTS ("
        f"{_GRANTED} AND verb.name = 'read' AND thing.name = 'letter' {_REACH.format(owners='1 = 0', unit='l.unit_id')})"),
        {"user": user_id, "true": True, "today": moment.today()})
    return found | set(free.scalars())


def seen_batches(session: Session, user_id: int | None) -> set[int]:
    """The ids of the imports that the account may see: its own and those of the bureau that it works in first."""
    if user_id is None:
        return set()
    return set(session.execute(text(
        "SELECT b.id FROM core_import_batch b WHERE b.by_id = :user OR b.bureau_id = ("
        "SELECT u.bureau_id FROM core_appointment a JOIN core_unit u ON u.id = a.unit_id WHERE a.user_id = :user "
        "AND a.valid_from <= :today AND (a.valid_to IS NULL OR a.valid_to >= :today) ORDER BY a.id LIMIT 1)"),
        {"user": user_id, "today": moment.today()}).scalars())


def seen_tasks(session: Session, user_id: int | None) -> set[int]:
    """The ids of the long tasks that the account may see: its own."""
    return set(session.execute(text("SELECT id FROM core_task WHERE by_id = :user"), {"user": user_id}).scalars())


def seen_letter_batches(session: Session, user_id: int | None) -> set[int]:
    """The ids of the batches of letters that the account may see: its own."""
    return set(session.execute(text("SELECT id FROM core_letter_batch WHERE by_id = :user"), {"user": user_id}).scalars())


def seen_notices(session: Session, user_id: int | None) -> set[int]:
    """The ids of the notices that the account may see: those for all, its bureau's, its own; all for who writes for all."""
    if user_id is None:
        return set()
    given = {"user": user_id, "true": True, "today": moment.today()}
    if session.execute(text(f"SELECT EXISTS ({_GRANTED} AND verb.name = 'edit' AND thing.name = 'notice' "
                            "AND a.scope = 'all')"), given).scalar() in (True, 1):
        return set(session.execute(text("SELECT id FROM core_notice")).scalars())
    return set(session.execute(text(
        "SELECT n.id FROM core_notice n WHERE n.bureau_id IS NULL OR n.by_id = :user OR n.bureau_id = ("
        "SELECT u.bureau_id FROM core_appointment a JOIN core_unit u ON u.id = a.unit_id WHERE a.user_id = :user "
        "AND a.valid_from <= :today AND (a.valid_to IS NULL OR a.valid_to >= :today) ORDER BY a.id LIMIT 1)"),
        {"user": user_id, "today": moment.today()}).scalars())


def seen_entries(session: Session, user_id: int | None, keys: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    """Which of the entries ``(module/register, id)`` the account may see: all of a register that it may read, of a ruled one
    those of the units within reach and its own."""
    found: set[tuple[str, int]] = set()
    known = registers()
    wanted: dict[str, list[int]] = {}
    for name, key in keys:
        wanted.setdefault(name, []).append(key)
    for name, ids in wanted.items():
        register = known[name]
        if not may(session, user_id, register.read):
            continue
        if not ruled(register):
            found |= {(name, key) for key in ids}
            continue
        thing, _colon, verb = register.read.partition(":")
        owners = " OR ".join(f"COALESCE(a.lent_by_id, a.user_id) = t.{column}" for column in register.owners) or "1 = 0"
        statement = text(f"SELECT t.id FROM {register.model.__table__.name} t JOIN core_unit ru ON ru.id = t.unit_id "
                         f"WHERE t.id IN :ids AND EXISTS ({_GRANTED} AND verb.name = :verb AND thing.name = :thing "
                         f"{_REACH.format(owners=owners, unit='t.unit_id')})").bindparams(bindparam("ids", expanding=True))
        found |= {(name, key) for key in session.execute(statement, {
            "user": user_id, "true": True, "today": moment.today(), "verb": verb, "thing": thing, "ids": ids}).scalars()}
    return found


def registers() -> Mapping[str, Register]:
    """The registers that the modules declare, by ``module/name``."""
    return {f"{addon.name}/{register.name}": register
            for addon, register in current_app.extensions["yingshang"].collect("views", "REGISTERS")}


def ruled(register: Register) -> bool:
    """Whether not everybody who reads the register sees all of its rows."""
    return bool(getattr(register.model, "__scoped__", False))


def enterprises(session: Session, most: int) -> list[tuple[int, str]]:
    """``(id, name)`` of the enterprises with the newest cases that can be seen outside, for as many accounts of theirs."""
    kinds = sorted(portal_kinds())
    if not kinds:
        return []
    rows = session.execute(text(
        "SELECT e.id, e.name FROM core_enterprise e JOIN core_case c ON c.enterprise_id = e.id WHERE c.kind IN :kinds "
        "GROUP BY e.id, e.name ORDER BY MAX(c.id) DESC LIMIT :most")
        .bindparams(bindparam("kinds", expanding=True)), {"kinds": kinds, "most": most})
    return [(row.id, row.name) for row in rows]


def cases_of_enterprise(session: Session, enterprise_id: int) -> set[int]:
    """The ids of the cases that the enterprise itself may see: its own, of kinds that are shown outside."""
    kinds = sorted(portal_kinds())
    return set(session.execute(text(
        "SELECT id FROM core_case WHERE enterprise_id = :e AND kind IN :kinds")
        .bindparams(bindparam("kinds", expanding=True)), {"e": enterprise_id, "kinds": kinds or [""]}).scalars())


def letters_of_enterprise(session: Session, enterprise_id: int) -> set[int]:
    """The ids of the letters that the enterprise itself may see: signed ones of its cases, of kinds that are for it, and
    those that belong to no case and were written to it."""
    wanted = {name: set(kind.letters) for name, kind in portal_kinds().items()}
    rows = session.execute(text(
        "SELECT l.id, l.kind, c.kind AS of FROM core_letter l JOIN core_case c ON c.id = l.case_id "
        "WHERE c.enterprise_id = :e AND l.number IS NOT NULL"), {"e": enterprise_id})
    free = session.execute(text("SELECT id FROM core_letter WHERE enterprise_id = :e AND case_id IS NULL "
                                "AND number IS NOT NULL"), {"e": enterprise_id})
    return {row.id for row in rows if row.kind in wanted.get(row.of, ())} | set(free.scalars())


def portal_kinds() -> Mapping[str, PublicKind]:
    """The kinds of case that the modules show outside."""
    found: Portal = current_app.extensions["portal"]
    return found.kinds


def loaded() -> list[str]:
    """The kinds of case whose module is loaded: what the program knows, whatever the tables hold."""
    from core.case import Case

    return sorted(Case.loaded())


def _instant(session: Session) -> object:
    """Now, as the database compares it: SQLite keeps instants as text without a zone."""
    now = moment.now()
    return now if session.get_bind().dialect.name == "postgresql" else now.strftime("%Y-%m-%d %H:%M:%S.%f")
