"""Administrators take a lost second factor away."""

from __future__ import annotations

from http import HTTPStatus

from crm.audit import history
from crm.policy import Role
from tests.accounts.factor import half, is_in, with_factor
from tests.accounts.links import administrator
from tests.calendar.feeds import subscribe
from tests.make import PASSWORD, Make
from tests.page import Browser


def test_a_lost_factor_is_taken_away_and_all_access_ends(make: Make, browser: Browser) -> None:
    admin, (person, app) = administrator(make, browser), with_factor(make)
    theirs, calendar = browser.signed_in_as(person), subscribe(browser, person)
    asked = half(browser, person)
    page = admin.open("administration.person", person_id=person.id)
    assert "Zweiter Faktor" in page.texts("#account dt")

    after = page.submit(button="Zweiten Faktor entfernen")

    assert "Der zweite Faktor ist entfernt." in after.texts(".flash")[0]
    assert "Zweiter Faktor" not in after.texts("#account dt")
    assert not is_in(theirs)
    assert browser.answer("GET", calendar).status_code == HTTPStatus.NOT_FOUND
    assert asked.submit(code=app.code()).texts("h1") == ["Anmelden"]
    signed_in = browser.open("accounts.sign_in").submit(email=person.email, password=PASSWORD)
    assert signed_in.url == "/"
    [line] = admin.open("administration.audit_log", action="second_factor_removed").texts(
        "tbody tr"
    )
    assert "Anna Amt Person zweiten Faktor entfernt" in line


def test_a_second_click_ends_nothing(make: Make, browser: Browser) -> None:
    admin, person = administrator(make, browser), make.person()
    theirs = browser.signed_in_as(person)

    after = admin.post(f"/admin/people/{person.id}/second-factor/remove", [])

    assert after.texts(".flash") == ["Es hat sich nichts geändert."]
    assert is_in(theirs)
    assert make.run(lambda: history(person.id)) == []


def test_ones_own_is_not_taken_away_without_a_code(make: Make, browser: Browser) -> None:
    person, _app = with_factor(make, role=Role.MANAGER, is_administrator=True)
    admin = browser.signed_in_as(person)
    page = admin.open("administration.person", person_id=person.id)
    assert "Zweiten Faktor entfernen" not in page.text

    after = admin.post(f"/admin/people/{person.id}/second-factor/remove", [])

    assert "unter „Mein Konto“" in after.texts(".flash")[0]
    assert half(browser, person).soup.select("#code")


def test_only_administrators_may(make: Make, browser: Browser) -> None:
    person, _app = with_factor(make)
    manager = browser.signed_in_as(make.person(Role.MANAGER))

    after = manager.post(f"/admin/people/{person.id}/second-factor/remove", [])

    assert after.status == HTTPStatus.FORBIDDEN
    assert half(browser, person).soup.select("#code")
