"""Requests that a person's browser sends without their will, and addresses that lead astray."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from crm.accounts.models import Person
from crm.db import db
from crm.policy import Role
from tests.make import PASSWORD, Make
from tests.page import Browser
from tests.security.doors import DOORS, GUARDED, SAFE


def _language(make: Make, person_id: object) -> str:
    return make.run(lambda: db.session.get_one(Person, person_id).language)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://[localhost"},
        {"Origin": "https://localhost.evil.example"},
        {"Referer": "https://evil.example/"},
        {"Referer": ""},
    ],
    ids=str,
)
def test_a_request_from_elsewhere_is_refused_in_spite_of_its_token(
    headers: dict[str, str], make: Make, browser: Browser
) -> None:
    person = make.person()
    signed_in = browser.signed_in_as(person)
    data = [("csrf_token", signed_in.open("accounts.show").token), ("language", "en")]

    answer = signed_in.answer("POST", "/account/language", data, headers=headers)

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert _language(make, person.id) == "de"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://localhost"},
    ],
    ids=str,
)
def test_a_request_from_here_is_taken(
    headers: dict[str, str], make: Make, browser: Browser
) -> None:
    person = make.person()
    signed_in = browser.signed_in_as(person)
    data = [("csrf_token", signed_in.open("accounts.show").token), ("language", "en")]

    answer = signed_in.answer("POST", "/account/language", data, headers=headers)

    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert _language(make, person.id) == "en"


def test_no_door_that_changes_something_opens_without_a_token(make: Make, browser: Browser) -> None:
    # Who may do most: others are refused at some doors before their token is looked at
    person = browser.signed_in_as(make.person(Role.MANAGER, is_administrator=True))
    others = browser.signed_in_as(make.person()).open("accounts.show").token

    for door in (door for door in DOORS if door.method not in SAFE):
        for token in ([], [("csrf_token", "made up")], [("csrf_token", others)]):
            answer = person.answer(door.method, door.url(browser), token)

            assert answer.status_code == HTTPStatus.BAD_REQUEST, str(door)


def test_without_a_token_the_input_comes_back(make: Make, browser: Browser) -> None:
    person = browser.signed_in_as(make.person())

    answer = person.answer("POST", "/account/language", [("language", "en"), ("back", "/visits")])

    text = answer.get_data(as_text=True)
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert 'value="/visits"' in text


def test_when_the_session_has_ended_the_input_comes_back_after_signing_in(
    make: Make, browser: Browser
) -> None:
    person = make.person()
    data = [("language", "en"), ("csrf_token", "from before"), ("back", "/account")]

    expired = browser.post_bare("/account/language", data)
    resumed = expired.submit(form="main form", email=person.email, password=PASSWORD)
    account = resumed.submit(form="main form")

    assert expired.status == HTTPStatus.BAD_REQUEST
    assert "from before" not in expired.text
    assert resumed.status == HTTPStatus.OK
    assert account.url == "/account"
    assert _language(make, person.id) == "en"


def test_a_password_is_never_kept_as_input(browser: Browser) -> None:
    data = [("current_password", "sehr geheim"), ("new_password", "noch geheimer"), ("x", "y")]

    page = browser.post_bare("/account/password", data)

    assert page.status == HTTPStatus.BAD_REQUEST
    assert "geheim" not in page.text


ASTRAY = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "/%09/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "/@evil.example",
    "//evil.example\\@localhost/account",
    "https:evil.example",
    "/visits/../..//evil.example",
    "/nirgends",
    "/account\r\nSet-Cookie: a=b",
    "/account?\r\nSet-Cookie: a=b",
    "?next=https://evil.example",
    "",
]


@pytest.mark.parametrize("wanted", ASTRAY, ids=ascii)
def test_signing_in_leads_nowhere_else(wanted: str, make: Make, browser: Browser) -> None:
    person = make.person()
    page = browser.open("accounts.sign_in")
    data = [("email", person.email), ("password", PASSWORD), ("next", wanted)]

    answer = browser.answer("POST", "/sign-in", [*data, ("csrf_token", page.token)])

    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert answer.location == "/" or answer.location.startswith("/account?")
    assert "Set-Cookie: a=b" not in str(answer.headers)


@pytest.mark.parametrize("wanted", ["/visits", "/visits?q=h%C3%A4us&flag=urgent", "/account"])
def test_signing_in_leads_to_the_wanted_page(wanted: str, make: Make, browser: Browser) -> None:
    person = make.person()
    asked = browser.answer("GET", wanted)
    page = browser.open_url(asked.location)
    data = page.filled_in("main form", {"email": person.email, "password": PASSWORD})
    assert ("next", wanted) in data

    answer = browser.answer("POST", "/sign-in", data)

    assert answer.location == wanted


@pytest.mark.parametrize("wanted", ASTRAY, ids=ascii)
def test_switching_the_language_leads_nowhere_else(
    wanted: str, make: Make, browser: Browser
) -> None:
    person = browser.signed_in_as(make.person())
    token = person.open("accounts.show").token

    answer = person.answer(
        "POST",
        "/account/language",
        [("csrf_token", token), ("language", "en"), ("back", wanted)],
    )

    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert answer.location.startswith("/account")


def test_the_tests_know_doors_that_change_something() -> None:
    assert [door for door in GUARDED if door.method not in SAFE]
