"""What an enterprise sees of its own credit repair from outside: how its application stands, and the letters to it."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from addons.credit_repair import names
from core.case.models import Confidentiality
from core.portal.declare import PublicKind

PUBLISHED = ("validated", "published", "revoking", "expired", "terminated", "withdrawn")
"""States of a penalty in which it was made public: before that it is the authority's own."""


def published(penalty: Any) -> bool:
    """Whether the penalty was made public, and is no secret."""
    return bool(penalty.state in PUBLISHED and not penalty.secret
                and penalty.confidentiality is not Confidentiality.RESTRICTED)


KINDS = [
    PublicKind("credit_repair.repair", received=_l("Your application for credit repair has been received"),
               letters=(names.SUPPLEMENT, names.ACCEPTED, names.NOT_ACCEPTED, names.APPROVED, names.REFUSED, names.RESULT,
                        names.REVOKED)),
    PublicKind("credit_repair.penalty", text=lambda penalty: penalty.document_number, shown=published,
               letters=(names.NOTICE, names.PRENOTICE, names.LAST_NOTICE)),
]
