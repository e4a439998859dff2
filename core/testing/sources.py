"""What can be read off a module's files without running them: imports, docstrings, words, its catalogue."""
from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

MANIFEST = "__manifest__.py"
MOST_LINES = 400
LANGUAGE = "zh_Hans_CN"
KEYWORDS = frozenset({"_", "_l", "N_", "gettext", "lazy_gettext"})
TEMPLATE_OPTIONS = {"**/templates/**.html": {"extensions": "core.web.still.Still", "silent": "false"}}
"""What Babel must know of our templates to find the sentences in them."""
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK")) + r")\b")
"""Written in halves, so that this file does not contain what it looks for."""


def python_files(folder: Path, *, tests: bool = False) -> list[Path]:
    """The Python files below ``folder``; those of tests, migrations and demo data only with ``tests``."""
    skipped = () if tests else ("tests", "migrations")
    return [path for path in sorted(folder.rglob("*.py"))
            if not set(path.relative_to(folder).parts[:-1]) & {*skipped, "__pycache__"} and path.name != MANIFEST]


def tree_of(path: Path) -> ast.Module:
    """The file as Python reads it."""
    return _tree(path, path.stat().st_mtime_ns)


@lru_cache(1024)
def _tree(path: Path, _written: int) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def imported(path: Path, package: str) -> Iterator[tuple[int, str]]:
    """``(line, absolute name)`` of everything that the file imports, wherever in it; ``package`` is the file's own."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[:len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            yield node.lineno, base
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def without_docstring(path: Path) -> Iterator[str]:
    """What lacks its docstring: the module, a public class, a public function, a public method.

    A method that stands in for another one is described there: in a base class, or in the protocol of the same file. A
    test is described by its name.
    """
    tree = tree_of(path)
    if path.stat().st_size and not ast.get_docstring(tree):
        yield f"{path.name}: the module"
    described = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and ast.get_docstring(node)}
    yield from (f"{path.name}:{line} {name}" for line, name in _undocumented(tree, "", described))


def _undocumented(parent: ast.AST, prefix: str, described: set[str]) -> Iterator[tuple[int, str]]:
    for node in getattr(parent, "body", ()):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name.startswith(("_", "test_")):
            continue
        is_class, in_class = isinstance(node, ast.ClassDef), isinstance(parent, ast.ClassDef)
        elsewhere = in_class and (is_class or bool(getattr(parent, "bases", ())) or node.name in described)
        if not ast.get_docstring(node) and not elsewhere and not _is_accessory(node):
            yield node.lineno, f"{prefix}{node.name}"
        if is_class:
            yield from _undocumented(node, f"{prefix}{node.name}.", described)


def _is_accessory(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """An overload or a setter: the function or the getter is described."""
    names = {ast.unparse(decorator) for decorator in node.decorator_list}
    return bool(names & {"overload", "typing.overload"}) or any(name.endswith(".setter") for name in names)


def too_long(path: Path) -> int | None:
    """The number of lines of a file that has more than :data:`MOST_LINES`."""
    lines = path.read_text("utf-8").count("\n")
    return lines if lines > MOST_LINES else None


def unfinished(path: Path) -> Iterator[str]:
    """Words that stand for work not done."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if UNFINISHED.search(line):
            yield f"{path.name}:{number} {line.strip()[:60]}"


def state_writes(path: Path) -> Iterator[str]:
    """Places that set the state of something: ``x.state = …``, ``setattr(x, "state", …)``, ``update(…).values(state=…)``."""
    for node in ast.walk(tree_of(path)):
        targets = (node.targets if isinstance(node, ast.Assign) else
                   [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) and node.value is not None else [])
        for target in targets:
            for part in ast.walk(target):
                if isinstance(part, ast.Attribute) and part.attr in ("state", "meaning"):
                    yield f"{path.name}:{part.lineno}"
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            named = [ast.literal_eval(arg) for arg in node.args if isinstance(arg, ast.Constant)]
            if name == "setattr" and "state" in named:
                yield f"{path.name}:{node.lineno}"
            if name.endswith(".values") and "update(" in name and any(k.arg == "state" for k in node.keywords):
                yield f"{path.name}:{node.lineno}"


def messages(folder: Path) -> dict[str, str]:
    """Every msgid of the module and where it first stands."""
    found: dict[str, str] = {}
    for path in python_files(folder):
        for node in ast.walk(tree_of(path)):  # from the syntax tree: Babel's own reader misses those inside f-strings
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name, text = ast.unparse(node.func).rpartition(".")[2], node.args[0].value
                if name in KEYWORDS and isinstance(text, str) and text:
                    found.setdefault(text, f"{path.name}:{node.lineno}")
    for file, line, message, _comments, _context in extract_from_dir(
            str(folder), [("**/templates/**.html", "jinja2")], TEMPLATE_OPTIONS, keywords=dict.fromkeys(KEYWORDS)):
        found.setdefault(str(message), f"{file}:{line}")
    return found


def catalogue(folder: Path) -> Catalog:
    """The module's Chinese catalogue; an empty one when there is none."""
    path = folder / "translations" / LANGUAGE / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return Catalog(locale=LANGUAGE)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def translation_faults(folder: Path, elsewhere: Catalog) -> Iterator[str]:
    """What is missing or wrong in the module's catalogue; what core's (``elsewhere``) translates need not be repeated."""
    own = catalogue(folder)
    for text, place in messages(folder).items():
        entry = own.get(text)
        if entry is None or not entry.string:
            entry = elsewhere.get(text)
        if entry is None or not entry.string:
            yield f"{place}: “{text}” is not translated"
        elif entry.fuzzy:
            yield f"{place}: the translation of “{text}” is marked fuzzy"
        elif set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(str(entry.string))):
            yield f"{place}: the placeholders of “{text}” differ in the translation"
