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
    Role("districts.officer", N_("Service officer"), (*_STREET, *_WRITE)),
    Role("districts.street_lead", N_("Lead section of a street"),
         (*_STREET, *_WRITE, *_SHEETS, *_ABOVE, "districts.need:reopen", "districts.register:edit", "districts.handbook:edit",
          "letter:review")),
    Role("districts.chief", N_("Deputy leader of a street"),
         (*_STREET, "districts.need:assign", "districts.need:reopen", *_HEADS)),
    Role("districts.liaison", N_("Liaison of a bureau"),
         (*_BUREAU, "letter:draft", "districts.handbook:edit", "districts.order:export", "export:run")),
    Role("districts.bureau_chief", N_("Deputy leader of a bureau"),
         (*_BUREAU, *_HEADS, "districts.handbook:edit")),
    Role("districts.hub", N_("Operations hub"),
         (*_STREET, *_WRITE, *_SHEETS, *_ABOVE, "districts.need:reopen", "districts.need:import",
          "districts.register:edit", "districts.handbook:edit", "districts.issue:edit", "districts.order:export",
          "districts.sealed:read", "districts.meeting:create",
          "districts.meeting:assign", "districts.supervision:create", "districts.supervision:assign"), Scope.ALL),
    Role("districts.hub_head", N_("Head of the operations hub"),
         (*_STREET, *_ABOVE, "districts.need:assign", "districts.need:reopen", "districts.sealed:read",
          "districts.handover:read", "districts.handover:create", *_HEADS,
          "letter:draft", "export:run"), Scope.ALL),
    Role("districts.grid", N_("Grid centre (hotline)"),
         (*_SEE, *_REACH, *_SHEETS, "districts.need:create", "districts.need:import"), Scope.ALL),
    # A leader reads the streets in which he holds the role (包联), and whatever is raised to him by name.
    Role("districts.leader", N_("District leader"), (*_SEE, *_ABOVE, "districts.order:read")),
    Role("districts.inspector", N_("Inspection office"), (*_SEE, *_ABOVE, "districts.order:read", "letter:draft"), Scope.ALL),
    Role("districts.discipline", N_("Discipline and organisation"), ("districts.handover:read", "letter:read"), Scope.ALL),
)
