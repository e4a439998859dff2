"""Colours: readable in both themes by WCAG AA, and the automatic dark theme equal to the chosen one."""

from __future__ import annotations

import re

import pytest

from core.web.pages import STATIC

CSS = (STATIC / "tokens.css").read_text()
GROUNDS = ("paper", "ground", "head", "hover", "picked")
PAIRS = [(ink, ground) for ink in ("ink", "ink-2", "ink-3", "brand", "seal", "ok", "warn") for ground in GROUNDS]
PAIRS += [
    ("brand", "brand-soft"),
    ("seal", "seal-soft"),
    ("ok", "ok-soft"),
    ("warn", "warn-soft"),
    ("ink-2", "idle-soft"),
    ("ink-3", "idle-soft"),
    ("on-fill", "fill"),
    ("on-fill", "fill-2"),
    ("on-fill", "seal-fill"),
    ("ink", "seal-soft"),
    ("ink", "warn-soft"),
    ("ink", "ok-soft"),
    ("ink-2", "brand-soft"),
    ("ink-3", "brand-soft"),
    ("ink", "brand-soft"),
]


def tokens(selector: str) -> dict[str, str]:
    """The colours that one block sets."""
    block = CSS.split(selector + " {", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


LIGHT, DARK, AUTO = tokens(":root"), tokens(':root[data-theme="dark"]'), tokens(':root[data-theme="auto"]')


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_can_be_read_on_every_ground_that_it_stands_on(theme: dict[str, str]) -> None:
    faint = {(a, b): round(contrast(theme[a], theme[b]), 2) for a, b in PAIRS if contrast(theme[a], theme[b]) < 4.5}
    assert faint == {}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_edge_of_a_control_can_be_seen(theme: dict[str, str]) -> None:
    assert contrast(theme["edge"], theme["paper"]) >= 3


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_lights_of_a_chart_can_be_seen(theme: dict[str, str]) -> None:
    assert min(contrast(theme[light], theme["paper"]) for light in ("good", "soon", "late")) >= 3


def test_automatic_dark_is_the_chosen_dark() -> None:
    assert AUTO == DARK
    assert set(DARK) == set(LIGHT)
