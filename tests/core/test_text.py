from __future__ import annotations

import pytest

from crm.text import LONGEST_TEXT, TextRefused, clean, search_key, sort_key
from tests.naughty import NAUGHTY, UNSTORABLE


@pytest.mark.parametrize("text", NAUGHTY, ids=ascii)
def test_text_is_kept_as_it_is(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a\r\nb", "a\nb"), ("a\rb", "a\nb"), ("a\n\r\nb", "a\n\nb"), ("a\tb\n", "a\tb\n")],
)
def test_line_ends_become_lf(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize("character", UNSTORABLE, ids=ascii)
def test_what_cannot_be_stored_is_refused(character: str) -> None:
    with pytest.raises(TextRefused) as refused:
        clean(f"vor{character}nach")

    assert refused.value.code == "characters"


def test_too_much_text_is_refused() -> None:
    with pytest.raises(TextRefused) as refused:
        clean("ä" * (LONGEST_TEXT + 1))

    assert refused.value.code == "length"


def test_line_ends_count_once() -> None:
    assert clean("a\r\n" * 10, longest=20) == "a\n" * 10


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("haeus", "Häusler"),
        ("häus", "Häusler"),
        ("HÄUS", "Häusler"),
        ("strasse", "Hauptstraße 3"),
        ("straße", "Hauptstrasse 3"),
        ("cafe", "Café Müller"),
        ("mueller", "CAFÉ MÜLLER"),
        ("ha\u0308us", "Häusler"),
        ("schmidt soehne", "Schmidt & Söhne"),
        ("schmidt  -  soehne", "Schmidt&Söhne"),
    ],
)
def test_a_search_finds_umlauts_and_parts_of_words(typed: str, name: str) -> None:
    assert search_key(typed) in search_key(name)


@pytest.mark.parametrize("text", NAUGHTY, ids=ascii)
def test_keys_are_plain_and_stable(text: str) -> None:
    key = search_key(text)

    assert key.isascii()
    assert search_key(key) == key
    assert sort_key(sort_key(text)) == sort_key(text)


def test_names_sort_as_germans_expect() -> None:
    names = ["Zebra", "Ärzte", "Apfel", "Öl", "Oase", "Strasse", "Straße 2", "Strauß", "äpfel"]

    assert sorted(names, key=sort_key) == [
        "Apfel", "äpfel", "Ärzte", "Oase", "Öl", "Strasse", "Straße 2", "Strauß", "Zebra",
    ]  # fmt: skip
