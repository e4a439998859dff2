"""The hour of ``docs/write-a-module.md`` is walked: commands are run, files written, the module's tests are green."""
from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from house.test_skeleton import REPOSITORY, announce, run

PAGE = REPOSITORY / "docs" / "write-a-module.md"
BLOCK = re.compile(r"^```(\w+)(?: (file|append|edit)=(\S+))?\n(.*?)^```$", re.M | re.S)
TRIAL = "trial_yard"
"""The page works in ``addons``; the test in a folder of its own, so that the suite's is left alone."""


@pytest.fixture
def yard(tmp_path: Path) -> Path:
    """A folder of modules outside the suite."""
    (tmp_path / TRIAL).mkdir()
    return tmp_path / TRIAL


def command(yard: Path, line: str) -> None:
    """Run a line of the page as a newcomer would type it."""
    words = shlex.split(line.replace("addons/", f"{TRIAL}/").replace("--into addons", f"--into {yard}"))
    if words[0] == "pytest":
        words = ["-m", "pytest", "-c", str(REPOSITORY / "setup.cfg"), "-p", "no:cacheprovider", "-p", "no:cov", "-k",
                 "not postgresql", *words[1:]]
    else:
        words = ["-m", "core.cli", *words[1:]]
    done = run(yard, *words)
    assert done.returncode == 0, f"{line}\n{done.stdout[-6000:]}{done.stderr[-2000:]}"
    assert words[1] != "pytest" or (" passed" in done.stdout and "failed" not in done.stdout)


def edit(file: Path, change: str) -> None:
    """Make the change of a ``diff`` block, whose old lines stand in the file once."""
    before, after = ("".join(line[1:] + "\n" for line in change.splitlines() if line[0] in signs) for signs in (" -", " +"))
    text = file.read_text("utf-8")
    assert text.count(before.rstrip("\n")) == 1, f"{file.name} has these lines not just once:\n{before}"
    file.write_text(text.replace(before.rstrip("\n"), after.rstrip("\n")), "utf-8")


def test_every_step_of_the_page_works_in_its_order(yard: Path) -> None:
    said = PAGE.read_text("utf-8").replace("addons.stall_permit", f"{TRIAL}.stall_permit")
    module = yard / "stall_permit"
    steps = BLOCK.findall(said)
    assert [kind for kind, *_rest in steps].count("sh") == 5
    for kind, how, name, text in steps:
        if kind == "sh":
            for line in text.strip().splitlines():
                command(yard, line)
                announce(yard, "stall_permit")
        elif how == "append":
            with (module / name).open("a", encoding="utf-8") as file:
                file.write(text)
        elif how == "edit":
            edit(module / name, text)
        elif how == "file":
            assert (module / name).parent.is_dir(), f"{name} lies where the skeleton has no folder"
            (module / name).write_text(text, "utf-8")
    assert "trade" in next((module / "migrations" / "versions").glob("stall_permit_0002_*.py")).read_text("utf-8")
    refused = run(yard, "-m", "core.cli", "migrations", "baseline", "stall_permit")
    assert refused.returncode == 1 and "migrations new stall_permit" in refused.stderr
