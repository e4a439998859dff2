"""What ``yingshang doctor`` says about letters: whether they can be drawn, and with which faces."""
from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from core.addon import Suite
from core.doctor import Finding, check
from core.errors import Refusal
from core.words import N_
from core.words import gettext as _

ROLES = {"biao": N_("title"), "fang": N_("body"), "hei": N_("heading"), "kai": N_("second heading")}


@check(N_("letter fonts"))
def letter_fonts(suite: Suite, _session: Session) -> Finding:
    """The prepared fonts are there; a bureau's own faces in the data folder come first, and are named."""
    from core.letter.fonts import FontBook  # reads fonts: only where somebody asks
    from core.letter.prepare_fonts import font_folder

    chosen = suite.settings.letter.fonts
    try:
        book = FontBook(font_folder(Path(chosen) if chosen else None), suite.settings.var / "fonts")
    except Refusal as refusal:
        return Finding(False, refusal.message, "python -m core.letter.prepare_fonts")
    used = []
    for role, name in ROLES.items():
        face = book.stacks[role][0]
        used.append(f"{_(name)} {face.family}" + (f"（{face.path.name}）" if face.path.parent == book.own else ""))
    return Finding(True, "，".join(used))
