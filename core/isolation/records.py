"""Records to try: a few of every sort and bureau, with what names them in an address and what would give them away."""
from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from core.case.numbering import DISTRICT
from core.isolation import oracle

PER_BUREAU = 2
"""How many records of each sort are tried out of each unit."""
CASE_NUMBER = re.compile(rf"{DISTRICT}-[A-Z]{{2}}-\d{{8}}-\d{{4,}}")
LETTER_NUMBER = re.compile(r"[\w（）]{1,30}〔\d{4}〕\d+号")
NO_ID = 2_147_483_646
NO_NUMBER = f"{DISTRICT}-ZZ-19000101-0001"


@dataclass(frozen=True)
class Record:
    """One record: ``values`` fill the arguments of an address, ``marks`` are words that only this record contains."""

    sort: str
    key: Any
    """What the oracle knows it by: its id, of an entry of a register with the register."""
    name: str
    values: Mapping[str, Any]
    marks: tuple[str, ...] = ()
    kind: str = ""
    """Which of the sort it is: a case's kind, of a letter the kind of its case, an entry's register."""


@dataclass(frozen=True)
class Sort:
    """A sort of record: the argument that names it, the arguments that name its parts, who sees which.

    ``missing`` are the same arguments for a record that does not exist.
    """

    name: str
    argument: str
    parts: tuple[str, ...] = ()
    missing: Mapping[str, Any] = field(default_factory=dict)

    def fits(self, arguments: Collection[str]) -> bool:
        """Whether an address with these arguments shows such a record, or a part of one."""
        return self.argument in arguments and set(arguments) <= {self.argument, *self.parts}


SORTS = (
    Sort("case", "number", ("clock_id", "file_id", "task_id", "letter_id", "name", "action", "what", "kind"),
         {"number": NO_NUMBER, "clock_id": NO_ID, "file_id": NO_ID, "task_id": NO_ID, "letter_id": NO_ID}),
    Sort("case", "case_id", (), {"case_id": NO_ID}),
    Sort("letter", "letter_id", (), {"letter_id": NO_ID}),
    Sort("batch", "batch_id", (), {"batch_id": NO_ID}),
    Sort("task", "task_id", (), {"task_id": NO_ID}),
    Sort("letter batch", "letter_batch_id", (), {"letter_batch_id": NO_ID}),
    Sort("notice", "notice_id", (), {"notice_id": NO_ID}),
    Sort("enterprise", "enterprise_id", (), {"enterprise_id": NO_ID}),
    Sort("enterprise", "uscc", (), {"uscc": "91000000000000000X"}),
    Sort("entry", "entry_id", ("module", "name", "step", "paper"), {"entry_id": NO_ID}),
)
"""Tried in this order; an address with a ``number`` is a case's, whatever else stands in it."""


def samples(session: Session) -> dict[str, list[Record]]:
    """Candidates of every sort, over all bureaus, those with files, clocks and letters first."""
    return {"case": _cases(session), "letter": _letters(session), "batch": _plain(session, "batch", _BATCHES),
            "task": _plain(session, "task", _TASKS),
            "letter batch": _plain(session, "letter_batch", _LETTER_BATCHES, "letter batch"),
            "notice": _plain(session, "notice", _NOTICES), "enterprise": _enterprises(session),
            "entry": _entries(session)}


def seen(session: Session, sort: str, user_id: int | None, keys: Iterable[Any]) -> set[Any]:
    """Which of the records ``keys`` the account may see, by the oracle."""
    if sort == "case":
        return oracle.seen_cases(session, user_id, among=list(keys))
    if sort == "enterprise":  # the register is everybody's who works with it; what is kept back is how to reach people
        allowed = oracle.may(session, user_id, "enterprise:read") and oracle.may(session, user_id, "enterprise:contact")
        return set(keys) if allowed else set()
    if sort == "entry":
        return oracle.seen_entries(session, user_id, keys)
    found = {"letter": oracle.seen_letters, "batch": oracle.seen_batches, "task": oracle.seen_tasks,
             "letter batch": oracle.seen_letter_batches,
             "notice": oracle.seen_notices}[sort]
    return found(session, user_id) & set(keys)


def seen_outside(session: Session, sort: str, enterprise_id: int, keys: Iterable[Any]) -> set[Any]:
    """Which of the records ``keys`` an enterprise that has signed in at the portal may see, by the oracle."""
    if sort == "case":
        return oracle.cases_of_enterprise(session, enterprise_id) & set(keys)
    return oracle.letters_of_enterprise(session, enterprise_id) & set(keys) if sort == "letter" else set()


def foreign_numbers(session: Session, user_id: int | None, found: Collection[str],
                    enterprise_id: int | None = None) -> list[str]:
    """Out of the numbers of cases and letters ``found`` in an answer those that the account may not know."""
    if not found:
        return []
    wanted = {"numbers": list(found)}
    cases = {row.id: row.number for row in session.execute(
        text("SELECT id, number FROM core_case WHERE number IN :numbers").bindparams(_list("numbers")), wanted)}
    letters = {row.id: row.number for row in session.execute(
        text("SELECT id, number FROM core_letter WHERE number IN :numbers").bindparams(_list("numbers")), wanted)}
    def known(sort: str, keys: Iterable[int]) -> set[int]:
        return (seen(session, sort, user_id, keys) if enterprise_id is None
                else seen_outside(session, sort, enterprise_id, keys))

    hidden = {cases[key] for key in cases.keys() - known("case", cases)}
    if hidden and enterprise_id is None:
        hidden -= oracle.told_numbers(session, user_id, hidden)
    return sorted(hidden | {letters[key] for key in letters.keys() - known("letter", letters)})


_CASES = f"""
SELECT * FROM (
  SELECT c.id, c.kind, c.number, c.query_code, c.title, c.state,
         (SELECT MIN(k.id) FROM core_clock k WHERE k.case_id = c.id) AS clock_id,
         (SELECT MIN(f.id) FROM core_attachment f WHERE f.case_id = c.id AND f.removed_at IS NULL) AS file_id,
         (SELECT MIN(f.name) FROM core_attachment f WHERE f.case_id = c.id AND f.removed_at IS NULL) AS file_name,
         (SELECT MIN(t.id) FROM core_case_task t WHERE t.case_id = c.id) AS task_id,
         (SELECT MIN(l.id) FROM core_letter l WHERE l.case_id = c.id) AS letter_id,
         (SELECT COUNT(*) FROM core_case o WHERE o.title = c.title) AS namesakes,
         ROW_NUMBER() OVER (PARTITION BY c.kind, c.unit_id ORDER BY
           (SELECT COUNT(*) FROM core_attachment f WHERE f.case_id = c.id) DESC,
           (SELECT COUNT(*) FROM core_letter l WHERE l.case_id = c.id) DESC, c.id DESC) AS place
    FROM (SELECT r.*, ROW_NUMBER() OVER (PARTITION BY r.kind, r.unit_id ORDER BY r.id DESC) AS age FROM core_case r
           WHERE r.kind IN :kinds) c
   WHERE c.age <= 200) x WHERE x.place <= {PER_BUREAU} ORDER BY x.id
"""  # a number of our own
_LETTERS = f"""
SELECT * FROM (SELECT l.id, l.number, l.code, l.title, c.kind,
                      ROW_NUMBER() OVER (PARTITION BY l.unit_id, c.kind ORDER BY l.sha256 IS NULL, l.id DESC) AS place
                 FROM core_letter l LEFT JOIN core_case c ON c.id = l.case_id) x WHERE x.place <= {PER_BUREAU} ORDER BY x.id
"""
_BATCHES = f"""
SELECT * FROM (SELECT b.id, ROW_NUMBER() OVER (PARTITION BY b.bureau_id ORDER BY b.id DESC) AS place
                 FROM core_import_batch b) x WHERE x.place <= {PER_BUREAU} ORDER BY x.id
"""
_TASKS = f"""
SELECT * FROM (SELECT t.id, ROW_NUMBER() OVER (PARTITION BY t.by_id ORDER BY t.result_sha256 IS NULL, t.id DESC) AS place
                 FROM core_task t) x WHERE x.place <= {PER_BUREAU} ORDER BY x.id
"""
_NOTICES = f"""
SELECT * FROM (SELECT n.id, ROW_NUMBER() OVER (PARTITION BY n.bureau_id ORDER BY n.id DESC) AS place
                 FROM core_notice n) x WHERE x.place <= {PER_BUREAU} ORDER BY x.id
"""
_LETTER_BATCHES = f"""
SELECT * FROM (SELECT b.id, ROW_NUMBER() OVER (PARTITION BY b.by_id ORDER BY b.id DESC) AS place
                 FROM core_letter_batch b) x WHERE x.place <= {PER_BUREAU} ORDER BY x.id
"""
_ENTERPRISES = """
SELECT e.id, e.uscc, e.name, e.phone FROM core_enterprise e
 WHERE e.phone IS NOT NULL AND length(e.phone) >= 7 AND e.uscc IS NOT NULL ORDER BY e.id DESC LIMIT 3
"""


def _cases(session: Session) -> list[Record]:
    kinds = oracle.loaded()
    if not kinds:
        return []
    found = []
    for row in session.execute(text(_CASES).bindparams(_list("kinds")), {"kinds": kinds}):
        values = {"number": row.number, "case_id": row.id, "clock_id": row.clock_id, "file_id": row.file_id,
                  "task_id": row.task_id, "letter_id": row.letter_id, "what": "assign", "name": _action(row.kind, row.state),
                  "action": _action(row.kind, row.state), "kind": row.kind}
        marks = (row.query_code, *([row.title] if row.namesakes == 1 and len(row.title) >= 4 else []),
                 *([row.file_name] if row.file_name and len(row.file_name) >= 8 else []))
        found.append(Record("case", row.id, row.number, _filled(values), marks, row.kind))
    return found


def _action(kind: str, state: str) -> str:
    """An action of the kind that can be done in that state, so that the page behind it is really reached."""
    from core.case import Case

    workflow = Case.loaded()[kind].workflow
    fitting = [action.name for action in workflow.actions if state in workflow.sources(action) and not action.system]
    return fitting[0] if fitting else workflow.actions[0].name


def _letters(session: Session) -> list[Record]:
    return [Record("letter", row.id, row.number or f"letter {row.id}", {"letter_id": row.id},
                   tuple(mark for mark in (row.code, row.number) if mark), row.kind or "")
            for row in session.execute(text(_LETTERS))]


def _plain(session: Session, sort: str, statement: str, name: str = "") -> list[Record]:
    return [Record(name or sort, row.id, f"{sort} {row.id}", {f"{sort}_id": row.id})
            for row in session.execute(text(statement))]


def _enterprises(session: Session) -> list[Record]:
    return [Record("enterprise", row.id, row.name, {"enterprise_id": row.id, "uscc": row.uscc}, (row.phone,))
            for row in session.execute(text(_ENTERPRISES))]


def _entries(session: Session) -> list[Record]:
    """The newest rows of every register, of a ruled one those of every unit; the address of one is its mark."""
    found = []
    for name, register in oracle.registers().items():
        table = register.model.__table__.name
        within = "PARTITION BY unit_id" if oracle.ruled(register) else ""
        step, paper = (next((each.name for each in some), "none") for some in (register.steps, register.papers))
        for (key,) in session.execute(text(  # names of our own tables
                f"SELECT id FROM (SELECT id, ROW_NUMBER() OVER ({within} ORDER BY id DESC) AS place FROM {table}) x "
                f"WHERE x.place <= {PER_BUREAU} ORDER BY id")):
            module, _slash, own = name.partition("/")
            found.append(Record("entry", (name, key), f"{name} {key}", {
                "module": module, "name": own, "entry_id": key, "step": step, "paper": paper},
                (f'/{module}/registers/{own}/{key}"',) if oracle.ruled(register) else (), name))
    return found


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _list(name: str) -> Any:
    return bindparam(name, expanding=True)


def of_model(session: Session, model: Any) -> Sequence[tuple[int, int]]:
    """``(key, case id)`` of a few rows of a table that hangs on cases, for addresses that show its rows by key."""
    table = model.__mapper__.local_table
    column = table.c.case_id if "case_id" in table.c else table.c.id
    return [(row[0], row[1]) for row in session.execute(text(
        f"SELECT id, {column.name} FROM {table.name} ORDER BY id DESC LIMIT 200"))]  # names of our own tables
