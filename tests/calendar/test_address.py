"""The secret address of a calendar: made, shown once, replaced, taken away."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts.models import CalendarFeed, Person
from crm.accounts.queries import hash_of
from crm.audit import history
from crm.calendar import services
from crm.clock import now
from crm.db import db
from crm.policy import Role
from tests.calendar.feeds import subscribe
from tests.make import Make
from tests.page import Browser

RENEW, REVOKE = "/account/calendar", "/account/calendar/revoke"


def _feeds(make: Make) -> list[CalendarFeed]:
    return make.run(lambda: list(db.session.scalars(sa.select(CalendarFeed))))


def _status(browser: Browser, path: str) -> int:
    return Browser(browser.app).answer("GET", path).status_code


def test_only_the_hash_of_256_random_bits_is_kept(make: Make, browser: Browser) -> None:
    path = subscribe(browser, make.person())

    found = re.fullmatch(r"/calendar/([\w-]{43})\.ics", path)
    assert found
    [feed] = _feeds(make)
    assert feed.token_hash == hash_of(found[1])


def test_the_address_is_shown_once(make: Make, browser: Browser) -> None:
    me = browser.signed_in_as(make.person())

    shown = me.open("accounts.show").submit(button="Adresse erstellen")
    again = me.open("accounts.show")

    assert shown.url == "/account"
    assert shown.attributes("#calendar-address", "value")
    assert "Outlook" in shown.texts("#calendar")[0]
    assert again.attributes("#calendar-address", "value") == []
    assert "kann nicht noch einmal gezeigt werden" in again.texts("#calendar")[0]


def test_a_new_address_ends_the_former_one(make: Make, browser: Browser) -> None:
    person = make.person()
    first = subscribe(browser, person)

    second = subscribe(browser, person)

    assert first != second
    assert (_status(browser, first), _status(browser, second)) == (404, 200)
    assert len(_feeds(make)) == 1
    assert [e.action for e in make.run(lambda: history(person.id))] == ["calendar_renewed"] * 2


def test_after_a_second_click_the_address_that_is_shown_is_the_one_that_works(
    make: Make, browser: Browser
) -> None:
    me = browser.signed_in_as(make.person())
    page = me.open("accounts.show")

    page.submit(button="Adresse erstellen")
    shown = page.submit(button="Adresse erstellen")

    [address] = shown.attributes("#calendar-address", "value")
    assert _status(browser, address) == HTTPStatus.OK


def test_two_at_once_leave_one_calendar(app: Flask, make: Make) -> None:
    actor = make.actor(make.person())

    def renew(_number: int) -> str:
        with app.app_context():
            return services.renew_feed(actor)

    with ThreadPoolExecutor(4) as pool:
        tokens = list(pool.map(renew, range(4)))

    [feed] = _feeds(make)
    assert feed.token_hash in {hash_of(token) for token in tokens}


def test_a_revoked_address_answers_as_one_that_never_was(make: Make, browser: Browser) -> None:
    person = make.person()
    path = subscribe(browser, person)
    me = browser.signed_in_as(person)

    after = me.open("accounts.show").submit(button="Adresse sperren")

    assert "Ihre Kalenderadresse gilt nicht mehr." in after.texts(".flash")[0]
    assert "Adresse erstellen" in after.texts("#calendar")[0]
    answers = [
        Browser(browser.app).answer("GET", url)
        for url in (path, f"/calendar/{'x' * 43}.ics", "/calendar/x.ics")
    ]
    assert {answer.status_code for answer in answers} == {HTTPStatus.NOT_FOUND}
    texts = {re.sub(r"Rückfragen: \w+", "", answer.text) for answer in answers}
    assert len(texts) == 1
    assert len({frozenset(answer.headers.keys()) for answer in answers}) == 1
    assert me.post(REVOKE, []).status == HTTPStatus.OK
    assert make.run(lambda: history(person.id))[0].action == "calendar_revoked"


@pytest.mark.parametrize(
    "change",
    [
        lambda make, person: make.change(person, deactivated_at=now()),
        lambda make, person: make.change(person, role=Role.NONE, team_id=None),
        lambda make, person: make.change(person, role=Role.READER),
    ],
    ids=["deactivated", "without a role", "reader"],
)
def test_a_calendar_ends_with_the_person(
    change: Callable[[Make, Person], None], make: Make, browser: Browser
) -> None:
    person = make.person()
    path = subscribe(browser, person)
    assert _status(browser, path) == HTTPStatus.OK

    change(make, person)

    assert _status(browser, path) == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("token", ["", "ä", "%00", "%ff", "..", "a" * 4000, "'; DROP TABLE x; --"])
def test_an_address_that_was_made_up_is_nobodys(token: str, browser: Browser) -> None:
    assert _status(browser, f"/calendar/{token}.ics") == HTTPStatus.NOT_FOUND


def test_every_wrong_address_costs_the_same(browser: Browser, count_queries: list[str]) -> None:
    asked = []
    for token in ("x", "y" * 43, "ä"):
        count_queries.clear()
        _status(browser, f"/calendar/{token}.ics")
        asked.append(len(count_queries))

    # Whose the address is, and how the page that says "nobody's" looks at this agency
    assert asked == [2, 2, 2]


@pytest.mark.parametrize("role", [Role.NONE, Role.READER])
def test_who_has_nothing_to_do_needs_no_calendar(role: Role, make: Make, browser: Browser) -> None:
    person = browser.signed_in_as(make.person(role))

    page = person.open("accounts.show")

    assert page.texts("#calendar") == []
    for url in (RENEW, REVOKE):
        assert person.post(url, []).status == HTTPStatus.FORBIDDEN
    assert _feeds(make) == []


def test_nobody_touches_the_calendar_of_another(make: Make, browser: Browser) -> None:
    mine, other = make.person(), make.person()
    path = subscribe(browser, other)

    browser.signed_in_as(mine).post(REVOKE, [])
    subscribe(browser, mine)

    assert _status(browser, path) == HTTPStatus.OK


def test_reading_a_calendar_changes_nothing(make: Make, browser: Browser) -> None:
    person = make.person()
    path = subscribe(browser, person)
    before = [(f.token_hash, f.created_at) for f in _feeds(make)]

    _status(browser, path)

    assert [(f.token_hash, f.created_at) for f in _feeds(make)] == before
    assert len(make.run(lambda: history(person.id))) == 1


def test_the_address_does_not_stay_in_the_browser_of_the_next_person(
    make: Make, browser: Browser
) -> None:
    first = browser.signed_in_as(make.person())
    page = first.open("accounts.show")
    first.answer("POST", RENEW, [("csrf_token", page.token)])

    out = page.submit(button="Abmelden")
    other = make.person()
    account = out.submit(email=other.email, password="Ein Satz, den niemand errät")

    assert account.browser.open("accounts.show").attributes("#calendar-address", "value") == []
