"""Words that are often written with a step: whoever writes begins with them. A bureau words its own under 办理设置."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.case.workflow import Reply

REPAIR_REPLIES = (
    Reply("too_early", _l("Minimum period not over"), actions=("not_accept",),
          text=_l("The minimum period of publicity is not over. $enterprise may apply again once it is.")),
    Reply("incomplete", _l("Not completed"), actions=("not_accept",),
          text=_l("All that was missing was named at once and not completed in time. $enterprise may apply again when it is.")),
    Reply("unfulfilled", _l("Penalty not fulfilled"), actions=("not_accept", "refuse"),
          text=_l("The duties of the decision are not fulfilled in whole. $enterprise may apply again when they are.")),
    Reply("not_put_right", _l("Not put right"), actions=("refuse",),
          text=_l("On inspection the unlawful act had not been put right in whole. $enterprise may apply again when it is.")),
    Reply("given_up", _l("Withdrawn in writing"), actions=("drop",),
          text=_l("$enterprise has withdrawn the application in writing.")),
)
PENALTY_REPLIES = (
    Reply("differs", _l("Differs from the decision"), actions=("hand_back",),
          text=_l("What was entered differs from the written decision. Compare, correct and submit again.")),
    Reply("code", _l("Code and name do not agree"), actions=("hand_back",),
          text=_l("Unified social credit code and name do not belong together. Check them and submit again.")),
    Reply("twice", _l("Entered twice"), actions=("discard",), text=_l("The same decision has been entered already.")),
)
