"""The skeleton of a new module: every file in ``module/`` with the module's names filled in.

A small, whole module rather than an empty one: applications arrive, are completed, decided in time, answered by letter,
counted, taken in and given out as sheets. Whoever writes the real one replaces what differs and keeps the tests green.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from string import Template

from core.addon import NAME, RESERVED, ROOTS, AddonError, discover
from core.errors import Refusal
from core.words import gettext as _

HERE = Path(__file__).resolve().parent / "module"
SUFFIX = ".txt"
"""Behind the name of every file here, so that no tool takes a pattern for the program that it becomes."""
LONGEST = 40
"""``<name>_0001`` and the names of tables and constraints must fit into what databases allow."""


def write_skeleton(name: str, into: Path | None = None, title: str = "", chinese: str = "") -> Path:
    """Write the module ``name`` into the folder ``into`` (default: the suite's ``addons``); returns its folder.

    ``title`` is its English name (default: ``name`` in words), ``chinese`` the Chinese one (default: the English). The
    folder's name is the package of the module; outside ``addons`` a distribution announces it under the entry-point
    group ``yingshang.addons``. Nothing is written when the name cannot be used or is taken.
    """
    root = (into or ROOTS[0]).resolve()
    folder = root / name
    if not NAME.fullmatch(name) or name in RESERVED or name.endswith("_alembic") or len(name) > LONGEST:
        raise AddonError(_("%(module)s: a module's name is lower-case letters, digits and single underscores, at most "
                           "%(most)s, and none of %(reserved)s.", module=name, most=LONGEST,
                           reserved=", ".join(RESERVED)))
    if folder.exists() or name in discover():
        raise Refusal(_("There is a module %(module)s already.", module=name))
    title = _plain(title) or name.replace("_", " ").capitalize()
    words = name.split("_")
    values = {"name": name, "package": f"{root.name}.{name}", "cls": "".join(word.capitalize() for word in words),
              "title": title, "chinese": _plain(chinese) or title,
              "code": re.sub("[^A-Z]", "", "".join(word[0] for word in words).upper() + name.upper())[:2].ljust(2, "X")}
    for target, text in _files(values):
        path = folder / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def _files(values: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Each file's path within the module and its text; ``NAME`` in a path is the module's name."""
    for path in sorted(HERE.rglob(f"*{SUFFIX}")):
        target = path.relative_to(HERE).as_posix().removesuffix(SUFFIX).replace("NAME", values["name"])
        yield target, Template(path.read_text("utf-8")).substitute(values)


def _plain(text: str) -> str:
    """A title that can stand in a program, a manifest and a catalogue alike."""
    if re.search(r'["\\$%{}\x00-\x1f]', text):
        raise Refusal(_("A module's title is plain words, without quotation marks and signs."))
    return text.strip()
