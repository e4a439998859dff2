"""The skeleton of a new module: every file in ``module/`` with the module's names filled in.

A small, whole module rather than an empty one: applications arrive, are completed, decided in time, answered by letter,
counted, taken in and given out as sheets. Whoever writes the real one replaces what differs and keeps the tests green.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from string import Template, ascii_uppercase

from core.addon import NAME, RESERVED, ROOTS, Addon, AddonError, discover
from core.errors import Refusal
from core.words import gettext as _

HERE = Path(__file__).resolve().parent / "module"
SUFFIX = ".txt"
"""Behind the name of every file here, so that no tool takes a pattern for the program that it becomes."""
NUMBER_CODE = re.compile(r'number_code(?:: \w+)? = "([A-Z]{2})"')
LONGEST = 30
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
    found = discover()
    if folder.exists() or name in found:
        raise Refusal(_("There is a module %(module)s already.", module=name))
    title = _plain(title) or name.replace("_", " ").capitalize()
    words = name.split("_")
    values = {"name": name, "package": f"{root.name}.{name}", "cls": "".join(word.capitalize() for word in words),
              "title": title, "chinese": _plain(chinese) or title,
              "code": _code(words, found.values())}
    for target, text in _files(values):
        path = folder / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def _code(words: list[str], modules: Iterable[Addon]) -> str:
    """Two letters for case numbers that no module uses: the words' initials, else the next pair of the name's letters."""
    used = {code for addon in modules for path in addon.path.rglob("*.py")
            for code in NUMBER_CODE.findall(path.read_text("utf-8"))}
    letters = [letter for letter in "".join(words).upper() if letter in ascii_uppercase]
    initials = "".join(word[0] for word in words if word[0].isalpha()).upper()[:2]
    pairs = (first + second for first, second in product([*letters, *ascii_uppercase], repeat=2) if first != second)
    free: str = next(code for code in (initials, *pairs) if len(code) == 2 and code not in used)
    return free


def _files(values: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Each file's path within the module and its text; ``NAME`` in a path is the module's name."""
    for path in sorted(HERE.rglob(f"*{SUFFIX}")):
        target = path.relative_to(HERE).as_posix().removesuffix(SUFFIX).replace("NAME", values["name"])
        pattern = path.read_text("utf-8")
        if target.endswith(".po"):
            pattern += _title_entry(pattern, values["title"])
        yield target, Template(pattern).substitute(values)


def _title_entry(catalogue: str, title: str) -> str:
    """The title's line in the catalogue, unless that word is translated there anyway."""
    return "" if f'msgid "{title}"\n' in catalogue else '\nmsgid "$title"\nmsgstr "$chinese"\n'


def _plain(text: str) -> str:
    """A title that can stand in a program, a manifest and a catalogue alike."""
    if re.search(r'["\\$%{}\x00-\x1f]', text):
        raise Refusal(_("A module's title is plain words, without quotation marks and signs."))
    return text.strip()
