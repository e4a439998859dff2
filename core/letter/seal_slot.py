"""The place in a letter's PDF into which the electronic seal goes.

The letter is drawn with an empty signature field of fixed size, so that it can be sealed without another byte of it being
touched: it stays the PDF/A that was drawn, there is one revision and nothing after it, and the bytes before the sealing
are the same for the same letter.
"""
from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from typing import Any

from core import moment

FIELD = "OrganSeal"
_RANGE = b"[0 0000000000 0000000000 0000000000]"
_DAY = b"(D:00000000000000+00'00')"
_FULL = re.compile(rb"/ByteRange ?\[\s*0\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")


def put_slot(pdf: Any, room: int, organ: str) -> None:
    """Put an empty signature field of ``room`` bytes on the first page. It has no appearance: the drawn seal is a picture
    of its own."""
    import pydyf

    class Plain(pydyf.Dictionary):  # type: ignore[misc]  # pydyf publishes no types
        """Stands in the file as it is, never inside a compressed stream."""

        compressible = False

    page: Any = next(thing for thing in pdf.objects if isinstance(thing, dict) and thing.get("Type") == "/Page")
    value = Plain({"Type": "/Sig", "Filter": "/Adobe.PPKLite", "SubFilter": "/ETSI.CAdES.detached",
                   "Name": pydyf.String(organ), "M": _DAY, "ByteRange": _RANGE, "Contents": b"<" + b"0" * room * 2 + b">"})
    pdf.add_object(value)
    widget = pydyf.Dictionary({"Type": "/Annot", "Subtype": "/Widget", "FT": "/Sig", "T": pydyf.String(FIELD), "F": 132,
                               "Rect": pydyf.Array([0, 0, 0, 0]), "P": page.reference, "V": value.reference})
    pdf.add_object(widget)
    annotations = page.get("Annots")
    page["Annots"] = pydyf.Array([*(annotations or ()), widget.reference])
    pdf.catalog["AcroForm"] = pydyf.Dictionary({"Fields": pydyf.Array([widget.reference]), "SigFlags": 3})


@dataclass(frozen=True)
class Slot:
    """Where the seal stands: the file from 0 to ``start`` and from ``end`` to its own end is what it covers."""

    start: int
    end: int


def fill_day(data: bytes, at: dt.datetime) -> tuple[bytes, Slot]:
    """The letter with the time of sealing and the covered ranges written into its empty slot, ready to be sealed."""
    if data.count(_RANGE) != 1 or data.count(_DAY) != 1:
        raise ValueError("the letter was drawn without a place for its seal")
    start = data.index(b"/Contents <", data.index(_RANGE)) + len(b"/Contents ")
    end = data.index(b">", start) + 1
    ranges = b"[0 %010d %010d %010d]" % (start, end, len(data) - end)
    local = moment.local(at)
    zone = local.strftime("%z")
    stamp = f"(D:{local:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:]}')".encode("ascii")
    return data.replace(_RANGE, ranges).replace(_DAY, stamp), Slot(start, end)


def digest(data: bytes, slot: Slot) -> bytes:
    """The SHA-256 of everything but the seal itself."""
    found = hashlib.sha256(memoryview(data)[:slot.start])
    found.update(memoryview(data)[slot.end:])
    return found.digest()


def put_seal(data: bytes, slot: Slot, seal: bytes) -> bytes:
    """Write the seal into its slot; what is left of the room stays zero."""
    room = slot.end - slot.start - 2
    if len(seal) * 2 > room:
        raise ValueError(f"the seal has {len(seal)} bytes, its place {room // 2}")
    return data[:slot.start + 1] + seal.hex().encode("ascii").ljust(room, b"0") + data[slot.end - 1:]


def find_slot(data: bytes) -> tuple[Slot, int] | None:
    """The slot of a sealed file and the length that the file had when it was sealed; None when it has no seal."""
    found = _FULL.search(data)
    if found is None:
        return None
    start, end, rest = map(int, found.groups())
    return (Slot(start, end), end + rest) if 0 < start < end else None
