"""Who does what in the bureaus that impose penalties, at the counter and in the credit section."""
from __future__ import annotations

from core.access import Role, Scope
from core.words import N_

_READ = ("credit_repair.penalty:read", "enterprise:read", "letter:read", "stats:read")
_PRIOR = ("credit_repair.prior:read", "credit_repair.prior:create", "credit_repair.prior:assign")
_REPAIR = ("credit_repair.repair:read", "credit_repair.sync:read", "credit_repair.objection:read")
_EXCHANGE = ("credit_repair.sync:create", "credit_repair.sync:assign", "credit_repair.objection:create",
             "credit_repair.objection:assign", "credit_repair.sync:import", "credit_repair.sync:export")
_MONTH = ("credit_repair.bulletin:read", "credit_repair.bulletin:create", "credit_repair.month:import")

ROLES = (
    Role("credit_repair.clerk", N_("Enforcement clerk (entry)"),
         (*_READ, *_REPAIR, *_PRIOR, "credit_repair.penalty:create", "credit_repair.penalty:import",
          "credit_repair.penalty:assign",
          *_EXCHANGE, "letter:draft", "import:run", "export:run", "credit_repair.penalty:export"),
         description=N_("Enters penalty decisions, reports them, drafts their letters and answers for the bureau.")),
    Role("credit_repair.lawyer", N_("Legal reviewer"),
         (*_READ, *_REPAIR, "credit_repair.prior:read", "credit_repair.bulletin:read", "letter:review"),
         description=N_("Reviews decisions and letters in law before they go on.")),
    Role("credit_repair.publisher", N_("Publication reviewer (signs)"),
         (*_READ, *_REPAIR, "credit_repair.prior:read", "credit_repair.bulletin:read", "letter:sign", "work:arrange",
          "archive:appraise", "credit_repair.penalty:export", "export:run"),
         description=N_("Reviews what is published and signs the letters of the bureau.")),
    Role("credit_repair.credit", N_("Credit section clerk"),
         (*_READ, *_REPAIR, "credit_repair.repair:create", "credit_repair.repair:assign", "credit_repair.repair:reopen",
          "credit_repair.penalty:import", "credit_repair.penalty:create", "credit_repair.penalty:export", "letter:draft",
          *_EXCHANGE, *_MONTH, "credit_repair.whatif:read", "import:run", "export:run", "credit_repair.repair:contact",
          "credit_repair.objection:contact", "enterprise:contact"), Scope.ALL,
         description=N_("Handles repair for the whole district, imports decisions and watches the reporting of all bureaus.")),
    Role("credit_repair.head", N_("Head of the credit section"),
         (*_READ, *_REPAIR, *_MONTH, "credit_repair.whatif:read", "credit_repair.repair:assign", "credit_repair.repair:reopen",
          "letter:draft", "letter:review", "letter:sign", "work:arrange", "archive:appraise", "import:run", "export:run",
          "credit_repair.penalty:export", "credit_repair.sync:export"), Scope.ALL,
         description=N_("Answers for the credit section: reviews, signs, assigns and settles how work is done.")),
    Role("credit_repair.window", N_("Credit service counter"),
         (*_READ, *_REPAIR, "credit_repair.repair:create", "credit_repair.repair:contact", "credit_repair.objection:create",
          "credit_repair.objection:contact", "enterprise:contact", "letter:draft"), Scope.ALL,
         description=N_("Takes applications and objections at the counter and drafts the answers.")),
    Role("credit_repair.reader", N_("Reader"), (*_READ, *_REPAIR), Scope.ALL,
         description=N_("Reads penalties and repairs, changes nothing.")),
)
