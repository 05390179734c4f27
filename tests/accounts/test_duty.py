"""A second factor that is a duty: who has none yet sets one up, and reaches nothing else."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

import pytest
import sqlalchemy as sa

from crm.accounts.models import Person, SecondFactorDuty, SignIn
from crm.clock import now
from crm.db import db, transaction
from crm.policy import Role
from tests.accounts.factor import is_in, set_up
from tests.accounts.links import administrator
from tests.calendar.feeds import subscribe
from tests.make import PASSWORD, Make
from tests.page import Browser
from tests.security.doors import GUARDED, SAFE

# The pages that set it up, and what every page of everybody holds
OPEN = {
    "accounts.code",
    "accounts.confirm",
    "accounts.language",
    "accounts.second_factor",
    "accounts.set_up_second_factor",
    "accounts.sign_out",
}


def _oblige(*roles: Role) -> None:
    with transaction():
        db.session.add_all(SecondFactorDuty(role=role) for role in roles)


@pytest.fixture
def obliged(make: Make) -> Person:
    """Give somebody who may do most and still owes a second factor."""
    make.run(lambda: _oblige(Role.MANAGER))
    return make.person(Role.MANAGER, is_administrator=True)


def test_after_signing_in_one_is_led_to_it_and_then_on(
    obliged: Person, make: Make, browser: Browser
) -> None:
    page = browser.open("accounts.sign_in", next="/visits?q=a")

    led = page.submit(email=obliged.email, password=PASSWORD)
    assert led.texts("h1") == ["Zweiten Faktor einrichten"]
    assert led.texts("nav[aria-label=Hauptmenü] a") == []
    _page, app = set_up(browser, next="/visits?q=a")
    codes = _page.submit(button="Einrichten", code=app.code())

    assert codes.texts("#recovery-codes")
    assert codes.follow("Weiter").url == "/visits?q=a"


def test_no_other_door_opens(obliged: Person, browser: Browser) -> None:
    person = browser.signed_in_as(obliged)
    token = [("csrf_token", person.open("accounts.set_up_second_factor").token)]

    for door in (door for door in GUARDED if door.endpoint not in OPEN):
        answer = person.answer(door.method, door.url(person), token)

        if door.method in SAFE:
            is_led = answer.location.startswith("/account/second-factor/new?next=")
        else:
            is_led = "Erst kommt der zweite Faktor" in answer.text
        assert is_led, str(door)


def test_who_was_typing_keeps_it(make: Make, browser: Browser) -> None:
    person = make.person()
    here = browser.signed_in_as(person)
    page = here.open("organisations.new")
    make.run(lambda: _oblige(Role.OFFICER))

    refused = page.submit(button="Organisation anlegen", name="Vorher GmbH", municipality="Ort")
    assert refused.texts("h1") == ["Erst kommt der zweite Faktor"]
    assert "Vorher GmbH" in refused.texts("#typed")[0]
    offered, app = set_up(here)
    offered.submit(button="Einrichten", code=app.code())
    once_more = refused.submit(button="Noch einmal senden").submit(button="Eingaben absenden")

    assert once_more.texts("h1") == ["Vorher GmbH"]


@pytest.mark.parametrize(
    ("duty", "role", "administers", "owes"),
    [
        (Role.MANAGER, Role.MANAGER, False, True),
        (Role.MANAGER, Role.OFFICER, False, False),
        (Role.READER, Role.READER, False, True),
        (Role.NONE, Role.NONE, True, True),
        (Role.NONE, Role.OFFICER, True, True),
        (Role.NONE, Role.OFFICER, False, False),
    ],
)
def test_it_is_owed_by_role_and_by_administering(
    duty: Role, role: Role, administers: bool, owes: bool, make: Make, browser: Browser
) -> None:
    person = browser.signed_in_as(make.person(role, is_administrator=administers))
    make.run(lambda: _oblige(duty))

    assert is_in(person) is not owes


def test_who_has_one_owes_none(obliged: Person, make: Make, browser: Browser) -> None:
    make.second_factor(obliged)

    assert is_in(browser.signed_in_as(obliged))


def test_a_calendar_goes_on(make: Make, browser: Browser) -> None:
    person = make.person()
    calendar = subscribe(browser, person)

    make.run(lambda: _oblige(Role.OFFICER))

    assert browser.answer("GET", calendar).status_code == HTTPStatus.OK


def test_who_signed_in_a_while_ago_first_says_who_they_are(
    obliged: Person, make: Make, browser: Browser
) -> None:
    here = browser.signed_in_as(obliged)
    [row] = make.run(lambda: db.session.scalars(sa.select(SignIn)).all())
    make.change(row, proved_at=now() - timedelta(minutes=11))
    asked = here.open("visits.index", q="a")
    assert asked.texts("h1") == ["Sind Sie es noch?"]

    page = asked.submit(button="Weiter", current_password=PASSWORD)

    assert page.texts("h1") == ["Zweiten Faktor einrichten"]
    assert page.attributes("[name=next]", "value") == ["/visits?q=a"]


def test_one_may_still_sign_out(obliged: Person, make: Make, browser: Browser) -> None:
    here = browser.signed_in_as(obliged)

    page = here.open("accounts.set_up_second_factor").submit(button="Abmelden")

    assert page.texts("h1") == ["Anmelden"]


def test_who_removes_theirs_owes_it_again(obliged: Person, make: Make, browser: Browser) -> None:
    app = make.second_factor(obliged)
    page = browser.signed_in_as(obliged).open("accounts.turn_off_second_factor")

    page.submit(button="Entfernen", current_password=PASSWORD, code=app.code())

    assert not is_in(page.browser)


def test_administrators_choose_who_and_the_log_says_so(make: Make, browser: Browser) -> None:
    admin = administrator(make, browser)
    officer = browser.signed_in_as(make.person())
    make.second_factor(make.person())
    page = admin.open("administration.people").follow("Zweiter Faktor")
    assert page.texts("#counts dl > div") == [
        "Verwaltung, mit und ohne Rolle 0 von 1",
        "Lesezugriff 0 von 0",
        "Wirtschaftsförderung 1 von 2",
        "Leitung 0 von 0",
    ]

    after = page.submit(button="Auswahl sichern", roles=["officer", "manager"])

    assert after.texts(".flash")[0].startswith("Gesichert.")
    assert after.attributes("[name=roles][checked]", "value") == ["officer", "manager"]
    assert not is_in(officer)
    [line] = admin.open("administration.audit_log", action="obliged").texts("tbody tr")
    assert "– → Wirtschaftsförderung, Leitung" in line
    unchanged = after.submit(button="Auswahl sichern")
    assert unchanged.texts(".flash") == ["Es hat sich nichts geändert."]
    after.submit(button="Auswahl sichern", roles=[])
    assert is_in(officer)


def test_administrators_who_oblige_themselves_are_led_at_once(make: Make, browser: Browser) -> None:
    page = administrator(make, browser).open("administration.second_factor")

    assert page.submit(button="Auswahl sichern", roles="none").texts("h1") == [
        "Zweiten Faktor einrichten"
    ]


def test_of_two_who_change_it_the_second_is_told(make: Make, browser: Browser) -> None:
    admin = administrator(make, browser)
    first, second = (admin.open("administration.second_factor") for _ in range(2))
    first.submit(button="Auswahl sichern", roles="manager")

    refused = second.submit(button="Auswahl sichern", roles="reader")

    assert refused.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Jemand anderes hat inzwischen" in refused.texts(".error-summary")[0]
    assert refused.attributes("[name=roles][checked]", "value") == ["manager"]
    again = refused.submit(button="Auswahl sichern", roles=["manager", "reader"])
    assert again.attributes("[name=roles][checked]", "value") == ["reader", "manager"]


@pytest.mark.parametrize("role", ["x", "", "administrator", "ä" * 400])
def test_what_is_no_role_is_refused(role: str, make: Make, browser: Browser) -> None:
    admin = administrator(make, browser)

    page = admin.post("/admin/second-factor", [("roles", role), ("seen", "")])

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.parametrize("role", [Role.READER, Role.OFFICER, Role.MANAGER])
def test_nobody_else_chooses(role: Role, make: Make, browser: Browser) -> None:
    person = browser.signed_in_as(make.person(role))

    answer = person.post("/admin/second-factor", [("roles", "reader"), ("seen", "")])

    assert answer.status == HTTPStatus.FORBIDDEN
    assert person.open("administration.second_factor").status == HTTPStatus.FORBIDDEN
