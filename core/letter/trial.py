"""Tries a text that somebody just wrote: a process of its own sets it with the sample values, under limits.

The text's language can neither reach into the program nor loop at will (:mod:`core.letter.bodytext`), and what it says is
escaped before it is drawn. Should it get past that, this process ends after so much computing, memory and time, and the
server that asked only reads a refusal.
"""
from __future__ import annotations

import datetime as dt
import os
import pickle
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from core.errors import Refusal
from core.letter.content import Letterhead
from core.letter.kinds import LetterKind
from core.words import gettext as _

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Limits:
    """What one trial may use: seconds of computing, bytes of memory, pages, seconds until its answer."""

    cpu: int = 20
    memory: int = 2 << 30
    pages: int = 20
    seconds: float = 60.0


LIMITS = Limits()


@dataclass(frozen=True)
class Trial:
    """A kind of letter (without its functions, which another process does not need) with a text to be tried."""

    kind: LetterKind
    wording: str
    letterhead: Letterhead
    date: dt.date
    fonts: tuple[Path | None, Path | None]
    limits: Limits
    language: str


def bare(kind: LetterKind) -> LetterKind:
    """The kind as another process can be given it: without its functions."""
    functions: dict[str, Any] = {field.name: None for field in fields(kind) if callable(getattr(kind, field.name))}
    return replace(kind, name=str(kind.name), **functions)


def try_wording(kind: LetterKind, wording: str, letterhead: Letterhead, date: dt.date,
                limits: Limits = LIMITS) -> bytes:
    """The letter with its sample values as PDF, marked 样稿. ``Refusal`` when the text is wrong or wants too much."""
    from core.letter.fonts import places
    from core.letter.render import point_at_fonts

    point_at_fonts()
    trial = Trial(bare(kind), wording, letterhead, date, places(), limits, _language())
    try:
        with tempfile.TemporaryDirectory(prefix="yingshang-trial-") as scratch:
            done = subprocess.run([sys.executable, "-m", __name__], input=pickle.dumps(trial), capture_output=True,
                                  timeout=limits.seconds, cwd=scratch, check=False, start_new_session=True,
                                  env={**_environment(), "PYTHONPATH": str(ROOT), "TMPDIR": scratch})
    except subprocess.TimeoutExpired:
        raise _too_much() from None
    if done.returncode:
        raise _too_much()
    answer: dict[str, Any] = pickle.loads(done.stdout)  # written by our own process, by the lines below
    if "refused" in answer:
        raise Refusal(answer["refused"], answer["field"])
    pdf: bytes = answer["pdf"]
    return pdf


def _too_much() -> Refusal:
    return Refusal(_("The letter's text takes too much time or memory to set. Make it shorter and simpler."), "text")


def _environment() -> dict[str, str]:
    """Nothing of the server's own environment but what a process needs to start: no password, no address."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "YINGSHANG_LETTER_FONTS",
                                                "XDG_CACHE_HOME") if name in os.environ}


def _language() -> str:
    from flask import has_request_context

    if has_request_context():
        from flask_babel import get_locale

        return str(get_locale())
    return os.environ.get("YINGSHANG_LOCALE", "zh_Hans_CN")


def restrict(limits: Limits) -> None:
    """Bind this process to ``limits``; it writes no file but a small one, and starts no other program."""
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu, limits.cpu))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """The process: a trial comes in, a PDF or a refusal goes out."""
    trial: Trial = pickle.loads(sys.stdin.buffer.read())  # comes from try_wording alone
    restrict(trial.limits)
    from core import words
    from core.letter import render
    from core.letter.fonts import configure

    words.speak(trial.language)
    configure(*trial.fonts)
    try:
        content = trial.kind.compose(trial.letterhead, trial.kind.sample, date=trial.date, wording=trial.wording)
        answer: dict[str, Any] = {"pdf": render.render_pdf(content, preview=True, most_pages=trial.limits.pages)}
    except Refusal as refusal:
        answer = {"refused": refusal.message, "field": refusal.field}
    sys.stdout.buffer.write(pickle.dumps(answer))


if __name__ == "__main__":
    # Under its own name, so that what was pickled by the server is found here too.
    from core.letter import trial as this

    this.main()
