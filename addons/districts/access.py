"""Who does what: in the streets, in the bureaus that help, at the hub, and above."""
from __future__ import annotations

from core.access import Role, Scope
from core.words import N_

_SEE = ("districts.need:read", "enterprise:read", "letter:read", "stats:read", "districts.register:read",
        "districts.visit:read", "districts.handbook:read")
_AGENT = ("districts.agent:read", "districts.agent:edit")
_ORDER = ("districts.order:read", "districts.order:create", "districts.order:assign")
_REACH = ("districts.need:contact", "enterprise:contact")
_WRITE = ("districts.need:create", "districts.need:assign", "districts.visit:edit", "letter:draft", *_AGENT)
_BUREAU = (*_SEE, *_ORDER, "districts.order:contact")
_STREET = (*_SEE, *_ORDER, *_REACH)
_ABOVE = ("districts.meeting:read", "districts.supervision:read")
_SHEETS = ("import:run", "export:run", "districts.need:export")
_HEADS = ("letter:review", "letter:sign", "work:arrange", "archive:appraise")

ROLES = (
    Role("districts.officer", N_("Service officer"), (*_STREET, *_WRITE),
         description=N_("Serves the enterprises of a district: visits them, enters their needs and handles them.")),
    Role("districts.street_lead", N_("Lead section of a street"),
         (*_STREET, *_WRITE, *_SHEETS, *_ABOVE, "districts.need:reopen", "districts.register:edit", "districts.handbook:edit",
          "letter:review"),
         description=N_("Runs the work of a street: officers, districts, imports, and needs that go on to departments.")),
    Role("districts.chief", N_("Deputy leader of a street"),
         (*_STREET, "districts.need:assign", "districts.need:reopen", *_HEADS),
         description=N_("Answers for the needs of a street and signs its letters.")),
    Role("districts.liaison", N_("Liaison of a bureau"),
         (*_BUREAU, "letter:draft", "districts.handbook:edit", "districts.order:export", "export:run"),
         description=N_("Signs for orders that reach the bureau, has them handled and reports back.")),
    Role("districts.bureau_chief", N_("Deputy leader of a bureau"),
         (*_BUREAU, *_HEADS, "districts.handbook:edit"),
         description=N_("Answers for the orders of a bureau and signs its letters.")),
    Role("districts.hub", N_("Operations hub"),
         (*_STREET, *_WRITE, *_SHEETS, *_ABOVE, "districts.need:reopen", "districts.need:import",
          "districts.register:edit", "districts.handbook:edit", "districts.issue:edit", "districts.order:export",
          "districts.sealed:read", "districts.meeting:create",
          "districts.meeting:assign", "districts.supervision:create", "districts.supervision:assign"), Scope.ALL,
         description=N_("Coordinates the whole district: needs, orders, joint meetings, supervision and registers.")),
    Role("districts.hub_head", N_("Head of the operations hub"),
         (*_STREET, *_ABOVE, "districts.need:assign", "districts.need:reopen", "districts.sealed:read",
          "districts.handover:read", "districts.handover:create", *_HEADS,
          "letter:draft", "export:run"), Scope.ALL,
         description=N_("Answers for the operations hub: assigns, reviews, signs and hands matters over.")),
    Role("districts.grid", N_("Grid centre (hotline)"),
         (*_SEE, *_REACH, *_SHEETS, "districts.need:create", "districts.need:import"), Scope.ALL,
         description=N_("Enters what comes in over the hotline and watches that it is taken up.")),
    # A leader reads the streets in which he holds the role (包联), and whatever is raised to him by name.
    Role("districts.leader", N_("District leader"), (*_SEE, *_ABOVE, "districts.order:read"),
         description=N_("Reads the streets that he looks after, and what is raised to him.")),
    Role("districts.inspector", N_("Inspection office"), (*_SEE, *_ABOVE, "districts.order:read", "letter:draft"), Scope.ALL,
         description=N_("Reads what is supervised and drafts letters of supervision.")),
    Role("districts.discipline", N_("Discipline and organisation"), ("districts.handover:read", "letter:read"), Scope.ALL,
         description=N_("Receives the clues that are handed over.")),
)
