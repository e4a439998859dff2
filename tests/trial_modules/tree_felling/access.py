"""Who works on applications to fell trees."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.access import Role, Scope

CASE = "tree_felling.permit"

ROLES = [
    Role("tree_felling.clerk", _l("Felling clerk"),
         (f"{CASE}:read", f"{CASE}:create", f"{CASE}:assign", f"{CASE}:import", f"{CASE}:export", "import:run",
          "export:run", "stats:read", "letter:read", "letter:draft"), Scope.UNIT_TREE),
    Role("tree_felling.lawyer", _l("Legal reviewer of fellings"), (f"{CASE}:read", "letter:read", "letter:review"),
         Scope.UNIT_TREE),
    Role("tree_felling.head", _l("Head of the felling section"),
         (f"{CASE}:read", f"{CASE}:assign", f"{CASE}:reopen", f"{CASE}:contact", "letter:read", "letter:sign", "work:arrange",
          "archive:appraise"),
         Scope.UNIT_TREE),
]
