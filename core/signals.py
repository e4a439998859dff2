"""Past facts that modules may listen to. Sent inside the transaction of the fact; a listener cannot veto it."""
from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

calendar_confirmed = _signals.signal("calendar_confirmed")
"""A working-day calendar came into force. Sender: the session; ``years``: the calendar years whose days may have
changed, ascending; ``scope``: the area for which it holds. A listener that moves due dates returns how many."""

case_opened = _signals.signal("case_opened")
"""A case was opened. Sender: the case's class; ``case``: the case; ``event``: its first event."""

step_taken = _signals.signal("step_taken")
"""An action was done on a case. Sender: the case's class; ``case``, ``event``, ``action`` (the declaration), ``data``
(what the person gave). Letters hang on this signal."""

case_noted = _signals.signal("case_noted")
"""An entry was added to a case's timeline that is no step: a note, a file, another person responsible, a letter. Sender:
the case's class; ``case``, ``event``."""

letter_issued = _signals.signal("letter_issued")
"""A letter was signed, or lost its force (作废). Sender: the session; ``letter``: the letter as it stands now."""

clock_overdue = _signals.signal("clock_overdue")
"""A clock ran out. Sender: the case's class; ``case``, ``clock``, ``level`` (1 the section, 2 the bureau …)."""

handed_over = _signals.signal("handed_over")
"""A case was passed on or returned to another unit. Sender: the case's class; ``case``, ``event``."""

reminder_due = _signals.signal("reminder_due")
"""A reminder that goes with a letter was sent. Sender: the case's class; ``case``, ``clock``, ``letter`` (its kind)."""

cases_merged = _signals.signal("cases_merged")
"""A case was merged into another one of its kind, or the merge was undone. Sender: the case's class; ``case``, ``into``,
``undone``."""

enterprises_merged = _signals.signal("enterprises_merged")
"""Two records of one enterprise became one, or the merge was undone. Sender: the session; ``gone`` and ``into``: the
enterprises; ``moved``: table name → ids of the rows that refer to the other one now; ``undone``."""

register_changed = _signals.signal("register_changed")
"""The monthly sheet has brought the register of enterprises up to date. Sender: the session; ``batch_id``: the import.
A dry run sends it too, and takes back whatever follows from it."""
