"""The log in words that an auditor reads: actions, tables and columns, and the three views of it."""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, and_, not_

from core.audit import AuditEntry
from core.case import Case
from core.db import Model
from core.pages.frame import registers
from core.web.filters import datetime_zh
from core.words import gettext as _

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")
SIGN_INS = ("signed in", "signed out", "wrong password", "wrong code", "locked", "second factor on", "second factor off",
            "password reset")
READS = ("read", "exported", "export", "backed up")


@dataclass(frozen=True)
class View:
    """One view of the log."""

    title: Callable[[], str]
    rule: Callable[[], ColumnElement[bool]]


KINDS: Mapping[str, View] = {
    "changes": View(lambda: _("Operations"), lambda: and_(
        not_(AuditEntry.action.in_(SIGN_INS)), not_(AuditEntry.action.in_(READS)))),
    "reads": View(lambda: _("Reading and exports"), lambda: AuditEntry.action.in_(READS)),
    "signins": View(lambda: _("Sign-ins"), lambda: AuditEntry.action.in_(SIGN_INS)),
}


@dataclass(frozen=True)
class Line:
    """One row of the log, ready to be read. ``changes`` are ``(what, before, after)``; ``details`` plain facts."""

    at: Any
    who: str
    action: str
    tone: str
    subject: str
    label: str
    changes: list[tuple[str, str, str]]
    details: list[tuple[str, str]]
    sealed: bool


def describe(entry: AuditEntry) -> Line:
    """The row in words."""
    changes, details = [], []
    for name, value in entry.changes.items():
        if isinstance(value, list) and len(value) == 2 and entry.action in ("created", "changed", "deleted"):
            changes.append((column_word(name, entry.subject), _shown(value[0]), _shown(value[1])))
        else:
            details.append((column_word(name, entry.subject), _shown(value)))
    bad = entry.action in ("wrong password", "wrong code", "locked", "deleted", "purged")
    return Line(entry.at, entry.actor, action_word(entry.action), "r" if bad else "", table_word(entry.subject),
                entry.label or entry.subject_id, changes, details, entry.seq is not None)


def action_word(name: str) -> str:
    """What was done."""
    words = {
        "created": _("made"), "changed": _("changed"), "deleted": _("removed"), "read": _("read"), "exported": _("exported"),
        "export": _("exported"), "imported": _("imported"), "import": _("imported"), "undone": _("import undone"),
        "granted": _("reading granted"), "signed in": _("signed in"), "signed out": _("signed out"),
        "wrong password": _("wrong password"), "wrong code": _("wrong code"), "locked": _("locked out"),
        "second factor on": _("second factor on"), "second factor off": _("second factor off"),
        "password reset": _("password reset"), "handed back": _("handed back"), "backed up": _("backed up"),
        "restored": _("restored"), "purged": _("module purged"), "demo loaded": _("demonstration loaded"),
        "isolation proved": _("isolation proved"), "system session": _("system session"), "system": _("system session")}
    return words.get(name, name)


def table_word(name: str) -> str:
    """About what."""
    words = {
        "core_case": _("Case"), "core_clock": _("Clock"), "core_letter": _("Letter"), "core_unit": _("Unit"),
        "ab_user": _("Account"), "core_appointment": _("Appointment"), "core_bureau_module": _("Module of a bureau"),
        "core_parameter": _("Parameter"), "core_dictionary_entry": _("Dictionary entry"), "core_notice": _("Notice"),
        "core_role_copy": _("Role"), "core_rule_version": _("Legal period"), "core_rule_override": _("Bureau's own value"),
        "core_calendar_import": _("Working-day calendar"), "core_attachment": _("Attachment"), "core_case_task": _("Task"),
        "core_evaluation": _("Rating"), "core_case_link": _("Link"), "core_case_reader": _("Reading on time"),
        "core_import_batch": _("Import"), "core_backup": _("Backup"), "core_isolation": _("Isolation proof"),
        "demo": _("Demonstration"), "module": _("Module"), "export": _("Export"), "session": _("System session"),
        "core_backup_plan": _("Backup"),
        "core_arrangement": _("How work is done here"), "core_case_round": _("Round of approval"),
        "core_case_vote": _("Vote in a round"), "core_channel_way": _("Way of a channel"),
        "core_enterprise_merge": _("Merged enterprises"), "core_letter_batch": _("Batch of letters"),
        "core_letter_key": _("Key of a seal"), "core_letter_wording": _("Wording of a letter"),
        "core_portal_token": _("One-time link"), "core_saved_search": _("Saved search"),
        "core_seal_picture": _("Picture of a seal"), "core_target": _("Target of a figure"),
        "core_webhook": _("Address that is told")}
    if name in words:
        return words[name]
    titles = {cls.__mapper__.local_table.name: str(cls.kind_title) for cls in Case.loaded().values()}
    titles |= {each.model.__mapper__.local_table.name: str(each.title) for each in registers().values()}
    if name in titles:
        return titles[name]
    modules = {addon.name: str(_(addon.title)) for addon in current_app.extensions["yingshang"].addons}
    owner = next((title for module, title in modules.items() if name.startswith(f"{module}_")), "")
    return _("%(module)s: further record", module=owner) if owner else name


def column_word(name: str, table: str = "") -> str:
    """Which field: as its own table calls it, else by the words that many tables share."""
    column = Model.metadata.tables[table].c.get(name) if table in Model.metadata.tables else None
    if column is not None and "label" in column.info:
        return str(column.info["label"])
    words = {
        "name": _("Name"), "short_name": _("Short name"), "title": _("Title"), "state": _("State"), "meaning": _("Meaning"),
        "assignee_id": _("Responsible"), "unit_id": _("Unit"), "bureau_id": _("Bureau"), "active": _("In use"),
        "phone": _("Telephone"), "email": _("E-mail"), "post": _("Post"), "address": _("Address"), "browser": _("Browser"),
        "value": _("Value"), "label": _("Word"), "position": _("Order"), "code": _("Code"), "doc_word": _("Word in numbers"),
        "due_on": _("Due"), "due_at": _("Due"), "closed_at": _("Closed on"), "valid_from": _("From"), "valid_to": _("Until"),
        "reason": _("Reason"), "rows": _("Rows"), "file": _("File"), "filters": _("Filter"), "by": _("By"), "way": _("Way"),
        "permissions": _("Permissions"), "scope": _("Reach"), "role_id": _("Role"), "user_id": _("Person"), "kind": _("Kind"),
        "number": _("Number"), "result": _("Result"), "masked": _("Masked"), "username": _("User name"),
        "session_version": _("Sessions ended"), "must_change_password": _("Must change the password"), "body": _("Text"),
        "withdrawn_at": _("Withdrawn"), "pinned": _("Pinned"), "until": _("Until"), "module": _("Module"),
        "stopped_at": _("Ended"), "stop_event_id": _("Ended by step"), "start_event_id": _("Begun by step"),
        "next_reminder_at": _("Next reminder"), "due_code": _("Clock"), "due_provisional": _("provisional"),
        "due_paused": _("paused"), "amount": _("Amount"), "unit": _("Counted in"), "basis": _("Basis"),
        "start_at": _("Begins"), "paused": _("paused"), "pauses": _("Pauses"), "extensions": _("Extensions"),
        "opened_at": _("Opened"), "returns": _("Times returned"), "case_id": _("Case"), "rule_key": _("Legal period"),
        "enterprise_id": _("Enterprise"), "created_by_id": _("Opened by"), "number_code": _("Code"),
        "signed_at": _("Signed"), "delivered_at": _("Delivered"), "reviewer_id": _("Reviewed by"),
        "signer_id": _("Signed by"), "drafter_id": _("Drafted by"), "sha256": _("Fingerprint of the file"),
        "rule_day": _("Day whose rules hold"), "query_code": _("Query code"), "confidentiality": _("Confidentiality"),
        "first_name": _("First name"), "last_name": _("Family name"), "password": _("Password"),
        "last_login": _("Last sign-in"), "login_count": _("Sign-ins so far"), "fail_login_count": _("Failed sign-ins"),
        "created_on": _("Made on"), "changed_on": _("Changed on"), "created_by_fk": _("Made by"),
        "changed_by_fk": _("Changed by"), "password_changed_at": _("Password changed"), "custom_units": _("Units of the reach"),
        "lent_by_id": _("Stands in for"), "lent_from_id": _("Lent from appointment"), "sort": _("Sort"), "data": _("Content"),
        "by_id": _("By"), "at": _("Time"),
        "category": _("Category of the file"), "size": _("Size"), "content_type": _("Type of file"),
        "public": _("Public"), "uploaded_by_id": _("Uploaded by"), "uploaded_at": _("Uploaded"), "removed_at": _("Removed"),
        "enabled_by": _("Switched on by"), "enabled_at": _("Switched on"), "year": _("Year"), "source": _("Source"),
        "digest": _("Fingerprint"), "imported_by": _("Imported by"), "imported_at": _("Imported on"),
        "confirmed_by": _("Confirmed by"), "confirmed_at": _("Confirmed"), "workflow_version": _("Version of the workflow"),
        "first_asker_id": _("First asker"), "updated_at": _("Changed on"), "import_batch_id": _("Import"),
        "merged_into_id": _("Merged into"), "awaiting": _("Waits for"), "other_id": _("Other case"),
        "relation": _("Relation"), "granted_by_id": _("Let in by"), "granted_at": _("Let in"), "action": _("Step"),
        "how": _("How"), "note": _("Note"), "asked_by_id": _("Asked by"), "asked_by": _("Asked by"), "asked_at": _("Asked"),
        "ended_at": _("Ended"), "done_at": _("Done on"), "done_by_id": _("Done by"), "item": _("Item"), "role": _("Role"),
        "reminded_on": _("Reminded"), "round_id": _("Round"), "place": _("Position in the order"), "added_by": _("Added by"),
        "decision": _("Opinion given"), "decided_by_id": _("Decided by"), "decided_by": _("Decided by"),
        "decided_at": _("Decided"), "channel": _("Channel"), "adapter": _("Adapter"), "sealed": _("Sealed"),
        "rule_version_id": _("Version of the rule"), "is_law": _("Rule of law"), "start_label": _("Begins with"),
        "provisional": _("provisional"), "void_reason": _("Why void"), "reminded": _("Reminders sent"),
        "escalated": _("Levels reached"), "dictionary": _("Dictionary"), "gone_id": _("Record that goes"),
        "into_id": _("Merged into"), "moved": _("Moved along"), "undone_at": _("Undone"), "undone_by_id": _("Undone by"),
        "score": _("Score"), "comment": _("Words of the rating"), "addressee": _("Addressee"), "occasion": _("Occasion"),
        "fields": _("Fields"), "drafted_at": _("Drafted at"), "reviewed_at": _("Reviewed"), "organ": _("Organ"),
        "facts_sha256": _("Fingerprint of the facts"), "seal_key": _("Key of the seal"), "delivery": _("Delivery"),
        "voided_at": _("Voided"), "wording_id": _("Wording"), "batch": _("Batch"), "act": _("Act"),
        "created_at": _("Made on"), "chosen": _("Chosen"), "task_id": _("Task"), "key_id": _("Key"), "use": _("Use"),
        "algorithm": _("Algorithm"), "public_key": _("Public key"), "certificate": _("Certificate"),
        "self_made": _("Made here"), "token": _("Token"), "room": _("Room in the file"), "text": _("Text"),
        "published_at": _("Published at"), "key": _("Code"), "step": _("Step"), "made_at": _("Made on"),
        "expires_at": _("Valid until"), "used_at": _("Used"), "used_from": _("Used from"), "article": _("Article"),
        "status": _("Status"), "query": _("Search"), "shared": _("Shared"), "put_at": _("Put in"), "target": _("Target"),
        "limit": _("Limit"), "parent_id": _("Unit above"), "uscc": _("Credit code"), "path": _("Path"),
        "is_enforcer": _("Enforces the law"), "url": _("Address"), "kinds": _("Kinds"), "month": _("Month"),
        "penalty_id": _("Decision on a penalty"), "need_id": _("Need"), "level": _("Level reached"),
        "lead": _("Lead"), "sent_at": _("Sent"),
        "returned_at": _("Returned at"), "ground": _("Ground"), "answered_at": _("Answered at"), "received_at": _("Received"),
        "street_id": _("Street"), "holder": _("Holder"), "measure": _("Measure"), "paid_on": _("Paid on")}
    return words.get(name, name)


def _shown(value: Any) -> str:
    if value in (None, "", "9999-12-31"):  # the last: without an end
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "、".join(str(item) for item in value) or "—"
    if isinstance(value, dict):
        return "、".join(f"{key}={item}" for key, item in value.items()) or "—"
    text = str(value)
    if INSTANT.fullmatch(text):
        return datetime_zh(text, short=True)
    return text if len(text) <= 160 else f"{text[:159]}…"
