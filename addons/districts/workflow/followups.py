"""The lives of a joint meeting, of a supervision, of a hand-over."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

from addons.districts.effects import followups as effects
from addons.districts.forms import followups as forms
from addons.districts.guards import followups as guards
from addons.districts.workflow.roles import DISCIPLINE, HEAD, HUB, INSPECTOR
from core.case.workflow import CLOSED, WAITING, Action, Deadline, Reminder, State, Workflow

MEETING = Workflow(
    initial="planned",
    states=(State("planned", _l("Convened")), State("held", _l("Held, resolutions running"), WAITING),
            State("done", _l("All resolutions carried out"), CLOSED), State("dropped", _l("Called off"), CLOSED, "idle")),
    actions=(
        Action("add_matter", _l("Put another need on the agenda"), ("planned",), None, (HUB,), guards.on_agenda,
               effects.matter_added, forms.Matter),
        Action("resolve", _l("Record a resolution"), ("planned", "held"), None, (HUB,), guards.resolvable,
               effects.resolved, forms.Resolution),
        Action("hold", _l("Record the minutes"), ("planned",), "held", (HUB,), guards.all_resolved, effects.held,
               forms.Minutes, letter="districts.minutes",
               consequence=_l("Every lead unit gets its order, every resolution becomes a task.")),
        Action("finish", _l("All resolutions carried out"), ("held",), "done", (HUB, HEAD), guards.tasks_done,
               closes="done"),
        Action("call_off", _l("Call off"), ("planned",), "dropped", (HUB,), note=True, closes="dropped"),
    ),
)

SUPERVISION = Workflow(
    initial="reported",
    states=(State("reported", _l("Reported to committee and government")), State("instructed", _l("Instructed")),
            State("tracked", _l("Tracked"), tone="warn"), State("cleared", _l("Cleared"), CLOSED)),
    actions=(
        Action("instruct", _l("Record the instruction"), ("reported",), "instructed", (INSPECTOR, HUB),
               effect=effects.instructed, data=forms.Instruction),
        Action("track", _l("Issue the supervision order"), ("reported", "instructed"), "tracked", (INSPECTOR, HUB),
               letter="districts.supervision"),
        Action("answer", _l("Record the unit's feedback"), ("tracked",), None, (INSPECTOR, HUB), effect=effects.fed_back,
               data=forms.Feedback),
        Action("shirk", _l("Confirm shirking"), ("reported", "instructed", "tracked"), None, (HEAD,), guards.not_shirking,
               effects.shirked, forms.Lead, danger=True,
               consequence=_l("A restricted record is opened for those who discipline; nobody else sees it.")),
        Action("clear", _l("Clear the supervision"), ("tracked",), "cleared", (INSPECTOR, HUB), guards.need_answered,
               effects.cleared,
               note=True, closes="cleared"),
    ),
    deadlines=(Deadline("feedback", _l("Written feedback of the unit"), "need.supervise_reply", ("tracked",), ("cleared",),
                        reminders=(Reminder(before=1, to=(HUB, INSPECTOR)),)),),
)

HANDOVER = Workflow(
    initial="drafted",
    states=(State("drafted", _l("Drafted")), State("sent", _l("Handed over"), WAITING),
            State("receipted", _l("Receipted"), CLOSED), State("dropped", _l("Not handed over"), CLOSED, "idle")),
    actions=(
        Action("send", _l("Hand over"), ("drafted",), "sent", (HEAD,), letter="districts.handover", danger=True,
               consequence=_l("It leaves the hub: the receiver decides what follows.")),
        Action("receipt", _l("Record the receipt"), ("sent",), "receipted", (HEAD, DISCIPLINE), effect=effects.receipted,
               data=forms.Receipt, closes="receipted"),
        Action("drop", _l("Not handed over"), ("drafted",), "dropped", (HEAD,), note=True, closes="dropped"),
    ),
)
