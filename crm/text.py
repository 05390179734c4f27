"""Text as people type it, and the keys by which it is found and sorted."""

from __future__ import annotations

import re
import unicodedata

LONGEST_TEXT = 20_000
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe"})
_KEPT_CONTROLS = "\n\t"
_REFUSED_CATEGORIES = {"Cc", "Cs"}
# Unicode Standard, section 23.7, Noncharacters
_NON_CHARACTERS = range(0xFDD0, 0xFDF0)
_PLANE_END = 0xFFFE
_NOT_A_WORD = re.compile(r"[^0-9a-z]+")


class TextRefused(ValueError):  # noqa: N818 - read as a sentence
    """Text that is not stored; `code` is `characters` or `length`."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def clean(text: str, *, longest: int = LONGEST_TEXT) -> str:
    """Return `text` with LF line ends and nothing else changed.

    Raises `TextRefused` for control characters, surrogates and non-characters, and for more than
    `longest` characters.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if any(_is_refused(character) for character in text):
        raise TextRefused("characters")
    if len(text) > longest:
        raise TextRefused("length")
    return text


def readable(text: str) -> str:
    """Return `text` without the characters that are refused: no page can show them."""
    return "".join(character for character in text if not _is_refused(character))


def _is_refused(character: str) -> bool:
    if character in _KEPT_CONTROLS:
        return False
    code = ord(character)
    is_none = code in _NON_CHARACTERS or code & _PLANE_END == _PLANE_END
    return is_none or unicodedata.category(character) in _REFUSED_CATEGORIES


def search_key(text: str) -> str:
    """Return `text` as it is searched: lower case, ä as ae, no accents, words one space apart."""
    folded = unicodedata.normalize("NFC", text).casefold().translate(_UMLAUTS)
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c)
    )
    return " ".join(_NOT_A_WORD.sub(" ", plain).split())


def sort_key(text: str) -> str:
    """Return `text` as names are sorted (DIN 5007-1: ä as a), the same on every database."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return " ".join("".join(c for c in folded if not unicodedata.combining(c)).split())
