"""The start page of administration: how everything stands, and nothing of content."""

from __future__ import annotations

import pytest

from crm.accounts.services import oblige
from crm.clock import now, today
from crm.policy import Role
from tests.accounts.links import administrator
from tests.make import PASSWORD, Make
from tests.page import Browser

CANARY = "Kanarienvogel"


def _state(page_texts: list[str], title: str) -> str:
    return next(text for text in page_texts if text.startswith(title))


def test_each_area_says_how_it_stands(make: Make, browser: Browser) -> None:
    make.person(password_hash=None)
    make.person(deactivated_at=now())
    make.concern(CANARY)
    make.visit(summary=CANARY)

    page = administrator(make, browser).open("administration.index")

    assert page.texts("h1") == ["Verwaltung"]
    areas = page.texts("tbody tr")
    assert _state(areas, "Personen").endswith("3 Personen, davon 1 eingeladen")
    assert _state(areas, "Zweiter Faktor").endswith("freiwillig")
    assert _state(areas, "Teams und Träger").endswith("1 Team, 1 Träger")
    assert _state(areas, "Mailversand").endswith("kein Mailserver eingestellt")
    assert CANARY not in page.text
    for area in page.soup.select("tbody a"):
        opened = page.browser.open_url(str(area["href"]))
        assert opened.texts("h1") == [area.get_text()]
        assert opened.follow("Verwaltung").texts("h1") == ["Verwaltung"]


def test_it_says_for_how_many_roles_a_second_factor_is_a_duty(make: Make, browser: Browser) -> None:
    admin = make.person(Role.NONE, is_administrator=True)
    roles = {Role.MANAGER, Role.OFFICER}
    make.run(lambda: oblige(make.actor(admin), roles, seen=set()))

    areas = (
        browser.signed_in_as(make.person(Role.READER, is_administrator=True))
        .open("administration.index")
        .texts("tbody tr")
    )

    assert _state(areas, "Zweiter Faktor").endswith("Pflicht für 2 Rollen")


def test_an_administrator_without_a_role_starts_there(make: Make, browser: Browser) -> None:
    person = make.person(Role.NONE, is_administrator=True)

    page = browser.open("accounts.sign_in").submit(email=person.email, password=PASSWORD)

    assert page.texts("h1") == ["Verwaltung"]
    assert page.attributes("a.brand", "href") == ["/admin"]


@pytest.mark.parametrize("role", [Role.READER, Role.OFFICER, Role.MANAGER])
def test_who_does_not_run_it_is_not_led_there(role: Role, make: Make, browser: Browser) -> None:
    page = browser.signed_in_as(make.person(role)).open("my_day.index")

    assert "Verwaltung" not in page.links
    assert page.browser.open("administration.index").status == 403


def test_who_works_and_runs_it_starts_with_the_day(make: Make, browser: Browser) -> None:
    both = browser.signed_in_as(make.person(Role.OFFICER, is_administrator=True))

    page = both.open("administration.index")

    assert page.attributes("a.brand", "href") == ["/"]
    assert page.texts("nav [aria-current]") == ["Verwaltung"]


def test_who_leads_a_team_besides_is_led_to_its_targets(make: Make, browser: Browser) -> None:
    for role, expected in ((Role.OFFICER, []), (Role.MANAGER, [f"Ziele {today().year}"])):
        both = browser.signed_in_as(make.person(role, is_administrator=True))

        titles = both.open("administration.index").texts("tbody th")

        assert [title for title in titles if title.startswith("Ziele")] == expected
