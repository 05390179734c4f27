"""One colour of the agency, for light and dark pages: what can be read on them, and what cannot.

Contrast as WCAG 2.2 defines it: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
"""

from __future__ import annotations

import re
from typing import NamedTuple

_HEX = re.compile(r"#[0-9a-f]{6}")
_LEAST_CONTRAST = 4.5
# A chosen thing is tinted by a tenth of the colour (`--tint` in app.css)
_TINT = 0.1
_STEPS = 50
# Below it, sRGB is linear
_DARK_PART = 0.04045


class Rgb(NamedTuple):
    """A colour, each part from 0 to 1."""

    red: float
    green: float
    blue: float

    def mixed(self, other: Rgb, share: float) -> Rgb:
        """Return this colour with a share of another one."""
        parts = zip(self, other, strict=True)
        return Rgb(*(mine * (1 - share) + theirs * share for mine, theirs in parts))

    def __str__(self) -> str:
        return "#" + "".join(f"{round(part * 255):02x}" for part in self)


_WHITE, _BLACK = Rgb(1, 1, 1), Rgb(0, 0, 0)


def read(text: str) -> str | None:
    """Return a typed colour as #rrggbb; None when it is none."""
    text = text.strip().lower()
    colour = text if text.startswith("#") else f"#{text}"
    return colour if _HEX.fullmatch(colour) else None


def is_readable(colour: str) -> bool:
    """Tell whether a colour can be read on everything that is light, and white on it."""
    return _is_readable_on(_rgb(colour), _LIGHT)


def for_dark_pages(colour: str) -> str:
    """Return the colour as light as dark pages need it; black stands on it there."""
    wanted = _rgb(colour)
    lighter = (wanted.mixed(_WHITE, step / _STEPS) for step in range(_STEPS + 1))
    return str(next(found for found in lighter if _is_readable_on(found, _DARK)))


def _rgb(colour: str) -> Rgb:
    return Rgb(*(int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)))


# KERN's backgrounds of pages, cards and fields: white and neutral-025; black, neutral-950 and -900
_LIGHT = (_WHITE, _rgb("#f3f4f7"))
_DARK = (_BLACK, _rgb("#131525"), _rgb("#1d2034"))


def _is_readable_on(colour: Rgb, backgrounds: tuple[Rgb, ...]) -> bool:
    tinted = [background.mixed(colour, _TINT) for background in backgrounds]
    return all(_contrast(colour, back) >= _LEAST_CONTRAST for back in (*backgrounds, *tinted))


def _contrast(one: Rgb, other: Rgb) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Rgb) -> float:
    red, green, blue = (
        part / 12.92 if part <= _DARK_PART else ((part + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
