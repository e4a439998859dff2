"""How credit is repaired, for everybody to read in the portal: what the code on a pre-notice leads to (办理指引)."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from addons.credit_repair.effects.common import lead_unit
from core import moment
from core.letter.bodytext import fill_body
from core.letter.content import Block
from core.portal.declare import PublicGuide
from core.portal.tokens import public_url
from core.rules.loader import RuleStatus
from core.rules.lookup import lookup

TEXT = Path(__file__).parent / "templates" / "credit_repair" / "guide.txt"
MONTHS = ("light_max", "general_min", "general_max", "serious_min", "serious_max")
FIELDS = (*MONTHS, "place", "hours", "phone", "accept", "total", "bar", "basis")


def months_in_words(months: int) -> str:
    """3个月, 1年, 3年."""
    return f"{months // 12}年" if months and months % 12 == 0 else f"{months}个月"


def body(session: Session) -> Sequence[Block]:
    """The guide as it holds today: its periods are the rules, place and hours of the counter the credit section's
    parameters."""
    unit, today = lead_unit(session), moment.today()

    def rule(name: str) -> Any:
        return lookup(session, f"credit.{name}", today, unit.bureau_id or unit.id)

    accept = rule("accept")
    said = {name: months_in_words(int(rule(f"v2.{name}").value)) for name in MONTHS}
    said |= {"place": rule("guide_place").value, "hours": rule("guide_hours").value, "phone": unit.phone,
             "accept": accept.value, "total": rule("total").value, "bar": months_in_words(int(rule("false_bar").value)),
             "basis": accept.basis if accept.status is RuleStatus.LAW else ""}
    return fill_body(TEXT.read_text(encoding="utf-8"), FIELDS, said)


GUIDE = PublicGuide("credit-repair", _l("How credit is repaired"), body,
                    _l("When you may apply, which two documents you need, and where. Free of charge."))


def address() -> str:
    """Where the public reads it."""
    return public_url() + GUIDE.path
