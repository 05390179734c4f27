"""One's own second factor: setting it up, its recovery codes, and how it goes."""

from __future__ import annotations

import base64
from http import HTTPStatus
from urllib.parse import unquote

import pytest
import sqlalchemy as sa

from crm.accounts.models import Person, RecoveryCode, SecondFactor
from crm.accounts.one_time import Safe
from crm.audit import history
from crm.db import db
from tests.accounts.factor import RECOVERY, half, is_in, set_up, with_factor
from tests.calendar.feeds import subscribe
from tests.make import PASSWORD, Make
from tests.page import Browser, Page


def _factors(make: Make) -> list[SecondFactor]:
    return make.run(lambda: list(db.session.scalars(sa.select(SecondFactor))))


def _deeds(make: Make, person: Person) -> list[str]:
    return [event.action for event in make.run(lambda: history(person.id))]


def _codes(page: Page) -> list[str]:
    return page.texts("#recovery-codes")[0].split()


def test_who_sets_up_an_app_needs_it_from_then_on(make: Make, browser: Browser) -> None:
    person = make.person()
    here, there = browser.signed_in_as(person), browser.signed_in_as(person)
    calendar = subscribe(browser, person)
    page, app = set_up(here)

    after = page.submit(button="Einrichten", code=app.code())

    assert after.texts(".flash") == [
        "Der zweite Faktor ist eingerichtet. Andere Geräte sind abgemeldet."
    ]
    assert len(set(_codes(after))) == 10
    assert (is_in(here), is_in(there)) == (True, False)
    assert browser.answer("GET", calendar).status_code == HTTPStatus.OK
    assert half(there, person).submit(code=app.code(1)).url == "/"
    assert _deeds(make, person)[0] == "second_factor_set_up"


def test_the_picture_holds_the_key_and_no_address(make: Make, browser: Browser) -> None:
    page, app = set_up(browser.signed_in_as(make.person()))

    [picture] = page.attributes("img.qr", "src")

    assert picture.startswith("data:image/svg+xml")
    assert "http" not in unquote(picture).replace("http://www.w3.org/2000/svg", "")
    assert len(base64.b32decode(app.secret)) == 20


def test_the_code_of_setting_up_does_not_sign_in(make: Make, browser: Browser) -> None:
    person = make.person()
    page, app = set_up(browser.signed_in_as(person))
    code = app.code()
    page.submit(button="Einrichten", code=code)

    assert half(browser, person).submit(code=code).status == HTTPStatus.UNPROCESSABLE_ENTITY


def test_neither_secret_nor_codes_are_kept_to_be_read(make: Make, browser: Browser) -> None:
    page, app = set_up(browser.signed_in_as(make.person()))
    codes = _codes(page.submit(button="Einrichten", code=app.code()))

    [row] = _factors(make)
    hashes = make.run(lambda: db.session.scalars(sa.select(RecoveryCode.code_hash)).all())

    assert app.secret not in row.sealed
    assert len(hashes) == 10
    assert not {code.replace("-", "").encode() for code in codes} & set(hashes)


def test_recovery_codes_are_shown_once_and_work(make: Make, browser: Browser) -> None:
    person = make.person()
    here = browser.signed_in_as(person)
    page, app = set_up(here)
    codes = _codes(page.submit(button="Einrichten", code=app.code()))

    again = here.open("accounts.second_factor")
    half(browser, person).submit(code=codes[3])

    assert again.texts("#recovery-codes") == []
    assert "noch 10 von 10" in again.texts("#app")[0]
    assert is_in(browser)
    assert "noch 9 von 10" in here.open("accounts.second_factor").texts("#app")[0]


def test_a_wrong_code_sets_nothing_up_and_the_key_stays(make: Make, browser: Browser) -> None:
    page, app = set_up(browser.signed_in_as(make.person()))

    refused = page.submit(button="Einrichten", code=app.wrong_code())

    assert refused.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert refused.texts("#code-error")[0].startswith("Dieser Code gilt nicht")
    assert refused.texts("#key") == page.texts("#key")
    assert _factors(make) == []
    refused.submit(button="Einrichten", code=app.code())
    assert len(_factors(make)) == 1


@pytest.mark.parametrize("sealed", ["", "x", "ä", "gAAAAA"])
def test_a_key_that_was_made_up_is_replaced(sealed: str, make: Make, browser: Browser) -> None:
    page, app = set_up(browser.signed_in_as(make.person()))

    refused = page.submit(button="Einrichten", code=app.code(), sealed=sealed)

    assert refused.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert refused.texts(".error-summary li")[0].startswith("Die Seite war zu lange offen.")
    assert refused.texts("#key") != page.texts("#key")
    assert _factors(make) == []


def test_the_key_of_another_person_is_none(make: Make, browser: Browser) -> None:
    mine, _app = set_up(browser.signed_in_as(make.person()))
    theirs, their_app = set_up(browser.signed_in_as(make.person()))

    [sealed] = theirs.attributes("[name=sealed]", "value")
    refused = mine.submit(button="Einrichten", sealed=sealed, code=their_app.code())

    assert refused.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert _factors(make) == []


def test_what_the_form_does_not_show_is_not_taken(make: Make, browser: Browser) -> None:
    person, other = make.person(), make.person()
    here = browser.signed_in_as(person)
    page, app = set_up(here)
    pairs = page.filled_in("main form", {"code": app.code()})
    slipped = [("person_id", str(other.id)), ("last_step", "0"), ("secret", "A" * 32)]

    here.answer("POST", "/account/second-factor/new", [*pairs, *slipped])

    [row] = _factors(make)
    assert row.person_id == person.id
    assert row.last_step > 0
    assert Safe.of(browser.app.config["CRM"]).opened(person.id, row.sealed) == app.secret


def test_a_second_click_changes_nothing(make: Make, browser: Browser) -> None:
    person = make.person()
    here = browser.signed_in_as(person)
    page, app = set_up(here)
    code = app.code()
    page.submit(button="Einrichten", code=code)
    [sealed] = page.attributes("[name=sealed]", "value")

    again = here.post("/account/second-factor/new", [("sealed", sealed), ("code", code)])

    assert again.url == "/account/second-factor"
    assert _deeds(make, person) == ["second_factor_set_up"]
    assert is_in(here)


def test_another_app_takes_the_place_of_the_first(make: Make, browser: Browser) -> None:
    person, old = with_factor(make)
    page, new = set_up(browser.signed_in_as(person))
    page.submit(button="Einrichten", code=new.code())

    asked = half(browser, person)

    assert asked.submit(code=old.code()).status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert asked.submit(code=RECOVERY).status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert asked.submit(code=new.code(1)).url == "/"


def test_recovery_codes_are_renewed(make: Make, browser: Browser) -> None:
    person, _app = with_factor(make)
    page = browser.signed_in_as(person).open("accounts.second_factor")
    assert "noch 1 von 10" in page.texts("#app")[0]

    codes = _codes(page.submit(button="Neue Ersatzcodes"))

    assert half(browser, person).submit(code=RECOVERY).status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert half(browser, person).submit(code=codes[0]).url == "/"
    assert "recovery_codes_renewed" in _deeds(make, person)


def test_without_a_factor_there_are_no_codes(make: Make, browser: Browser) -> None:
    here = browser.signed_in_as(make.person())

    assert here.post("/account/second-factor/codes", []).status == HTTPStatus.NOT_FOUND
    assert here.open("accounts.turn_off_second_factor").status == HTTPStatus.NOT_FOUND


def _turn_off(browser: Browser, **typed: str) -> Page:
    page = browser.open("accounts.second_factor").follow("Zweiten Faktor entfernen")
    return page.submit(button="Entfernen", fields=typed)


def test_password_and_code_turn_it_off(make: Make, browser: Browser) -> None:
    person, app = with_factor(make)
    here, there = browser.signed_in_as(person), browser.signed_in_as(person)

    after = _turn_off(here, current_password=PASSWORD, code=app.code())

    assert "Der zweite Faktor ist entfernt." in after.texts(".flash")[0]
    assert (is_in(here), is_in(there)) == (True, False)
    assert _deeds(make, person) == ["second_factor_removed"]
    signed_in = there.open("accounts.sign_in").submit(email=person.email, password=PASSWORD)
    assert signed_in.url == "/"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"current_password": "falsch"}, "current_password"),
        ({"code": "000 000 000"}, "code"),
        ({"code": ""}, "code"),
        ({"current_password": ""}, "current_password"),
    ],
)
def test_one_of_them_alone_does_not(
    typed: dict[str, str], field: str, make: Make, browser: Browser
) -> None:
    person, app = with_factor(make)
    right = {"current_password": PASSWORD, "code": app.code()}

    page = _turn_off(browser.signed_in_as(person), **right | typed)

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts(f"#{field}-error")
    assert len(_factors(make)) == 1


def test_guessing_there_is_slowed_too(make: Make, browser: Browser) -> None:
    person, app = with_factor(make)
    here = browser.signed_in_as(person)
    for _ in range(5):
        _turn_off(here, current_password=PASSWORD, code=app.wrong_code())

    page = _turn_off(here, current_password=PASSWORD, code=app.code())

    assert page.texts(".error-summary li")[0].startswith("Zu viele Versuche.")
    assert len(_factors(make)) == 1


def test_the_account_leads_there_and_says_since_when(make: Make, browser: Browser) -> None:
    person = make.person()
    here = browser.signed_in_as(person)
    assert here.open("accounts.show").follow("Zweiten Faktor einrichten").texts("#key")

    make.second_factor(person)

    page = here.open("accounts.show")
    assert "Eingerichtet am " in page.texts("#second-factor")[0]
    assert page.follow("Zweiten Faktor ansehen").texts("h1") == ["Zweiter Faktor"]


def test_what_another_key_sealed_is_not_opened(make: Make, browser: Browser) -> None:
    person, _app = with_factor(make)
    [row] = _factors(make)
    settings = browser.app.config["CRM"]
    other = type(settings)(instance=settings.instance, secret_key="another key, as long as needed")

    assert Safe.of(settings).opened(person.id, row.sealed)
    assert Safe.of(other).opened(person.id, row.sealed) is None
