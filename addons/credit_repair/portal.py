"""What an enterprise sees of its own credit repair from outside: how its application stands, and the letters to it."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from addons.credit_repair import names
from addons.credit_repair.guide import GUIDE
from core.case.models import Confidentiality
from core.portal.declare import PublicKind, PublicList
from core.portal.reading import listed_page

PUBLISHED = ("validated", "published", "revoking", "expired", "terminated", "withdrawn")
"""States of a penalty in which it was made public: before that it is the authority's own."""


def published(penalty: Any) -> bool:
    """Whether the penalty was made public, and is no secret."""
    return bool(penalty.state in PUBLISHED and not penalty.secret
                and penalty.confidentiality is not Confidentiality.RESTRICTED)


def taken_down(penalty: Any) -> str:
    """What everybody may read of a decision that was taken down or corrected: which, and by what (行政处罚法 art. 48)."""
    if not penalty.explanation_number or penalty.state not in ("published", "withdrawn"):
        return ""
    return f"{penalty.document_number}：{penalty.revocation}（{penalty.revoked_by}）"


def explained(penalty: Any) -> str:
    """Why it was taken down or corrected; nothing before that is made known."""
    return penalty.revocation_reason if taken_down(penalty) else ""


KINDS = [
    PublicKind("credit_repair.repair", received=_l("Your application for credit repair has been received"),
               letters=(names.SUPPLEMENT, names.ACCEPTED, names.NOT_ACCEPTED, names.APPROVED, names.REFUSED, names.RESULT,
                        names.REVOKED)),
    PublicKind("credit_repair.penalty", text=lambda penalty: penalty.document_number, shown=published,
               listed=taken_down, reply=explained,
               letters=(names.NOTICE, names.PRENOTICE, names.LAST_NOTICE, names.EXPLANATION)),
]
LISTS = [PublicList("withdrawn", _l("Penalties taken down or corrected"), (
    _l("Decision"), _l("Reason"), _l("Authority"), _l("Taken down on")), listed_page(
        "credit_repair.penalty", "listed_as", "reply", "unit", "closed_at"), _l(
            "Which decisions were withdrawn from publicity or corrected, by which instrument, and why."))]
GUIDES = [GUIDE]
