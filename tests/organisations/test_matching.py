from __future__ import annotations

import pytest

from crm.organisations import matching


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Häusler GmbH", "haeusler"),
        ("Müller & Söhne GmbH & Co. KG", "mueller soehne"),
        ("Müller und Söhne KG", "mueller soehne"),
        ("Lüftung Nord UG (haftungsbeschränkt)", "lueftung nord"),
        ("Stadtwerke Musterstadt AG", "stadtwerke musterstadt"),
        ("Gebrüder Groß OHG", "gebrueder gross"),
        ("Praxis Beispiel GbR", "praxis beispiel"),
        ("Elektro Muster e.K.", "elektro muster"),
        ("Wohnungsgenossenschaft eG", "wohnungsgenossenschaft"),
        ("Handwerksverein e. V.", "handwerksverein"),
        ("Hilfe im Alltag gGmbH", "hilfe im alltag"),
        ("Musterwerke SE", "musterwerke"),
        ("Bäckerei Muster, Inh. Karla Beispiel", "baeckerei muster"),
        ("AG Technik", "ag technik"),
        ("GmbH", "gmbh"),
    ],
)
def test_names_are_compared_without_their_legal_form(name: str, key: str) -> None:
    assert matching.name_key(name) == key


def test_names_that_sound_alike_have_one_sound() -> None:
    assert matching.name_sound("Meyer Metallbau GmbH") == matching.name_sound("Maier Metalbau")
    assert matching.name_sound("Meyer Metallbau") != matching.name_sound("Schulze Metallbau")


def test_a_sound_that_says_nothing_is_left_out() -> None:
    assert matching.name_sound("Au") == ""


@pytest.mark.parametrize(
    ("number", "key"),
    [("HRB 01234", "hrb1234"), ("hrb 1234 B", "hrb1234b"), ("", ""), ("VR-77", "vr77")],
)
def test_register_numbers_are_compared_without_blanks_and_zeros(number: str, key: str) -> None:
    assert matching.register_key(number) == key


def test_courts_are_the_same_where_one_is_unknown() -> None:
    assert matching.is_same_register("Amtsgericht Stendal", "Stendal")
    assert matching.is_same_register("", "Stendal")
    assert not matching.is_same_register("Stendal", "Halle")


@pytest.mark.parametrize(
    ("website", "email", "domain"),
    [
        ("https://www.Muster.example/wir?x=1", "", "muster.example"),
        ("muster.example", "info@anders.example", "muster.example"),
        ("", "info@muster.example", "muster.example"),
        ("", "muster@gmx.de", ""),
        ("https://www.facebook.com/muster", "", ""),
        ("http://[kaputt", "", ""),
    ],
)
def test_the_domain_is_ones_own(website: str, email: str, domain: str) -> None:
    assert matching.domain_of(website, email) == domain


@pytest.mark.parametrize(
    "typed",
    ["0391 / 123 45-6", "+49 391 123456", "0049391123456", "0391 123456 (Zentrale)",
     "(0391) 123456, Frau Muster"],
)  # fmt: skip
def test_one_telephone_number_has_one_key(typed: str) -> None:
    assert matching.phone_key(typed) == "49391123456"


@pytest.mark.parametrize(
    "typed", ["", "abc", "12", "Zentrale 0391 123456", "1" * 60, "+999 1234567"]
)
def test_what_is_no_telephone_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        matching.phone_key(typed)


def test_what_is_searched_begins_with_the_name_and_knows_plain_letters() -> None:
    text = matching.search_text("Häusler GmbH", "Musterstadt", phones="0391 123456")

    assert text.startswith("haeusler gmbh")
    assert "hausler" in text
    assert "musterstadt" in text
    assert "49391123456" in text
