"""Cookies and session rows: what begins, what ends, and that what has ended stays so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

import pytest
import sqlalchemy as sa

from crm.accounts.models import Person, SignIn
from crm.accounts.queries import find_sign_in, hash_of
from crm.clock import now
from crm.db import db
from crm.policy import Role
from crm.web.sessions import COOKIE
from tests.make import PASSWORD, Make
from tests.page import Browser


def _signs_in(browser: Browser, person: Person) -> None:
    page = browser.open("accounts.sign_in").submit(email=person.email, password=PASSWORD)
    assert page.status == HTTPStatus.OK, page.texts("main")


def _token(browser: Browser) -> str:
    cookie = browser.client.get_cookie(COOKIE)
    assert cookie is not None
    return str(cookie.value)


def _with_token(browser: Browser, token: str) -> Browser:
    other = Browser(browser.app)
    other.client.set_cookie(COOKIE, token, secure=True)
    return other


def _is_in(browser: Browser) -> bool:
    return browser.answer("GET", "/account").status_code == HTTPStatus.OK


def _sign_ins(make: Make) -> list[SignIn]:
    return make.run(lambda: list(db.session.scalars(sa.select(SignIn))))


def test_the_cookies_are_bound_to_this_host_and_out_of_reach(make: Make, browser: Browser) -> None:
    person = make.person()
    page = browser.open("accounts.sign_in")
    answer = browser.answer(
        "POST",
        "/sign-in",
        [("csrf_token", page.token), ("email", person.email), ("password", PASSWORD)],
    )

    cookies = {c.partition("=")[0]: c for c in answer.headers.getlist("Set-Cookie")}

    assert {COOKIE, "__Host-form"} <= cookies.keys()
    for cookie in cookies.values():
        attributes = {part.strip() for part in cookie.split(";")[1:]}
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= attributes
        assert not any(attribute.startswith("Domain") for attribute in attributes)


def test_only_the_hash_of_the_cookie_is_kept(make: Make, browser: Browser) -> None:
    person = make.person()

    _signs_in(browser, person)

    [row] = _sign_ins(make)
    assert len(_token(browser)) >= 43
    assert row.token_hash == hash_of(_token(browser))


def test_before_signing_in_there_is_no_session(make: Make, browser: Browser) -> None:
    browser.open("accounts.sign_in").submit(email="nobody@example.org", password="falsch")

    assert _sign_ins(make) == []
    assert browser.client.get_cookie(COOKIE) is None


def test_signing_in_changes_the_cookie_and_the_form_token(make: Make, browser: Browser) -> None:
    planted = "a" * 43
    browser.client.set_cookie(COOKIE, planted, secure=True)
    before = browser.open("accounts.sign_in").token

    _signs_in(browser, make.person())

    assert _token(browser) != planted
    answer = browser.answer("POST", "/account/language", [("csrf_token", before)])
    assert answer.status_code == HTTPStatus.BAD_REQUEST


def test_a_cookie_from_before_signing_out_is_worth_nothing(make: Make, browser: Browser) -> None:
    person = browser.signed_in_as(make.person())
    token = _token(person)
    assert _is_in(person)

    page = person.open("accounts.show").submit(button="Abmelden")

    assert page.url.startswith("/sign-in")
    assert not _is_in(person)
    assert not _is_in(_with_token(browser, token))
    assert _sign_ins(make) == []


def test_signing_out_here_leaves_other_browsers_signed_in(make: Make, browser: Browser) -> None:
    person = make.person()
    here, there = browser.signed_in_as(person), browser.signed_in_as(person)

    here.open("accounts.show").submit(button="Abmelden")

    assert _is_in(there)


@pytest.mark.parametrize(
    ("column", "age", "is_in"),
    [
        ("last_seen_at", timedelta(hours=7, minutes=59), True),
        ("last_seen_at", timedelta(hours=8, minutes=1), False),
        ("created_at", timedelta(days=6, hours=23), True),
        ("created_at", timedelta(days=7, minutes=1), False),
    ],
)
def test_a_session_ends_after_rest_and_in_any_case(
    column: str, age: timedelta, is_in: bool, make: Make, browser: Browser
) -> None:
    person = browser.signed_in_as(make.person())
    [row] = _sign_ins(make)

    make.change(row, **{column: now() - age})

    assert _is_in(person) is is_in


def test_using_a_session_is_noted_at_most_every_five_minutes(make: Make, browser: Browser) -> None:
    person = browser.signed_in_as(make.person())
    [row] = _sign_ins(make)
    for age, is_noted in ((timedelta(minutes=4), False), (timedelta(minutes=6), True)):
        before = now() - age
        make.change(row, last_seen_at=before)

        person.open("accounts.show")

        [seen] = _sign_ins(make)
        assert (seen.last_seen_at != before) is is_noted


@pytest.mark.parametrize("token", ["", "x", "ä", "a" * 4000, "'; DROP TABLE sign_in; --"])
def test_a_cookie_that_was_made_up_is_nobodys(token: str, browser: Browser) -> None:
    assert not _is_in(_with_token(browser, token))


def test_a_token_that_no_cookie_can_hold_is_nobodys(make: Make) -> None:
    assert make.run(lambda: find_sign_in("\ud800\x00")) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda make, person: make.change(person, deactivated_at=now()),
        lambda make, person: make.change(person, role=Role.NONE, team_id=None),
    ],
    ids=["deactivated", "without a role"],
)
def test_a_change_of_the_person_holds_at_the_next_request(
    change: Callable[[Make, Person], None], make: Make, browser: Browser
) -> None:
    person = make.person(Role.READER)
    signed_in = browser.signed_in_as(person)
    assert signed_in.answer("GET", "/organisations").status_code == HTTPStatus.OK

    change(make, person)

    assert signed_in.answer("GET", "/organisations").status_code in {
        HTTPStatus.FOUND,
        HTTPStatus.FORBIDDEN,
    }
