"""Words that are often written with a step: whoever writes begins with them. A bureau words its own under 办理设置."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.case.workflow import Reply

NEED_REPLIES = (
    Reply("upheld", _l("Refusal upheld"), actions=("uphold",),
          text=_l("Looked at again: the matter is outside what is accepted here. $enterprise has been told where to turn.")),
    Reply("first_here", _l("First on the spot"), actions=("hub_back",),
          text=_l("Handle it on the spot first. Report again what needs to be coordinated, with what has been tried.")),
    Reply("reasons_short", _l("Reasons do not suffice"), actions=("reject_explanation",),
          text=_l("The reasons do not suffice. Add the provision and what was tried in its place, and submit again.")),
    Reply("solved_itself", _l("Solved meanwhile"), actions=("withdraw",),
          text=_l("$enterprise has told us that the matter is solved meanwhile and takes it back.")),
)
