"""The catalogues: take the messages out of the code, prove that they are complete, compile them.

    python scripts/translations.py extract     # after messages changed: adds new ones, drops those that are gone
    python scripts/translations.py check       # status 1 when one lacks its Chinese, is fuzzy or has other placeholders
    python scripts/translations.py compile     # writes the .mo files that the suite reads (they are not committed)

Core's catalogue is in ``translations/``, a module's in its own folder. English needs none: the messages are English.
``translations/framework.txt`` lists messages of Flask-AppBuilder that its own Chinese catalogue lacks.
"""
from __future__ import annotations

import ast
import csv
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = "zh_Hans_CN"
KEYWORDS = frozenset({"_", "_l", "N_", "gettext", "lazy_gettext"})
TEMPLATE_OPTIONS = {"**/templates/**.html": {"extensions": "core.web.still.Still", "silent": "false"}}
SKIPPED = frozenset({"__pycache__", "migrations", "tests", "testing"})
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
HEADER = f'''msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: {LOCALE}\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

'''


@dataclass(frozen=True)
class Part:
    """Something with a catalogue of its own: where its code is and where its translations are."""

    name: str
    code: Path
    translations: Path

    @property
    def po(self) -> Path:
        """The catalogue that people edit."""
        return self.translations / LOCALE / "LC_MESSAGES" / "messages.po"

    def messages(self) -> Catalog:
        """Every message of the code, untranslated."""
        found = Catalog()
        for path in sorted(self.code.rglob("*.py")):
            place = path.relative_to(self.code)
            if not SKIPPED & set(place.parts):
                for message in python_messages(path.read_text("utf-8")):
                    found.add(message, locations=[(f"{self.code.name}/{place.as_posix()}", 1)])
        for name, _line, said, _comments, _context in extract_from_dir(
                str(self.code), [("**/templates/**.html", "jinja2")], TEMPLATE_OPTIONS, keywords=dict.fromkeys(KEYWORDS),
                directory_filter=lambda folder: Path(folder).name not in SKIPPED):
            found.add(said, locations=[(f"{self.code.name}/{name}", 1)])
        manifest = self.code / "__manifest__.py"
        if manifest.is_file():
            declared = ast.literal_eval(manifest.read_text("utf-8"))
            for told in (declared.get("title"), declared.get("summary")):
                if told and told.isascii():
                    found.add(told, locations=[(f"{self.code.name}/__manifest__.py", 1)])
        if self.name == "core":
            for line in (ROOT / "translations" / "framework.txt").read_text("utf-8").splitlines():
                found.add(line, locations=[("translations/framework.txt", 1)])
        return found

    def translated(self) -> Catalog:
        """The catalogue as it stands; empty when there is none."""
        if not self.po.is_file():
            return Catalog(locale=LOCALE)
        with self.po.open("rb") as file:
            return read_po(file, locale=LOCALE)


def parts(root: Path = ROOT) -> list[Part]:
    """Core, and every module in ``addons``."""
    modules = sorted(path.parent for path in (root / "addons").glob("*/__manifest__.py"))
    return [Part("core", root / "core", root / "translations"),
            *(Part(path.name, path, path / "translations") for path in modules)]


def python_messages(source: str) -> Iterator[str]:
    """The messages of a program. Read from its syntax tree: Babel's own reader misses those inside f-strings."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        first = node.args[0]
        if name in KEYWORDS and isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value:
            yield first.value


def extract(part: Part, known: Catalog) -> int:
    """Bring a catalogue into line with the code; messages that core translates already are taken over from ``known``.

    Returns how many lack their Chinese.
    """
    catalogue = part.translated()
    catalogue.update(part.messages(), no_fuzzy_matching=True)
    for message in catalogue:
        if message.id and not message.string and (core := known.get(message.id)) is not None:
            message.string = core.string
    catalogue.obsolete.clear()
    part.po.parent.mkdir(parents=True, exist_ok=True)
    with part.po.open("wb") as file:
        file.write(HEADER.encode())
        write_po(file, catalogue, width=110, omit_header=True, sort_output=True, include_lineno=False)
    return sum(1 for message in catalogue if message.id and not message.string)


def check(part: Part, core: Catalog, terms: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with a catalogue, a line each.

    The suite reads all catalogues as one, so a module cannot give a message of ``core`` other words: the dialog's Close
    would become the case's. ``terms`` is the glossary.
    """
    catalogue, wanted = part.translated(), part.messages()
    for message in wanted:
        if not message.id:
            continue
        found = catalogue.get(message.id)
        said = f"{part.name}: {message.id!r}"
        if found is None or not found.string:
            yield f"{said} has no {LOCALE}"
            continue
        if found.fuzzy:
            yield f"{said} is fuzzy"
        if set(PLACEHOLDER.findall(str(message.id))) != set(PLACEHOLDER.findall(str(found.string))):
            yield f"{said} has other placeholders than {found.string!r}"
        common = core.get(message.id)
        if common is not None and common.string != found.string:
            yield f"{said} is {found.string!r}, in core {common.string!r}: choose another English message"
        term = terms.get(str(message.id).lower())
        if term is not None and found.string != term:
            yield f"{said} is {found.string!r}; the glossary says {term!r}"
    for message in catalogue:
        if message.id and message.id not in wanted:
            yield f"{part.name}: {message.id!r} is in no code any more"


def contradictions(modules: Iterable[Part]) -> Iterator[str]:
    """Messages to which two modules give different words: as all catalogues are read as one, one of the two would speak in
    the other's words."""
    said: dict[str, tuple[str, str]] = {}
    for part in modules:
        for message in part.translated():
            if message.id and message.string:
                first, words = said.setdefault(str(message.id), (part.name, str(message.string)))
                if words != message.string:
                    yield (f"{part.name}: {message.id!r} is {message.string!r}, in {first} {words!r}: choose another English "
                           "message")


def glossary(path: Path = ROOT / "translations" / "glossary.csv") -> dict[str, str]:
    """The one Chinese term for each concept: English term in small letters → Chinese."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["term"]: row["zh"] for row in csv.DictReader(file)}


def compile_catalogue(part: Part) -> Path:
    """Write the ``.mo`` file beside the catalogue; returns where."""
    target = part.po.with_suffix(".mo")
    with target.open("wb") as file:
        write_mo(file, part.translated())
    return target


def main(command: str) -> int:
    """Run one of the three commands; returns the exit status."""
    if command == "extract":
        core = parts()[0].translated()
        for part in parts():
            print(f"{part.name}: {extract(part, core)} without {LOCALE}")
        return 0
    if command == "check":
        core, terms = parts()[0].translated(), glossary()
        faults = [fault for part in parts() for fault in check(part, core, terms)]
        faults += contradictions(parts()[1:])
        print("\n".join(faults) or "complete")
        return 1 if faults else 0
    if command == "compile":
        for part in parts():
            if part.po.is_file():
                compile_catalogue(part)
        return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) == 2 else ""))
