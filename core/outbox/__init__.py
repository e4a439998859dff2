"""Messages that are written together with the fact they tell of, and delivered afterwards.

A message that is sent before its transaction ends may tell of something that never happened; one that is sent after it
may be lost. So :func:`post` writes a row in the transaction of the fact, and :func:`deliver_due` sends what is due,
again and again until it succeeds or is given up for all to see.
"""
from __future__ import annotations

from core.outbox.deliver import deliver_due
from core.outbox.inbox import dismiss, inbox, mark_read, unread_count
from core.outbox.models import Channel, Delivery, Message, MessageState
from core.outbox.post import post

__all__ = ["Channel", "Delivery", "Message", "MessageState", "deliver_due", "dismiss", "inbox", "mark_read",
           "post", "unread_count"]
