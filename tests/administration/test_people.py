"""The list of people and what administrators change about them; they see no content."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from crm.accounts.models import Person
from crm.audit import history
from crm.clock import now
from crm.policy import Role
from tests.accounts.links import administrator, invite
from tests.calendar.feeds import subscribe
from tests.make import Make
from tests.page import Browser, Page


def _page(admin: Browser, person: Person) -> Page:
    return admin.open("administration.person", person_id=person.id)


def _is_in(browser: Browser) -> bool:
    return browser.answer("GET", "/account").status_code == HTTPStatus.OK


def test_the_list_says_who_is_who(make: Make, browser: Browser) -> None:
    make.person(Role.MANAGER, name="Mara Muster", email="mara@kreis.example")
    make.person(name="Nele Neu", password_hash=None)
    make.person(Role.READER, name="Lena Leicht", deactivated_at=now())

    page = administrator(make, browser).open("administration.people")

    assert page.texts(".result-line") == ["4 Personen"]
    rows = page.texts("tbody tr")
    assert [row.partition(" ")[0] for row in rows] == ["Anna", "Lena", "Mara", "Nele"]
    home = "Wirtschaftsförderung , Landkreis Musterkreis"
    assert rows[2] == f"Mara Muster mara@kreis.example Leitung {home} aktiv"
    assert rows[3].endswith("eingeladen")
    assert rows[1].endswith("geschlossen")
    assert "keine Rolle Verwaltung" in rows[0]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"q": "MUST"}, ["Mara Muster"]),
        ({"q": "nele@"}, ["Nele Neu"]),
        ({"role": "manager"}, ["Mara Muster"]),
        ({"state": "invited"}, ["Nele Neu"]),
        ({"state": "closed"}, ["Lena Leicht"]),
        ({"state": "active"}, ["Anna Amt", "Mara Muster"]),
        ({"state": "invited", "role": "reader"}, []),
    ],
)
def test_filters_narrow_the_list(
    wanted: dict[str, str], found: list[str], make: Make, browser: Browser
) -> None:
    make.person(Role.MANAGER, name="Mara Muster", email="mara@kreis.example")
    make.person(name="Nele Neu", email="nele@kreis.example", password_hash=None)
    make.person(Role.READER, name="Lena Leicht", deactivated_at=now())

    page = administrator(make, browser).open("administration.people", **wanted)

    assert page.texts("tbody th") == found


def test_a_filter_by_team_shows_its_people(make: Make, browser: Browser) -> None:
    team = make.team()
    make.person(name="Otto Orth", team=team)
    make.person()

    page = administrator(make, browser).open("administration.people", team=team.id)

    assert page.texts("tbody th") == ["Otto Orth"]


def test_another_role_and_team_hold_at_once_and_end_whatever_let_in(
    make: Make, browser: Browser
) -> None:
    admin, person = administrator(make, browser), make.person(name="Otto Orth")
    team = make.team("Team Süd", body=make.home_body)
    theirs, calendar = browser.signed_in_as(person), subscribe(browser, person)

    after = _page(admin, person).submit(
        button="Rechte sichern", role="manager", team=str(team.id), leads=str(make.home.id)
    )

    assert "Die Person ist überall abgemeldet." in after.texts(".flash")[0]
    assert not _is_in(theirs)
    assert browser.answer("GET", calendar).status_code == HTTPStatus.NOT_FOUND
    actor = make.actor(person)
    assert (actor.role, actor.team_id) == (Role.MANAGER, team.id)
    assert actor.led_team_ids == {team.id, make.home.id}
    log = admin.open("administration.audit_log", action="rights_changed").texts("tbody tr")
    assert len(log) == 1
    for said in (
        "Rolle: Wirtschaftsförderung → Leitung",
        "Team: Wirtschaftsförderung → Team Süd",
        "Geleitete Teams: – → Team Süd, Wirtschaftsförderung",
    ):
        assert said in log[0]


def test_nothing_changed_ends_nothing(make: Make, browser: Browser) -> None:
    admin, person = administrator(make, browser), make.person(Role.MANAGER)
    theirs = browser.signed_in_as(person)

    after = _page(admin, person).submit(button="Rechte sichern")

    assert "Es hat sich nichts geändert." in after.texts(".flash")[0]
    assert _is_in(theirs)
    assert make.run(lambda: history(person.id)) == []


def test_who_leads_no_more_than_their_team_loses_the_others(make: Make, browser: Browser) -> None:
    team = make.team("Team Süd", body=make.home_body)
    person = make.person(Role.MANAGER, leads=[team])

    _page(administrator(make, browser), person).submit(button="Rechte sichern", leads=[])

    assert make.actor(person).led_team_ids == {make.home.id}


def test_an_administrator_without_a_role_becomes_a_manager_and_signs_in_anew(
    make: Make, browser: Browser
) -> None:
    admin, team = administrator(make, browser), make.team()
    page = admin.open("administration.people").follow("Anna Amt")

    after = page.submit(button="Rechte sichern", role="manager", team=str(team.id))

    assert after.texts("h1") == ["Anmelden"]
    assert "Bitte melden Sie sich neu an." in after.texts(".flash")[0]


def test_the_last_administrator_stays_one(make: Make, browser: Browser) -> None:
    only = make.person(Role.MANAGER, is_administrator=True)
    make.person(is_administrator=True, deactivated_at=now())
    make.person(is_administrator=True, password_hash=None)
    page = _page(browser.signed_in_as(only), only)

    refused = page.submit(button="Rechte sichern", is_administrator=False)

    assert refused.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert refused.texts("#is_administrator-error")[0].startswith("Sonst verwaltet niemand mehr")
    make.person(is_administrator=True)
    assert page.submit(button="Rechte sichern", is_administrator=False).texts("h1") == ["Anmelden"]
    assert not make.actor(only).is_administrator


def test_who_was_invited_keeps_the_link_when_their_rights_change(
    make: Make, browser: Browser
) -> None:
    page = invite(administrator(make, browser), make)
    [address] = page.attributes("#link-address", "value")

    after = page.submit(button="Rechte sichern", role="reader")

    assert after.texts(".flash") == ["Die Rechte sind geändert."]
    link = browser.open_url(address.removeprefix("https://localhost"))
    assert link.texts("h1") == ["Passwort wählen"]


def test_of_two_who_change_rights_the_second_is_told(make: Make, browser: Browser) -> None:
    admin, person = administrator(make, browser), make.person()
    first, second = (_page(admin, person) for _ in range(2))
    first.submit(button="Rechte sichern", role="manager")

    refused = second.submit(button="Rechte sichern", role="reader")

    assert refused.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Jemand anderes hat inzwischen" in refused.texts(".error-summary")[0]
    assert "Leitung" in refused.texts("#account")[0]
    assert make.actor(person).role is Role.MANAGER
    refused.submit(button="Rechte sichern")
    assert make.actor(person).role is Role.READER


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("role", {"role": "none"}),
        ("team", {"team": ""}),
    ],
)
def test_rights_that_fit_nobody_are_refused(
    field: str, typed: dict[str, str], make: Make, browser: Browser
) -> None:
    person = make.person()

    page = _page(administrator(make, browser), person).submit(button="Rechte sichern", fields=typed)

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts(f"#{field}-error")
    assert make.actor(person).role is Role.OFFICER


@pytest.mark.parametrize("sent", [("team", "0198c0de-0000-7000-8000-000000000000"), ("role", "x")])
def test_what_was_not_offered_is_refused(
    sent: tuple[str, str], make: Make, browser: Browser
) -> None:
    person = make.person()
    page = _page(administrator(make, browser), person)
    pairs = [(name, value) for name, value in page.filled_in("#rights form", {}) if name != sent[0]]

    answer = page.browser.post(page.url, [*pairs, sent])

    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY


def test_the_menu_leads_there(make: Make, browser: Browser) -> None:
    start = administrator(make, browser).open("accounts.show").follow("Verwaltung")
    page = start.follow("Personen")

    assert page.texts("h1") == ["Personen"]
    assert page.follow("Person einladen").texts("h1") == ["Person einladen"]
