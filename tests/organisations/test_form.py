from __future__ import annotations

from http import HTTPStatus
from typing import Any

import pytest

from tests.make import Make
from tests.organisations.steps import WHOLE, rows
from tests.page import Browser, Page, Value


def filled(page: Page) -> dict[str, Any]:
    return dict(page.filled_in("main form[method=post]", {}))


# --- adding ---------------------------------------------------------------------------------------


def test_an_officer_adds_an_organisation_with_name_and_municipality(
    make: Make, browser: Browser
) -> None:
    officer = browser.signed_in_as(make.officer)

    page = officer.open("organisations.index").follow("Organisation anlegen")
    page = page.submit(name="Müller & Söhne", municipality="Musterstadt")

    assert page.status == HTTPStatus.OK
    assert page.texts("h1") == ["Müller & Söhne"]
    assert "„Müller & Söhne“ ist angelegt." in page.texts("#flashes")[0]
    assert make.home.name in page.texts("main")[0]


def test_every_field_is_kept_as_it_was_typed(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)

    page = officer.open("organisations.new").submit(fields=WHOLE)
    shown = page.texts("main")[0]
    edited = filled(page.follow("Bearbeiten"))

    assert page.status == HTTPStatus.OK
    for text in (
        "1.084 bis 1.200",
        "1,5 bis 1.200",
        "01.02.2026",
        "HRB 4711",
        "großes Unternehmen",
    ):
        assert text in shown
    same = WHOLE | {
        "website": "https://www.haeusler.example",
        "employees": "1084",
        "turnover_to": "1200",
    }
    for name, value in same.items():
        typed = edited[name].replace("\r\n", "\n")
        assert typed == ("y" if value is True else value), name


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "  ", "Bitte geben Sie den Namen der Organisation ein."),
        ("municipality", "", "Bitte geben Sie die Gemeinde ein."),
        ("name", "M" * 301, "Bitte kürzen Sie den Text auf 300 Zeichen."),
        ("name", "Mus\x00ter", "Der Text enthielt Steuerzeichen"),
        ("postal_code", "3910", "Fünf Ziffern wie 39104"),
        ("ags", "1500300", "Der Gemeindeschlüssel hat acht Ziffern"),
        ("website", "keine Adresse", "Bitte geben Sie eine Internetadresse wie"),
        ("website", "data:text/html,x", "Bitte geben Sie eine Internetadresse wie"),
        ("website", "http://a:b@c.example", "Bitte geben Sie eine Internetadresse wie"),
        ("website", "http://c.example:99999", "Bitte geben Sie eine Internetadresse wie"),
        ("email", "info@", "Bitte geben Sie eine E-Mail-Adresse wie"),
        ("phones", "0391 123456\nnachts: keine", "„nachts: keine“ ist keine Telefonnummer."),
        ("w_idnr", "123", "Die Nummer beginnt mit DE"),
        ("wz_2008", "Metall", "Bitte geben Sie den Schlüssel wie"),
        ("employees", "viele", "Bitte geben Sie eine ganze Zahl ab 0 ein."),
        ("employees", "-1", "Bitte geben Sie eine ganze Zahl ab 0 ein."),
        ("employees_as_of", "31.02.2026", "Bitte geben Sie ein Datum wie"),
        ("employees", "1.5", "Bitte geben Sie eine ganze Zahl ab 0 ein."),
        ("turnover_from", "1.5", "Bitte geben Sie den Betrag in Millionen Euro ein"),
        ("turnover_from", "1,234", "Bitte geben Sie den Betrag in Millionen Euro ein"),
        ("cadence_months", "0", "Bitte geben Sie eine ganze Zahl ab 1 ein."),
    ],
)
def test_what_is_wrong_stands_beside_the_field_and_nothing_is_lost(
    field: str, value: str, message: str, make: Make, browser: Browser
) -> None:
    officer = browser.signed_in_as(make.officer)
    form = officer.open("organisations.new")
    typed: dict[str, Value] = {
        "name": "Muster",
        "municipality": "Musterstadt",
        "note": "Bleibt",
    }
    typed[field] = value

    page = form.submit(fields=typed)

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert message in page.texts(f"#{field}-error")[0]
    assert message in page.texts(".error-summary a")[0]
    assert page.texts("#note") == ["Bleibt"]
    assert "1" not in officer.open("organisations.index").texts("main .strong")[0]


def test_a_range_that_ends_before_it_begins_is_refused(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)

    page = officer.open("organisations.new").submit(
        name="Muster", municipality="M", employees="50", employees_to="9"
    )

    assert page.texts("#employees_to-error") == [
        "Der zweite Wert darf nicht kleiner sein als der erste."
    ]


def test_a_name_of_a_megabyte_is_refused_with_a_sentence(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)

    page = officer.open("organisations.new").submit(name="ä" * 500_000, municipality="M")

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts("#name-error") == ["Bitte kürzen Sie den Text auf 300 Zeichen."]


def test_more_telephone_numbers_than_anybody_has_are_refused(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)
    numbers = "\n".join(f"0391 12{number:04}" for number in range(1_500))

    page = officer.open("organisations.new").submit(name="A", municipality="M", phones=numbers)

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts("#phones-error") == ["Bitte geben Sie höchstens 20 Telefonnummern an."]


def test_likely_duplicates_are_shown_before_a_second_one_is_made(
    make: Make, browser: Browser
) -> None:
    officer = browser.signed_in_as(make.officer)
    officer.open("organisations.new").submit(name="Häusler GmbH", municipality="Musterstadt")

    page = officer.open("organisations.new").submit(name="Haeusler KG", municipality="Anderswo")

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts("[data-part=duplicates] li") == [
        "Häusler GmbH (neues Fenster) Musterstadt · Unternehmen · gleicher Name"
    ]
    assert page.texts("#confirm_new-error") == [
        "Bitte prüfen Sie, ob es diese Organisation schon gibt."
    ]
    done = page.submit(confirm_new=True)
    assert done.texts("h1") == ["Haeusler KG"]


# --- editing --------------------------------------------------------------------------------------


def test_an_edit_is_kept_and_stands_in_the_history(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)
    organisation = make.organisation("Muster GmbH")

    page = officer.open("organisations.edit", organisation_id=organisation.id)
    page = page.submit(name="Muster AG", phones="0391 123456")

    assert page.texts("h1") == ["Muster AG"]
    assert "Olga Oft hat geändert: Name, Telefon" in page.texts("#history")[0]
    assert officer.open("organisations.index", q="0391").status == HTTPStatus.OK
    assert rows(officer.open("organisations.index", q="muster ag")) == ["Muster AG"]


def test_the_second_of_two_people_sees_both_versions(make: Make, browser: Browser) -> None:
    first, second = browser.signed_in_as(make.officer), browser.signed_in_as(make.person())
    organisation = make.organisation("Muster GmbH")
    theirs = first.open("organisations.edit", organisation_id=organisation.id)
    mine = second.open("organisations.edit", organisation_id=organisation.id)
    theirs.submit(name="Muster AG", industry="Handel")

    page = mine.submit(name="Muster KG", town="Anderswo")

    assert page.status == HTTPStatus.CONFLICT
    assert page.texts(".conflict tbody tr") == [
        "Name (verschieden) Muster KG Muster AG",
        "Ort (verschieden) Anderswo",
        "Branche (verschieden) Handel",
    ]
    saved = page.submit(button="Änderungen sichern")
    assert saved.texts("h1") == ["Muster KG"]
