"""Sensitive steps ask for password and code once more, ten minutes after they were last shown."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

import pytest
import sqlalchemy as sa

from crm.accounts.models import Person, SignIn
from crm.clock import now
from crm.db import db
from crm.policy import Role
from tests.accounts.factor import with_factor
from tests.make import PASSWORD, Make
from tests.page import Browser, Page
from tests.security.doors import GUARDED

ASKED = ["Sind Sie es noch?"]
SENSITIVE = {
    "GET /account/second-factor/new",
    "GET /admin/audit-log.csv",
    "GET /admin/people/<uuid:person_id>/close",
    "GET /admin/people/new",
    "POST /account/second-factor/codes",
    "POST /account/second-factor/new",
    "POST /admin/people/<uuid:person_id>",
    "POST /admin/people/<uuid:person_id>/close",
    "POST /admin/people/<uuid:person_id>/invite",
    "POST /admin/people/<uuid:person_id>/reopen",
    "POST /admin/people/<uuid:person_id>/second-factor/remove",
    "POST /admin/people/new",
    "POST /admin/second-factor",
    "POST /hand-over/<uuid:person_id>",
}


def _let_pass(make: Make, time: timedelta) -> None:
    """Make every proof older, which is the same as waiting."""
    for row in make.run(lambda: db.session.scalars(sa.select(SignIn)).all()):
        make.change(row, proved_at=now() - time)


@pytest.fixture
def admin(make: Make) -> Person:
    """Give somebody who may do most."""
    return make.person(Role.MANAGER, is_administrator=True)


@pytest.fixture
def later(admin: Person, make: Make, browser: Browser) -> Browser:
    """Give their browser, a while after signing in."""
    signed_in = browser.signed_in_as(admin)
    _let_pass(make, timedelta(minutes=10, seconds=1))
    return signed_in


def test_exactly_the_sensitive_doors_ask(later: Browser) -> None:
    asking = set()
    for door in GUARDED:
        answer = later.answer(door.method, door.url(later))
        if ASKED[0] in answer.text or (answer.location or "").startswith("/account/confirm"):
            asking.add(str(door))

    assert asking - {"GET /account/confirm"} == SENSITIVE


@pytest.mark.parametrize(("minutes", "is_asked"), [(9, False), (11, True)])
def test_it_holds_for_ten_minutes(
    minutes: int, is_asked: bool, admin: Person, make: Make, browser: Browser
) -> None:
    signed_in = browser.signed_in_as(admin)
    _let_pass(make, timedelta(minutes=minutes))

    page = signed_in.open("administration.invite")

    assert (page.texts("h1") == ASKED) is is_asked


def test_the_password_leads_on_to_where_one_was_going(later: Browser) -> None:
    asked = later.open("administration.invite", q="ä&b")
    assert asked.soup.select("#code") == []

    page = asked.submit(button="Weiter", current_password=PASSWORD)

    assert page.texts("h1") == ["Person einladen"]
    assert page.url == "/admin/people/new?q=%C3%A4%26b"
    assert later.open("administration.invite").texts("h1") == ["Person einladen"]


def test_a_file_is_handed_out_afterwards(later: Browser) -> None:
    asked = later.open("administration.audit_log").follow("Als CSV herunterladen")
    pairs = asked.filled_in("main form", {"current_password": PASSWORD})

    answer = later.answer("POST", "/account/confirm", pairs)

    assert answer.location == "/admin/audit-log.csv"
    assert later.download("administration.export").mimetype == "text/csv"


def test_only_this_browser_is_proved(admin: Person, later: Browser, make: Make) -> None:
    other = later.signed_in_as(admin)
    _let_pass(make, timedelta(minutes=11))

    later.open("administration.invite").submit(button="Weiter", current_password=PASSWORD)

    assert other.open("administration.invite").texts("h1") == ASKED


def test_what_was_typed_goes_along(admin: Person, make: Make, browser: Browser) -> None:
    person, signed_in = make.person(), browser.signed_in_as(admin)
    page = signed_in.open("administration.person", person_id=person.id)
    _let_pass(make, timedelta(minutes=11))

    asked = page.submit(button="Rechte sichern", role="reader")
    assert asked.status == HTTPStatus.FORBIDDEN
    assert asked.texts("h1") == ASKED
    assert make.actor(person).role is Role.OFFICER
    refused = asked.submit(button="Weiter", current_password="falsch")
    resumed = refused.submit(button="Weiter", current_password=PASSWORD)
    after = resumed.submit(button="Eingaben absenden")

    assert after.texts(".flash") == ["Die Rechte sind geändert. Die Person ist überall abgemeldet."]
    assert make.actor(person).role is Role.READER


def test_a_second_factor_is_asked_for_too(make: Make, browser: Browser) -> None:
    person, app = with_factor(make, role=Role.MANAGER, is_administrator=True)
    signed_in = browser.signed_in_as(person)
    _let_pass(make, timedelta(minutes=11))
    asked = signed_in.open("administration.invite")

    refused = asked.submit(button="Weiter", current_password=PASSWORD, code=app.wrong_code())
    assert refused.texts("#code-error")[0].startswith("Dieser Code gilt nicht")
    assert signed_in.open("administration.invite").texts("h1") == ASKED
    page = refused.submit(button="Weiter", current_password=PASSWORD, code=app.code())

    assert page.texts("h1") == ["Person einladen"]


def _guess(asked: Page, password: str) -> Page:
    return asked.submit(button="Weiter", current_password=password)


def test_guessing_there_is_slowed_too(later: Browser) -> None:
    asked = later.open("administration.invite")
    for _ in range(5):
        assert _guess(asked, "falsch").texts("#current_password-error")

    slowed = _guess(asked, PASSWORD)

    assert slowed.texts(".error-summary li")[0].startswith("Zu viele Versuche.")


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/nirgends", "", "/account\r\nX: y"]
)
def test_it_leads_nowhere_else(wanted: str, later: Browser) -> None:
    page = later.open("accounts.confirm")
    data = [("current_password", PASSWORD), ("next", wanted), ("csrf_token", page.token)]

    assert later.answer("POST", "/account/confirm", data).location == "/account"


def test_neither_password_nor_code_is_kept_on_the_way(later: Browser, make: Make) -> None:
    data = [("current_password", "sehr geheim"), ("code", "geheimer"), ("sealed", "x")]

    page = later.post_bare("/account/second-factor/new", data)

    assert page.texts("h1") == ASKED
    assert "geheim" not in page.text
