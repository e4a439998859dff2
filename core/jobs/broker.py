"""The broker of one machine without a broker server: kombu's filesystem transport, with messages that appear complete.
"""
from __future__ import annotations

import uuid
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps

LOOK_UP = 0.5
"""Seconds between two looks into the folder."""


class Channel(filesystem.Channel):
    """kombu writes a message under its final name, and a reader may take it half-written. Here it is renamed when
    complete.
    """

    def _put(  # type: ignore[override]  # the stubs of kombu's own two classes disagree
            self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:
        target = Path(self.data_folder_out) / f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        temporary = target.with_name(f"{target.name}.part")
        temporary.write_bytes(str_to_bytes(dumps(payload)))
        temporary.replace(target)


class Transport(filesystem.Transport):
    """The filesystem transport with the channel above, which looks up often enough for a worker to stop promptly."""

    Channel = Channel

    def drain_events(  # type: ignore[override]  # as kombu's own transports have it; the stubs of the base disagree
            self, connection: Any, timeout: float | None = None) -> None:
        """Wait for a message, but never longer than :data:`LOOK_UP`: a worker that was told to stop still waits twice.
        """
        super().drain_events(connection, timeout=min(timeout or LOOK_UP, LOOK_UP))


def embedded(folder: Path) -> dict[str, Any]:
    """Celery's settings for the embedded broker in ``folder``, which is made, readable by its owner only."""
    places = {name: folder / name for name in ("messages", "taken", "control")}
    for place in (folder, *places.values()):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "broker_url": "filesystem://localhost",
        "broker_transport": "core.jobs.broker:Transport",
        "broker_transport_options": {
            "data_folder_in": str(places["messages"]), "data_folder_out": str(places["messages"]),
            "processed_folder": str(places["taken"]), "control_folder": str(places["control"]),
            "store_processed": False, "polling_interval": LOOK_UP,
        },
        "worker_enable_remote_control": False,  # it would leave a reply file for every question
    }
