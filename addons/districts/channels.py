"""Every channel is an adapter of one shape: what arrives becomes an :class:`Incoming`, what is answered goes back as data.

No database here.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from addons.districts.words import CATEGORIES, CHANNEL_NAMES, SORTS
from core.errors import Refusal
from core.words import gettext as _


@dataclass(frozen=True)
class Incoming:
    """What a channel hands over. ``due_at`` is the limit that the channel itself has set."""

    channel: str
    title: str
    text: str
    enterprise_name: str = ""
    code: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    channel_no: str = ""
    category: str = "其他"
    sort: str = "诉求"
    urgency: str = "normal"
    received_at: dt.datetime | None = None
    due_at: dt.datetime | None = None
    street: str = ""
    """Code of the street, where the channel knows it."""


Reader = Callable[[Mapping[str, Any]], Incoming]


@dataclass(frozen=True)
class Adapter:
    """A channel: ``read`` understands what it sends, ``reply`` writes what it wants back (None: nothing)."""

    channel: str
    read: Reader
    reply: Callable[[Any], Mapping[str, Any] | None] = lambda _need: None

    @property
    def name(self) -> str:
        """What letters call it."""
        return CHANNEL_NAMES[self.channel]


def _plain(channel: str) -> Reader:
    """A channel that sends the form's own names."""
    def read(given: Mapping[str, Any]) -> Incoming:
        title = str(given.get("title") or "").strip()
        text = str(given.get("text") or "").strip()
        if len(text) < 10:
            raise Refusal(_("Describe the matter in at least 10 characters."), "text")
        category, sort = str(given.get("category") or "其他"), str(given.get("sort") or "诉求")
        return Incoming(channel, title or text[:30], text, str(given.get("enterprise_name") or ""),
                        str(given.get("code") or ""),
                        str(given.get("contact_name") or ""), str(given.get("contact_phone") or ""),
                        str(given.get("channel_no") or ""), category if category in CATEGORIES else "其他",
                        sort if sort in SORTS else "诉求", str(given.get("urgency") or "normal"), given.get("received_at"),
                        given.get("due_at"), str(given.get("street") or ""))
    return read


URGENT = {"life": ("触电", "坍塌", "中毒", "爆炸", "火灾", "溺水", "危及生命", "煤气泄漏", "燃气泄漏"),
          "livelihood": ("停水", "停电", "停气", "停暖", "断水", "断电", "断气", "供热", "供暖", "漏水")}
"""Words by which a hotline order is recognised as urgent when the order does not say so itself."""


def urgency_of(text: str) -> str:
    """How quickly a hotline order must be taken."""
    return next((level for level, words in URGENT.items() if any(word in text for word in words)), "normal")


def _hotline(given: Mapping[str, Any]) -> Incoming:
    """An order of 12345, by the headings of its sheet."""
    text = str(given.get("诉求内容") or "").strip()
    sort = str(given.get("诉求类型") or "")
    return Incoming("12345", text[:40] or "12345工单", text, str(given.get("企业名称") or ""), str(given.get("信用代码") or ""),
                    "", str(given.get("联系电话") or ""), str(given.get("工单编号") or ""), "其他",
                    {"咨询": "咨询", "建议": "建议", "投诉": "投诉转办"}.get(sort, "诉求"), urgency_of(text),
                    given.get("派发时间"), given.get("办理时限"), str(given.get("承办单位") or ""))


def _unknown(given: Mapping[str, Any]) -> Incoming:
    """The municipal platform has not published its interface: the place is kept open, nothing is guessed."""
    raise Refusal(_("The interface of the Jinchanfa platform is not known yet. Enter the need by hand."))


def hotline_reply(need: Any) -> Mapping[str, Any]:
    """What goes back to 12345 for one order."""
    return {"办结时间": need.answered_at, "办理结果": need.reply_text, "是否解决": need.result_class == "已解决"}


ADAPTERS: Mapping[str, Adapter] = {
    **{name: Adapter(name, _plain(name)) for name in ("officer", "portal", "station", "cloud", "clinic", "unsolved", "leader",
                                                      "visit", "other")},
    "12345": Adapter("12345", _hotline, hotline_reply), "jinchanfa": Adapter("jinchanfa", _unknown)}
