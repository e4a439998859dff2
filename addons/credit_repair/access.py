"""Who does what in the bureaus that impose penalties, at the counter and in the credit section."""
from __future__ import annotations

from core.access import Role, Scope
from core.words import N_

_READ = ("credit_repair.penalty:read", "enterprise:read", "letter:read", "stats:read")
_REPAIR = ("credit_repair.repair:read",)

ROLES = (
    Role("credit_repair.clerk", N_("Enforcement clerk (entry)"),
         (*_READ, *_REPAIR, "credit_repair.penalty:create", "credit_repair.penalty:import", "credit_repair.penalty:assign",
          "letter:draft", "import:run", "export:run", "credit_repair.penalty:export")),
    Role("credit_repair.lawyer", N_("Legal reviewer"), (*_READ, *_REPAIR, "letter:review")),
    Role("credit_repair.publisher", N_("Publication reviewer (signs)"),
         (*_READ, *_REPAIR, "letter:sign", "credit_repair.penalty:export", "export:run")),
    Role("credit_repair.credit", N_("Credit section clerk"),
         (*_READ, *_REPAIR, "credit_repair.repair:create", "credit_repair.repair:assign", "credit_repair.repair:reopen",
          "credit_repair.penalty:import", "credit_repair.penalty:create", "credit_repair.penalty:export", "letter:draft",
          "import:run", "export:run", "credit_repair.repair:contact", "enterprise:contact"), Scope.ALL),
    Role("credit_repair.head", N_("Head of the credit section"),
         (*_READ, *_REPAIR, "credit_repair.repair:assign", "credit_repair.repair:reopen", "letter:review", "letter:sign",
          "export:run", "credit_repair.penalty:export"), Scope.ALL),
    Role("credit_repair.window", N_("Credit service counter"),
         (*_READ, *_REPAIR, "credit_repair.repair:create", "credit_repair.repair:contact", "enterprise:contact"), Scope.ALL),
    Role("credit_repair.reader", N_("Reader"), (*_READ, *_REPAIR), Scope.ALL),
)
