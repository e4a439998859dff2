"""The house as it was drawn: rooms on floors, imports downward, no circle; files short, documented and finished."""
from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from core.testing import sources
from core.testing.source_conformance import mend

pytestmark = pytest.mark.walk
ROOT = Path(__file__).resolve().parents[1]
CORE = ROOT / "core"
FLOORS = (
    ("errors", "moment", "words", "secret", "signals", "settings", "filetypes", "inspection", "pinyin"),
    ("files", "db", "epoch", "addon", "migration_engine", "migrate", "exclusive", "permission_sync", "module_switch", "doctor",
     "database_copy", "lifecycle"),
    ("audit", "calendar", "rules", "outbox", "parameters", "dictionary"),
    ("access", "roles", "bureau_modules"),
    ("web", "tabular", "api", "party", "security", "notices"),
    ("case",),
    ("letter", "portal"),
    ("jobs", "board", "reference"),
    ("pages", "purge", "backup", "isolation", "demo", "health"),
    ("app", "web_server"),
    ("cli", "testing"),
)
"""From the ground up. A room uses what lies below it, and its neighbours as long as there is no circle."""
LATE = {("lifecycle", "access"): "an upgrade opens a session that sees everything, once the tables are there"}
"""Arrows that run upward all the same, each with its reason. They are followed when the house stands, not to build it."""


@cache
def arrows() -> tuple[tuple[str, str, str], ...]:
    """``(room, the room it imports, where)`` of every import between rooms of core."""
    return tuple(_arrows())


def _arrows() -> Iterator[tuple[str, str, str]]:
    for path in sources.python_files(CORE):
        place = path.relative_to(CORE).with_suffix("").parts
        for line, name in sources.imported(path, ".".join(["core", *place[:-1]])):
            parts = name.split(".")
            if parts[0] == "core" and len(parts) > 1 and parts[1] != place[0] and _is_room(parts[1]):
                yield place[0], parts[1], f"{path.relative_to(ROOT)}:{line}"


def _is_room(name: str) -> bool:
    return (CORE / name).is_dir() or (CORE / f"{name}.py").is_file()


HEIGHT = {room: height for height, rooms in enumerate(FLOORS) for room in rooms}


def test_every_room_stands_on_a_floor() -> None:
    rooms = {path.stem for path in CORE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    mend(sorted(rooms - {"__init__", "migrations"} - HEIGHT.keys()), "say in FLOORS on which floor the room stands")


def test_nothing_is_imported_from_above() -> None:
    mend(sorted({f"{where}: {room} imports {other}" for room, other, where in arrows()
                 if HEIGHT.get(other, 0) > HEIGHT.get(room, 99) and (room, other) not in LATE}),
         "turn the arrow round: let the upper room register itself below, or send a signal")


def test_there_is_no_circle_of_rooms() -> None:
    graph: dict[str, set[str]] = {}
    for room, other, _where in arrows():
        if (room, other) not in LATE:
            graph.setdefault(room, set()).add(other)
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as circle:
        pytest.fail(f"these rooms import each other in a circle: {' → '.join(circle.args[1])}")


def test_every_exception_is_still_needed() -> None:
    found = {(room, other) for room, other, _where in arrows()}
    mend(sorted(map(str, LATE.keys() - found)), "take the exception out of LATE: nobody uses it")


def test_core_never_imports_a_module() -> None:
    mend((f"{path.relative_to(ROOT)}:{line} {name}" for path in sources.python_files(CORE)
          for line, name in sources.imported(path, "core") if name.split(".")[0] == "addons"),
         "core must not know any bureau's law: use a slot, a signal or a list that the module declares")


def test_a_case_never_imports_letters() -> None:
    """The one arrow that is drawn wrongly most easily: letters hang on the signal that a step was taken."""
    mend((where for room, other, where in arrows() if (room, other) == ("case", "letter")), "listen to core.signals.step_taken")


def test_the_workflow_of_cases_knows_no_database() -> None:
    mend((f"{line}: {name}" for line, name in sources.imported(CORE / "case" / "workflow.py", "core.case")
          if name.split(".")[0] in ("sqlalchemy", "flask") or name.startswith("core.")), "keep core/case/workflow.py pure")


@pytest.mark.parametrize("folder", ["core", "addons", "scripts"])
def test_everything_public_says_what_it_is(folder: str) -> None:
    mend((f"{path.relative_to(ROOT).parent}/{fault}" for path in sources.python_files(ROOT / folder)
          for fault in sources.without_docstring(path)), "write the docstring")


@pytest.mark.parametrize("folder", ["core", "addons", "tests", "scripts", "benchmarks"])
def test_no_file_is_longer_than_it_may_be(folder: str) -> None:
    mend((f"{path.relative_to(ROOT)}: {lines}" for path in sources.python_files(ROOT / folder, tests=True)
          if "versions" not in path.parts and (lines := sources.too_long(path))),  # a revision lists all tables
         "divide the file by what it holds")


@pytest.mark.parametrize("folder", ["core", "addons", "tests", "scripts", "benchmarks"])
def test_nothing_is_left_unfinished(folder: str) -> None:
    mend((f"{path.relative_to(ROOT).parent}/{fault}" for path in sources.python_files(ROOT / folder, tests=True)
          for fault in sources.unfinished(path)), "finish it, or take it out")


def test_a_finished_file_is_told_from_an_unfinished_one(tmp_path: Path) -> None:
    """The tests above are tried out: each finds what it looks for."""
    bad = tmp_path / "bad.py"
    bad.write_text("import addons.noise\nfrom ..case import act\ndef public():\n    case.state = 'x'  # TO" + "DO\n" * 400)
    assert [name for _line, name in sources.imported(bad, "core.letter")] == ["addons.noise", "core.case", "core.case.act"]
    assert list(sources.without_docstring(bad)) == ["bad.py: the module", "bad.py:3 public"]
    assert list(sources.unfinished(bad)) and sources.too_long(bad) and list(sources.state_writes(bad)) == ["bad.py:4"]
