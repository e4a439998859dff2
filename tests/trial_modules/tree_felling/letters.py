"""The letter that grants a felling."""
from __future__ import annotations

from pathlib import Path
from typing import Any

from core.letter.kinds import Field, LetterKind

HERE = Path(__file__).parent / "templates" / "tree_felling" / "letters"


def context(case: Any) -> dict[str, Any]:
    """The fields of the letter from the case."""
    return {"addressee": case.enterprise.name if case.enterprise else case.title, "trees": case.granted or 0,
            "species": case.species}


LETTERS = [LetterKind(
    "tree_felling.granted", "准予砍伐通知书", "准予砍伐通知书", HERE / "granted.txt",
    (Field("addressee", "申请人", "示例园林有限公司"), Field("trees", "株数", 3), Field("species", "树种", "国槐")),
    context=context)]
