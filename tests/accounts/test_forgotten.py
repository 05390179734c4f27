"""A forgotten password: asked for on the sign-in page, replaced by a link that ends all access."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

import pytest
import sqlalchemy as sa
from flask import Flask

from config import Settings
from crm.accounts import services, throttle
from crm.accounts.models import PasswordLink, Person
from crm.audit import AuditEntry, history
from crm.clock import now
from crm.db import db
from crm.mail.models import Mail, MailState
from tests.accounts.links import NEW_PASSWORD, choose, forget, link_in, send, signs_in
from tests.calendar.feeds import subscribe
from tests.make import PASSWORD, Make
from tests.page import Browser
from tests.post import Post
from tests.reminders.morning import text_of

SENTENCE = (
    "Wenn zu dieser Adresse ein Konto gehört, kommt gleich eine Mail dorthin."
    " Der Link gilt 1 Stunde und nur einmal."
)
LINK_OVER = ["Dieser Link gilt nicht mehr"]


def test_a_forgotten_password_is_replaced_and_whatever_let_in_ends(
    make: Make, browser: Browser, app: Flask, post: Post, settings: Settings
) -> None:
    person = make.person(email="mia@kreis.example")
    elsewhere, calendar = browser.signed_in_as(person), subscribe(browser, person)

    asked = forget(browser, person)
    [message] = send(app, post)
    assert asked.texts(".flash") == [SENTENCE]
    assert message["To"] == "mia@kreis.example"
    assert "Der Link gilt 1 Stunde und nur einmal." in text_of(message)

    choose(browser, link_in(message))

    assert elsewhere.answer("GET", "/account").status_code == HTTPStatus.FOUND
    assert Browser(app).answer("GET", calendar).status_code == HTTPStatus.NOT_FOUND
    assert not signs_in(browser, person.email, PASSWORD)
    assert signs_in(browser, person.email)
    assert choose_again(browser, link_in(message)) == LINK_OVER
    told = {event.action for event in make.run(lambda: history(person.id))}
    assert {"password_changed", "calendar_revoked"} <= told


def choose_again(browser: Browser, path: str) -> list[str]:
    return Browser(browser.app).open_url(path).texts("h1")


def test_known_and_unknown_addresses_get_one_answer_at_one_cost(
    make: Make, browser: Browser, settings: Settings, count_queries: list[str]
) -> None:
    make.person(email="mia@kreis.example")
    make.person(email="gone@kreis.example", deactivated_at=now())
    make.person(email="invited@kreis.example", password_hash=None)
    forget(browser, "first@kreis.example")  # what is looked up once per process
    found = []
    for name in ("mia", "nobody", "gone", "invited"):
        page = Browser(browser.app).open("accounts.forgot_password")
        count_queries.clear()
        answer = page.browser.answer(
            "POST",
            "/forgot-password",
            [("csrf_token", page.token), ("email", f"{name}@kreis.example")],
        )
        shown = page.browser.open("accounts.sign_in").texts(".flash")
        found.append((answer.status_code, answer.location, shown, list(count_queries)))

    assert found[0][:3] == (HTTPStatus.SEE_OTHER, "/sign-in", [SENTENCE])
    assert all(one == found[0] for one in found)
    # No look at the people: whose address it is, is asked by the worker
    assert not any("FROM person" in statement for statement in found[0][3])


def test_an_address_that_is_nobodys_gets_no_mail_and_is_not_kept(
    make: Make, browser: Browser, app: Flask, post: Post, settings: Settings
) -> None:
    make.person(email="gone@kreis.example", deactivated_at=now())
    make.person(email="invited@kreis.example", password_hash=None)
    for name in ("nobody", "gone", "invited"):
        forget(browser, f"{name}@kreis.example")

    assert send(app, post) == []

    mails = make.run(lambda: db.session.scalars(sa.select(Mail)).all())
    assert [(m.state, m.recipient, m.text) for m in mails] == [(MailState.WITHDRAWN, "", "")] * 3
    assert make.run(lambda: db.session.scalars(sa.select(PasswordLink)).all()) == []


def test_the_address_may_be_written_otherwise(
    make: Make, browser: Browser, app: Flask, post: Post, settings: Settings
) -> None:
    make.person(email="mia@kreis.example")

    forget(browser, "MIA@Kreis.example")

    assert [message["To"] for message in send(app, post)] == ["mia@kreis.example"]


def test_a_link_for_a_forgotten_password_lasts_an_hour(
    make: Make, browser: Browser, app: Flask, post: Post, settings: Settings
) -> None:
    forget(browser, make.person())
    [message] = send(app, post)

    [link] = make.run(lambda: db.session.scalars(sa.select(PasswordLink)).all())
    assert timedelta(minutes=59) < link.expires_at - now() <= timedelta(hours=1)
    make.change(link, expires_at=now() - timedelta(seconds=1))

    assert choose_again(browser, link_in(message)) == LINK_OVER


def test_of_two_links_the_later_one_works(
    make: Make, browser: Browser, app: Flask, post: Post, settings: Settings
) -> None:
    person = make.person()
    for _ in range(2):
        forget(browser, person)
    first, second = send(app, post)

    assert choose_again(browser, link_in(first)) == LINK_OVER
    assert choose(browser, link_in(second)).texts("h1") == ["Anmelden"]


def _fail(make: Make, person: Person, times: int) -> None:
    for _ in range(times):
        make.run(lambda: throttle.count_failure(person.email, "127.0.0.1"))


def test_asking_and_signing_in_are_slowed_together(
    make: Make, browser: Browser, settings: Settings
) -> None:
    person = make.person()
    for _ in range(4):
        assert forget(browser, person).status == HTTPStatus.OK

    # Alone, these would cost a second; with the four before, half a minute
    _fail(make, person, 6)
    asked = forget(browser, person)
    signing_in = browser.open("accounts.sign_in").submit(email=person.email, password=PASSWORD)

    for page in (asked, signing_in):
        assert page.status == HTTPStatus.TOO_MANY_REQUESTS
        assert page.texts(".error-summary li")[0].startswith("Zu viele Versuche.")
    wait = make.run(lambda: throttle.seconds_to_wait(person.email, ""))
    assert wait > 8


def test_a_new_password_makes_the_attempts_forgotten(
    make: Make, browser: Browser, app: Flask, post: Post, settings: Settings
) -> None:
    person = make.person()
    forget(browser, person)
    [message] = send(app, post)
    _fail(make, person, 11)

    choose(browser, link_in(message))

    assert signs_in(browser, person.email)


@pytest.mark.parametrize("typed", ["", "mia", "mia@", "mia@kreis.example\nBcc: x@x.example"])
def test_what_is_no_address_is_refused(typed: str, browser: Browser, settings: Settings) -> None:
    token = browser.open("accounts.forgot_password").token

    page = browser.post_bare("/forgot-password", [("csrf_token", token), ("email", typed)])

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts("#email-error")


def test_without_a_mail_server_one_is_sent_to_the_administrators(
    make: Make, browser: Browser
) -> None:
    page = browser.open("accounts.forgot_password")

    assert page.soup.select("main form") == []
    assert "Bitte wenden Sie sich an die Verwaltung" in page.texts("main")[0]
    answer = browser.answer("POST", "/forgot-password", [("email", make.person().email)])
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert make.run(lambda: db.session.scalars(sa.select(Mail)).all()) == []


def test_that_somebody_asked_stands_in_the_log_without_the_address(
    make: Make, browser: Browser, settings: Settings
) -> None:
    forget(browser, make.person())

    [line] = make.run(lambda: db.session.scalars(sa.select(AuditEntry)).all())
    assert (line.action, line.actor_id, line.subject_id, line.changes, line.page) == (
        "password_asked", None, None, {}, "/forgot-password",
    )  # fmt: skip


def _by_hand(make: Make, browser: Browser, person: Person) -> None:
    page = browser.signed_in_as(person).open("accounts.password")
    page.submit(form="main form", current_password=PASSWORD, new_password=NEW_PASSWORD)


def _by_command(make: Make, browser: Browser, person: Person) -> None:
    make.run(lambda: services.replace_password(person.email, NEW_PASSWORD))


@pytest.mark.parametrize("change", [_by_hand, _by_command])
def test_any_new_password_ends_calendar_and_link_too(
    change: Callable[[Make, Browser, Person], None], make: Make, browser: Browser
) -> None:
    person = make.person()
    calendar = subscribe(browser, person)
    path = "/choose-password?token=" + make.run(lambda: services.make_link(person))

    change(make, browser, person)

    assert Browser(browser.app).answer("GET", calendar).status_code == HTTPStatus.NOT_FOUND
    assert choose_again(browser, path) == LINK_OVER
    assert signs_in(browser, person.email)
