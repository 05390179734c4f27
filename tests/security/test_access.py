"""Who may enter where: the list a person approved, and the guard that holds it."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

import pytest
from flask import Flask

from crm.policy import ADMINISTRATION, GRANTS, Permission, Role
from crm.web.access import PUBLIC
from tests.databases import application
from tests.make import Make
from tests.page import Browser
from tests.security.doors import ACCESS, DOORS, GUARDED, SAFE, Door, access_list, app_without_data


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_the_view_says_who_may_enter(door: Door) -> None:
    assert ACCESS[door.endpoint] == PUBLIC or isinstance(ACCESS[door.endpoint], Permission)


def test_the_access_list_is_the_approved_one() -> None:
    """A new, changed or removed door shows up as a changed line in review.

    To approve: `.venv/bin/python -m tests.security.doors > tests/security/access.txt`.
    """
    assert access_list() == Path(__file__).with_name("access.txt").read_text(encoding="utf-8")


def test_what_changes_something_is_never_a_get() -> None:
    """And no permission to change is enough to read nothing but a form."""
    changing = {"edit", "change", "hand_over", "make", "manage", "move", "log", "subscribe"}
    reading = [d for d in GUARDED if str(ACCESS[d.endpoint]).partition(":")[2] not in changing]

    for door in reading:
        posts_of_ones_own = {
            *("accounts.sign_out", "accounts.language", "accounts.password"),
            *("accounts.sign_out_device", "accounts.sign_out_others"),
            *("accounts.confirm", "accounts.renew_recovery_codes"),
            *("accounts.set_up_second_factor", "accounts.turn_off_second_factor"),
            *("notifications.read", "notifications.unread", "notifications.choose"),
        }
        assert door.method in SAFE or door.endpoint in posts_of_ones_own, str(door)


def test_strangers_are_sent_to_sign_in(browser: Browser) -> None:
    for door in GUARDED:
        answer = browser.answer(door.method, door.url(browser))

        if door.method in SAFE:
            assert answer.status_code == HTTPStatus.FOUND, str(door)
            assert answer.location.startswith("/sign-in?next="), str(door)
        else:
            # The page with the kept input
            assert answer.status_code == HTTPStatus.BAD_REQUEST, str(door)


@pytest.mark.parametrize("role", Role)
def test_a_role_enters_exactly_where_the_policy_lets_it(
    role: Role, make: Make, browser: Browser
) -> None:
    person = browser.signed_in_as(make.person(role))
    grants = {str(permission) for permission in GRANTS[role]}

    for door in GUARDED:
        answer = person.answer(door.method, door.url(browser))
        refused = answer.status_code == HTTPStatus.FORBIDDEN

        assert refused is (str(ACCESS[door.endpoint]) not in grants), str(door)
        # Without a token nothing is changed, whoever asks
        assert door.method in SAFE or refused or answer.status_code == HTTPStatus.BAD_REQUEST


def test_an_administrator_enters_besides_where_the_product_is_run(
    make: Make, browser: Browser
) -> None:
    person = browser.signed_in_as(make.person(Role.NONE, is_administrator=True))
    grants = {str(permission) for permission in GRANTS[Role.NONE] | ADMINISTRATION}

    for door in GUARDED:
        answer = person.answer(door.method, door.url(browser))

        refused = answer.status_code == HTTPStatus.FORBIDDEN
        assert refused is (str(ACCESS[door.endpoint]) not in grants), str(door)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.MANAGER])
def test_behind_an_unknown_key_is_nothing(role: Role, make: Make, browser: Browser) -> None:
    person = browser.signed_in_as(make.person(role))

    for door in GUARDED:
        is_open = ACCESS[door.endpoint] in GRANTS[role]
        if "<uuid:" in door.rule.rule and door.method in SAFE and is_open:
            answer = person.answer("GET", door.url(browser))

            assert answer.status_code == HTTPStatus.NOT_FOUND, str(door)


def test_an_administrator_alone_sees_no_content(make: Make, browser: Browser) -> None:
    administrator = browser.signed_in_as(make.person(Role.NONE, is_administrator=True))

    assert administrator.open("my_day.index").status == HTTPStatus.FORBIDDEN
    assert administrator.open("visits.index").status == HTTPStatus.FORBIDDEN
    account = administrator.open("accounts.show")
    assert account.status == HTTPStatus.OK
    assert account.texts("nav[aria-label=Hauptmenü] a") == ["Verwaltung"]


def test_a_view_that_nobody_marked_stays_closed() -> None:
    app = app_without_data()
    app.add_url_rule("/forgotten", "forgotten", lambda: "open!")

    answer = app.test_client().get("/forgotten")

    assert answer.status_code == HTTPStatus.FOUND
    assert answer.location.startswith("/sign-in")


def test_a_view_that_nobody_marked_stays_closed_for_everyone(app: Flask, make: Make) -> None:
    person = make.person(Role.MANAGER, is_administrator=True)
    with application(app.config["CRM"].database_url) as other:
        other.add_url_rule("/forgotten", "forgotten", lambda: "open!")
        manager = Browser(other).signed_in_as(person)

        assert manager.answer("GET", "/forgotten").status_code == HTTPStatus.FORBIDDEN
