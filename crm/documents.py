"""PDF documents made from the Typst templates in `documents/`.

What people typed reaches a template as strings of one JSON value and is never read as markup.
Every document is tagged and claims PDF/UA-1 and PDF/A-2a; Typst refuses to export what breaks them.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst
from fontTools.ttLib import TTFont

TEMPLATES = Path(__file__).resolve().parent.parent / "documents"
FONTS = TEMPLATES / "fonts"
STANDARDS: list[typst.PDFStandard] = ["ua-1", "a-2a"]

_PICTURE_PPI = 200
# Stands for a character that the fonts lack; it comes from a font inside of Typst itself
MISSING = "□"
_BREAK = "\u200b"
# A line holds fewer characters than a word without any place to break it may have
_LONGEST_WORD = 70
# An address breaks by itself after a stroke or hyphen before a letter: it can still be copied
_LONG_WORD = re.compile(rf"(?:[^ \n/{_BREAK}-]|[/-](?![^\W\d_])){{{_LONGEST_WORD + 1},}}")
_PIECE = re.compile(rf".{{{_LONGEST_WORD}}}[\u0300-\u036f]{{0,8}}(?=.)")
# What takes no room would make a line endless, and a PDF string holds 32,767 bytes
_PILED_MARKS = re.compile(r"([\u0300-\u036f\u1dc0-\u1dff]{8})[\u0300-\u036f\u1dc0-\u1dff]+")
_MANY_SPACES = re.compile(" {100,}")
# Joiners, directions, variation selectors, tags: nothing to see, or an order that misleads
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\U000e0000-\U000e0fff]"
)
_LOOKS_LIKE = {"\t": "    ", "\u2010": "-", "\u2011": "-", "\u202f": "\u00a0",
               "\x85": "\n", "\u2028": "\n", "\u2029": "\n"}  # fmt: skip

# A compiler serves one caller at a time ("Already borrowed")
_turn = Lock()


def compile_pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """Return the PDF that the template called `template` makes of `data`.

    data  strings, numbers, booleans, None, lists and mappings. The template finds them in
          `sys.inputs.data`, and `has_missing_characters` among them.

    A character that the fonts lack becomes □. The same data gives the same bytes.
    """
    inputs = _inputs(data)
    with _turn:
        pdf = _compiler().compile(
            TEMPLATES / f"{template}.typ",
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=STANDARDS,
        )
    assert isinstance(pdf, bytes)
    return pdf


def compile_picture(template: str, data: Mapping[str, Any]) -> bytes:
    """Return the PNG that the template makes of `data`: one page, as sharp as print needs."""
    inputs = _inputs(data)
    with _turn:
        picture = _compiler().compile(
            TEMPLATES / f"{template}.typ", format="png", sys_inputs=inputs, ppi=_PICTURE_PPI
        )
    assert isinstance(picture, bytes)
    return picture


def _inputs(data: Mapping[str, Any]) -> dict[str, str]:
    text = _Printable()
    printable = {key: text.of(value) for key, value in data.items()}
    printable["has_missing_characters"] = text.has_missing_characters
    return {"data": json.dumps(printable)}


@cache
def _compiler() -> typst.Compiler:
    """Make the compiler of this process at its first document: threads do not survive a fork."""
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[FONTS])
    return typst.Compiler(root=TEMPLATES, font_paths=fonts, ignore_system_fonts=True)


class _Printable:
    """Makes texts printable and remembers whether a character was missing."""

    def __init__(self) -> None:
        self.has_missing_characters = False

    def of(self, value: Any) -> Any:
        """Return `value` with every string in it made printable."""
        match value:
            case str():
                return self._text(value)
            case Mapping():
                return {key: self.of(member) for key, member in value.items()}
            case list() | tuple():
                return [self.of(member) for member in value]
        return value

    def _text(self, text: str) -> str:
        composed = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
        shown = _PILED_MARKS.sub(rf"\1{MISSING}", composed.translate(_glyphs()))
        self.has_missing_characters |= shown.count(MISSING) > composed.count(MISSING)
        shown = _MANY_SPACES.sub(" " * 100, shown)
        return _LONG_WORD.sub(lambda word: _PIECE.sub(rf"\g<0>{_BREAK}", word[0]), shown)


class _Glyphs(dict[int, str]):
    """For each character what is printed for it, looked up once."""

    def __init__(self, drawn: frozenset[int]):
        super().__init__()
        self._drawn = drawn

    def __missing__(self, code: int) -> str:
        self[code] = shown = self._shown(chr(code))
        return shown

    def _shown(self, character: str) -> str:
        if character in _LOOKS_LIKE:
            return _LOOKS_LIKE[character]
        if character in (MISSING, "\n"):
            return character
        category = unicodedata.category(character)
        # PDF/A forbids private characters, even those that a font draws
        if category in {"Cc", "Cn", "Co", "Cs"}:
            return MISSING
        parts = unicodedata.normalize("NFD", character)
        if ord(character) in self._drawn or all(ord(part) in self._drawn for part in parts):
            return character
        return " " if category == "Zs" else MISSING


@cache
def _glyphs() -> _Glyphs:
    """Read which characters all weights of the text font draw."""
    drawn = []
    for path in FONTS.glob("FiraSans-*.ttf"):
        with TTFont(path, lazy=True) as font:
            drawn.append(frozenset(font.getBestCmap()))
    return _Glyphs(frozenset.intersection(*drawn))
