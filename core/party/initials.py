"""The initials of a name in pinyin (天津宁河 → tjnh), by which pickers search."""

from __future__ import annotations

LONGEST = 64


class _Initials(dict[str, str]):
    """One character's initial, looked up once: registers bring the same few thousand characters a million times."""

    def __missing__(self, sign: str) -> str:
        from pypinyin import Style, pinyin  # its dictionaries take 60 MB; only who writes names pays for them

        first = pinyin(sign, style=Style.FIRST_LETTER, errors="ignore")
        letter = first[0][0] if first else sign.lower() if sign.isascii() and sign.isalnum() else ""
        return self.setdefault(sign, letter)


_initials = _Initials()


def initials(name: str) -> str:
    """The first letters of all characters of ``name``, letters and digits as they are, signs left out; 64 at most.

    A character with several readings counts with its commonest one: who searches types what he sees.
    """
    return "".join(map(_initials.__getitem__, name))[:LONGEST]
