"""Attachments: the type is read from the content, the size is limited, the bytes lie outside the web root."""
from __future__ import annotations

from typing import Any, BinaryIO

from flask import current_app

from core import moment
from core.access.viewer import Viewer
from core.case.act import add_event
from core.case.models import Attachment, Case
from core.errors import NotAllowed, Refusal
from core.files import FileStore
from core.filetypes import check_attachment
from core.words import gettext as _


def store() -> FileStore:
    """The installation's file store."""
    found: FileStore = current_app.extensions["jobs"].files
    return found


def attach(case: Case, actor: Viewer, name: str, stream: BinaryIO, *, category: str = "",
           public: bool = False) -> Attachment:
    """Keep a file with the case. Raises :class:`Refusal` for what is too large or of a kind that is not accepted."""
    if not case.visible_to(actor):
        raise NotAllowed(_("You may not write in this case."))
    limit = current_app.extensions["yingshang"].settings.limits.attachment_mb * 1024 * 1024
    reference = store().put(stream, limit)
    with store().open(reference.sha256) as kept:
        content_type = check_attachment(kept, name)
    made = Attachment(name=name.replace("\\", "/").rsplit("/", 1)[-1][:255], category=category, public=public,
                      sha256=reference.sha256, size=reference.size, content_type=content_type,
                      uploaded_by_id=actor.user_id, uploaded_at=moment.now())
    case.attachments.append(made)
    add_event(case, actor, "file", note=made.name)
    return made


def open_file(attachment: Attachment) -> Any:
    """The bytes of an attachment, as a stream."""
    return store().open(attachment.sha256)


def remove_file(case: Case, attachment: Attachment, actor: Viewer, reason: str) -> None:
    """Take a file out of the case, with a reason. Its bytes stay in the store."""
    if not case.visible_to(actor):
        raise NotAllowed(_("You may not write in this case."))
    if not reason.strip():
        raise Refusal(_("Give a reason."), "note")
    attachment.removed_at = moment.now()
    add_event(case, actor, "file_removed", note=f"{attachment.name}: {reason.strip()}")
