"""Names in pinyin, as people search by them: the initials (天津宁河 → tjnh); of units and people the syllables too."""

from __future__ import annotations

LONGEST = 64
MOST_SPELLED = 255
SURNAMES = {"曾": "zeng", "单": "shan", "仇": "qiu", "解": "xie", "区": "ou", "查": "zha", "翟": "zhai", "乐": "yue",
            "朴": "piao", "覃": "qin", "种": "chong", "缪": "miao", "员": "yun", "尉迟": "yuchi", "万俟": "moqi"}
"""Family names that are read otherwise than the same character in a text."""


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


def syllables(name: str) -> str:
    """The whole of ``name`` spelled, without spaces or tones (宁河 → ninghe)."""
    from pypinyin import lazy_pinyin  # as above

    return "".join(sign for sign in "".join(lazy_pinyin(name)).lower() if sign.isascii() and sign.isalnum())


def spelled(*names: str) -> str:
    """What a unit with these names is found by: the initials of each, then all of them spelled."""
    return _words(*map(initials, names), *map(syllables, names))


def spelled_person(family: str, given: str) -> str:
    """The same for a person; a family name with a reading of its own counts with both."""
    read = SURNAMES.get(family)
    own = (read[0] + initials(given), read + syllables(given)) if read else ()
    return _words(*own, initials(family + given), syllables(family + given))


def _words(*words: str) -> str:
    return " ".join(filter(None, dict.fromkeys(words)))[:MOST_SPELLED]
