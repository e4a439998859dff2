"""The suite's own roles. What a bureau's people may do in its work is declared by the modules."""
from __future__ import annotations

from core.access import Role, Scope
from core.words import N_

ADMIN_PERMISSIONS = (
    "admin:open", "unit:read", "unit:edit", "people:read", "people:edit", "role:edit", "module:switch", "rule:read",
    "rule:override", "calendar:read", "calendar:import", "calendar:confirm", "audit:read", "job:read", "job:run",
    "access:explain", "webhook:edit", "notice:edit", "session:end", "parameter:edit", "channel:read",
    "import:run", "seal:edit",
)

ROLES = (
    Role("Admin", N_("Administrator"), ADMIN_PERMISSIONS, Scope.ALL,
         N_("Runs the suite: units, people, roles, modules, calendar. Sees no case.")),
    Role("core.auditor", N_("Auditor"), ("audit:read", "rule:read", "calendar:read", "access:explain"), Scope.ALL,
         N_("Reads the log and the rules; changes nothing.")),
    Role("core.register", N_("Enterprise register clerk"),
         ("enterprise:read", "enterprise:import", "enterprise:contact", "enterprise:merge", "import:run",
          "export:run"), Scope.ALL,
         N_("Keeps the register of enterprises: the monthly file, names, addresses.")),
)
