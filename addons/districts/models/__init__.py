"""Needs and what hangs on them, orders to departments, meetings, supervision; districts, officers and other registers."""
from __future__ import annotations

from addons.districts.models.areas import FOREVER, Agent, Area, AreaWord, Contact, Post, PublicArea, PublicServing, Serving
from addons.districts.models.followups import Handover, Meeting, MeetingMatter, Supervision
from addons.districts.models.needs import Dispatch, Need, NeedChannel, Rating, SealedText
from addons.districts.models.orders import Order
from addons.districts.models.works import Handbook, Issue, IssueNeed, ModelCase, Training, Visit

__all__ = ["FOREVER", "Agent", "Area", "AreaWord", "Contact", "Dispatch", "Handbook", "Handover", "Issue", "IssueNeed",
           "Meeting", "MeetingMatter", "ModelCase", "Need", "NeedChannel", "Order", "Post", "PublicArea", "PublicServing",
           "Rating", "SealedText", "Serving", "Supervision", "Training", "Visit"]
