"""The design system keeps what it promises: contrast in light and dark, sides by the direction of the language."""

from __future__ import annotations

import re

import pytest

from services.console.rendering import STYLE

TEXT = STYLE.decode()
LEAST = 4.5
"""WCAG 2.2, 1.4.3: text against what is behind it."""
PAIRS = [(ink, ground) for ink in ("ink", "quiet", "accent", "good", "warn", "bad") for ground in ("ground", "surface")]


def tokens(scheme: str) -> dict[str, str]:
    light, dark = re.findall(r":root \{(.*?)\}", TEXT, re.DOTALL)
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", {"light": light, "dark": dark}[scheme]))


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(one * 2 for one in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ink, ground", [*PAIRS, ("on-accent", "accent")])
def test_text_can_be_read_on_what_is_behind_it(scheme: str, ink: str, ground: str) -> None:
    found = tokens(scheme)
    assert contrast(found[ink], found[ground]) >= LEAST


def test_nothing_is_placed_left_or_right_and_nothing_comes_from_elsewhere() -> None:
    assert not re.search(r"\b(left|right)\b", TEXT)
    assert "url(" not in TEXT
    assert "@import" not in TEXT
    assert len(STYLE) < 10_000
