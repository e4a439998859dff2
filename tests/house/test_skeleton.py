"""A programmer begins a module: what is generated is whole, and its tests are green before he has written a line."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.addon import AddonError, read_manifest
from core.cli.skeleton import LONGEST, write_skeleton
from core.errors import Refusal
from core.rules.loader import read_rules

REPOSITORY = Path(__file__).resolve().parents[2]
WHOLE = {"__init__.py", "__manifest__.py", "README.md", "access.py", "imports.py", "letters.py", "migrations", "models.py",
         "operations.py", "rules.yaml", "stats.py", "templates", "tests", "translations", "views.py", "workflow.py"}


@pytest.fixture
def yard(tmp_path: Path) -> Path:
    """A folder of modules outside the suite."""
    (tmp_path / "trial_yard").mkdir()
    return tmp_path / "trial_yard"


def announce(yard: Path, module: str = "noise_permit") -> None:
    """Name the folder's module as an installed distribution does."""
    told = yard.parent / "trial_yard-1.dist-info"
    told.mkdir(exist_ok=True)
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: trial-yard\nVersion: 1\n")
    (told / "entry_points.txt").write_text(f"[yingshang.addons]\n{module} = trial_yard.{module}\n")


def run(yard: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python where the folder's modules are installed, with an installation of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("YINGSHANG_", "PYTEST_", "COV_"))}
    own = {"PYTHONPATH": f"{yard.parent}:{REPOSITORY}", "YINGSHANG_VAR": str(yard.parent / "var"), "YINGSHANG_LOCALE": "en"}
    return subprocess.run([sys.executable, *arguments], cwd=yard.parent, capture_output=True, text=True, check=False,
                          env=kept | own)


def test_a_new_module_is_whole(yard: Path) -> None:
    folder = write_skeleton("noise_permit", yard, "Noise permits", "噪声许可")
    assert {path.name for path in folder.iterdir()} == WHOLE
    assert read_manifest("noise_permit", folder, "trial_yard.noise_permit").title == "Noise permits"
    assert [rule.key for rule in read_rules("noise_permit", folder / "rules.yaml")] == ["noise_permit.decide"]
    assert (folder / "README.md").read_text("utf-8").startswith("# 噪声许可")
    texts = [path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()]
    assert not any("$" in text for text in texts), "every name is filled in"
    assert all(len(line) <= 128 for text in texts for line in text.splitlines() if "op.f(" not in line)


def test_a_title_that_is_an_ordinary_word_stands_once_in_the_catalogue(yard: Path) -> None:
    folder = write_skeleton("application", yard, chinese="申请")
    catalogue = (folder / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po").read_text("utf-8")
    assert catalogue.count('msgid "Application"\n') == 1


def test_two_modules_never_share_the_letters_of_their_case_numbers(yard: Path) -> None:
    models = (write_skeleton("xinyong_fuwu", yard) / "models.py").read_text("utf-8")
    assert 'number_code = "XI"' in models, "XF is that of credit repairs"


@pytest.mark.parametrize("name", ["Noise", "2nd", "core", "a-b", "noise_alembic", "n" * (LONGEST + 1), "../escape"])
def test_a_name_that_cannot_be_used_writes_nothing(yard: Path, name: str) -> None:
    with pytest.raises(AddonError):
        write_skeleton(name, yard)
    assert list(yard.iterdir()) == [] and not (yard.parent / "escape").exists()


def test_what_is_there_is_not_overwritten(yard: Path) -> None:
    write_skeleton("noise_permit", yard)
    with pytest.raises(Refusal, match="noise_permit"):
        write_skeleton("noise_permit", yard)
    with pytest.raises(Refusal, match="plain words"):
        write_skeleton("other", yard, title='Noise" + quit() + "')


def test_a_new_module_is_green_as_it_was_generated(yard: Path) -> None:
    made = run(yard, "-m", "core.cli", "addons", "new", "noise_permit", "--into", str(yard), "--chinese", "噪声许可", "--json")
    assert json.loads(made.stdout or made.stderr)["path"] == str(yard / "noise_permit")
    announce(yard)
    checked = run(yard, "-m", "core.cli", "addons", "check", "--json")
    assert {"module": "noise_permit", "ok": True, "detail": ""} in json.loads(checked.stdout or checked.stderr)
    tested = run(yard, "-m", "pytest", "-c", str(REPOSITORY / "setup.cfg"), "-p", "no:cacheprovider", "-p", "no:cov",
                 "trial_yard/noise_permit/tests")
    assert tested.returncode == 0, tested.stdout[-4000:] + tested.stderr[-2000:]
    assert " passed" in tested.stdout and "failed" not in tested.stdout


def test_the_migration_of_the_skeleton_is_what_its_models_would_give(yard: Path) -> None:
    path = write_skeleton("noise_permit", yard) / "migrations" / "versions" / "noise_permit_0001_baseline.py"
    announce(yard)
    before = path.read_text("utf-8")
    written = run(yard, "-m", "core.cli", "migrations", "baseline", "noise_permit")
    assert (written.returncode, path.read_text("utf-8")) == (0, before), written.stderr
