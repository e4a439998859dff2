"""What every module's files must be, read without running them. See :mod:`core.testing.conformance`."""
from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from core import addon as addons
from core.addon import MANIFEST, Addon
from core.testing import sources
from core.words import TRANSLATIONS

CJK = re.compile(r"[一-鿿]")
ROOMS_ABOVE = ("core.app", "core.cli", "core.pages", "core.isolation", "core.backup")
"""What knows the modules; a module that imports it would make a circle."""
CORE = Path(addons.__file__).parent


def mend(faults: Iterable[Any], how: str) -> None:
    """Fail with every fault and with what to do about them."""
    found = [str(fault) for fault in faults]
    assert not found, "\n  ".join([f"{len(found)} found:", *found[:30], f"To mend: {how}"])


class SourceConformance:
    """What a module's files must be."""

    module: ClassVar[str]

    @property
    def addon(self) -> Addon:
        """The module under test: the one in whose folder the test lies, or the one of that name."""
        here = Path(inspect.getfile(type(self))).resolve()
        root = next((folder.parent for folder in here.parents if (folder / MANIFEST).exists()), addons.ROOTS[0])
        return addons.discover((root,), entry_points=False).get(self.module) or addons.discover()[self.module]

    def test_the_manifest_is_complete(self) -> None:
        empty = [key for key in ("title", "summary", "version", "category", "license", "author")
                 if not getattr(self.addon, key)]
        mend(empty, "fill these keys in __manifest__.py")
        assert len(self.addon.summary) >= 8, "the summary must say in a sentence what the bureau does with the module"

    def test_there_is_a_readme_for_the_bureau(self) -> None:
        readme = self.addon.path / "README.md"
        assert readme.exists(), "write README.md: what the bureau does with the module, in its own words"
        text = readme.read_text("utf-8")
        assert len(CJK.findall(text)) >= 30, "README.md is for the bureau: write it in Chinese, more than a line"

    def test_everything_public_has_a_docstring(self) -> None:
        mend((fault for path in sources.python_files(self.addon.path) for fault in sources.without_docstring(path)),
             "say in the docstring what it is to the bureau; begin with an underscore what is nobody else's")

    def test_no_file_is_long(self) -> None:
        mend((f"{path.name}: {lines} lines" for path in sources.python_files(self.addon.path, tests=True)
              if "versions" not in path.parts  # a revision is written by a program, and read once
              and (lines := sources.too_long(path))), f"divide files of more than {sources.MOST_LINES} lines")

    def test_nothing_is_left_unfinished(self) -> None:
        mend((fault for path in sources.python_files(self.addon.path, tests=True) for fault in sources.unfinished(path)),
             "finish it, or take it out")

    def test_it_imports_only_what_it_depends_on(self) -> None:
        own, root = self.addon.package, self.addon.package.rpartition(".")[0]
        allowed = {own, *(f"{root}.{name}" for name in self.addon.depends)}
        faults = []
        for path in sources.python_files(self.addon.path):
            package = ".".join([own, *path.relative_to(self.addon.path).parts[:-1]])
            for line, name in sources.imported(path, package):
                inside = name.startswith(f"{root}.") and ".".join(name.split(".")[:len(own.split("."))]) not in allowed
                private = name.startswith("core.") and any(part.startswith("_") for part in name.split(".")[1:])
                if inside or private or name.startswith(ROOMS_ABOVE):
                    faults.append(f"{path.name}:{line} imports {name}")
        mend(faults, "name the other module under depends in __manifest__.py; use what core offers publicly; modules lie "
             f"below {', '.join(ROOMS_ABOVE)}")

    def test_the_workflow_is_data(self) -> None:
        for path in (self.addon.path / "workflow.py", *sorted((self.addon.path / "workflow").glob("*.py"))):
            if not path.exists():
                continue
            mend((f"{path.name}:{line}: {name}" for line, name in sources.imported(path, self.addon.package)
                  if name.split(".")[0] == "sqlalchemy" or name.startswith(("core.db", f"{self.addon.package}.models"))),
                 "workflow.py must be readable without a database: move guards and effects that need one beside it")

    def test_no_program_of_the_module_writes_a_state(self) -> None:
        mend((fault for path in sources.python_files(self.addon.path) for fault in sources.state_writes(path)),
             "only core.case.do changes the state of a case: declare an action and call it")

    def test_the_catalogue_is_complete(self) -> None:
        core = sources.catalogue(TRANSLATIONS.parent)
        mend(sources.translation_faults(self.addon.path, core),
             f"translate it in translations/{sources.LANGUAGE}/LC_MESSAGES/messages.po, in the words an office uses")

    def test_templates_lie_under_its_own_name(self) -> None:
        folder = self.addon.path / "templates"
        mend((path.name for path in (folder.iterdir() if folder.is_dir() else ()) if path.name != self.module),
             f"move it to templates/{self.module}/: all modules' templates share one name space")

    def test_the_suite_starts_without_it(self) -> None:
        """Its folder is taken away: the other modules that do not need it, and core, start and are upgraded."""
        with tempfile.TemporaryDirectory() as var:
            done = subprocess.run([sys.executable, "-c", _WITHOUT, self.addon.package, self.module], capture_output=True,
                                  text=True, check=False, cwd=CORE.parent,
                                  env={name: value for name, value in os.environ.items() if not name.startswith("YINGSHANG_")}
                                  | {"YINGSHANG_VAR": var, "PYTHONPATH": str(CORE.parent)})
        assert done.returncode == 0, f"core or another module needs it without saying so under depends:\n{done.stderr[-2000:]}"


_WITHOUT = """
import sys
gone, name = sys.argv[1:]
class Gone:
    def find_spec(self, found, path=None, target=None):
        if found == gone or found.startswith(gone + "."):
            raise ModuleNotFoundError(f"{found} was taken away")
sys.meta_path.insert(0, Gone())
from core.addon import discover
found = discover()
needs = lambda other: name == other or any(needs(d) for d in found[other].depends if d in found)
import os
os.environ["YINGSHANG_ADDONS"] = ",".join(sorted(n for n in found if n != name and not needs(n)))
from core import lifecycle
from core.app import create_app
app = create_app()
lifecycle.upgrade(app.extensions["yingshang"], app)
assert app.test_client().get("/login/").status_code == 200
"""
