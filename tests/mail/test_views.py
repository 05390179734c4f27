"""The page of the mail server: it says how things stand, and neither names nor texts."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

import pytest
from flask import Flask

from config import Settings
from crm.db import transaction
from crm.health import services as health
from crm.mail.models import Reason
from crm.mail.services import queue_mail, send_waiting
from crm.mail.smtp import SmtpLine
from crm.policy import Role
from crm.types import new_id
from tests.make import Make
from tests.page import Browser
from tests.post import Post

CANARY = "Kanarienvogel"


@pytest.fixture
def administrator(make: Make, browser: Browser) -> Browser:
    """Give the browser of somebody who runs the product and has no role."""
    person = make.person(Role.NONE, is_administrator=True, email="anna@kreis.example")
    return browser.signed_in_as(person)


def _queue(app: Flask, *keys: str, to: str = "kanarienvogel@kreis.example") -> None:
    with app.app_context(), transaction():
        for key in keys:
            queue_mail(
                to=to,
                reason=Reason.REFERRAL,
                key=key,
                subject="Kanarienvogel",
                text="Kanarienvogel",
            )


def _send(app: Flask, settings: Settings) -> None:
    with app.app_context(), SmtpLine(settings) as line:
        send_waiting(line)


def test_what_is_set_is_shown_but_never_the_password(
    app: Flask, settings: Settings, administrator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = replace(settings, smtp_user="crm", smtp_password="streng geheim", smtp_tls="tls")
    monkeypatch.setitem(app.config, "CRM", changed)

    page = administrator.open("mail.show")

    (shown,) = page.texts("#settings")
    for expected in ("127.0.0.1", "TLS", "crm", "crm@kreis.example", "https://crm.kreis.example"):
        assert expected in shown
    assert "geheim" not in page.text


def test_a_test_message_goes_to_oneself(
    app: Flask, settings: Settings, administrator: Browser, post: Post
) -> None:
    waiting = administrator.open("mail.show").submit(button="Testnachricht senden")
    _send(app, settings)

    sent = administrator.open("mail.show")

    assert "Die Testnachricht an anna@kreis.example ist unterwegs." in waiting.texts(".flash p")
    assert "wartet" in waiting.texts("#state")[0]
    assert post.recipients == ["anna@kreis.example"]
    assert "Verschickt am" in sent.texts("#state")[0]
    assert "in Ordnung" in sent.texts("#state")[0]


def test_a_mail_server_that_is_down_is_said_with_the_next_attempt(
    app: Flask, settings: Settings, administrator: Browser, post: Post
) -> None:
    post.stop()
    _queue(app, "1", "2")
    _send(app, settings)

    page = administrator.open("mail.show")

    (state,) = page.texts("#state")
    assert "nicht erreichbar" in state
    assert "Nächster Versuch:" in state
    assert "nicht verloren" in state
    assert page.texts("#waiting tbody tr th") == ["Vermittlung an einen Partner"]
    assert page.texts("#waiting tbody td")[:2] == ["wartet", "2"]
    assert "anarienvogel" not in page.text

    post.start()
    page.submit(button="Jetzt erneut versuchen")
    _send(app, settings)
    assert len(post.got) == 2
    assert "Keine Mail wartet" in administrator.open("mail.show").texts("#waiting")[0]


def test_a_refused_address_is_told_without_it_and_can_be_tried_again(
    app: Flask, settings: Settings, administrator: Browser, post: Post
) -> None:
    post.answers["kanarienvogel@kreis.example"] = "550 no such user"
    _queue(app, "1")
    _send(app, settings)

    page = administrator.open("mail.show")

    assert "1 abgelehnt: Der Mailserver kennt die Adresse nicht. (Antwort 550)" in " ".join(
        page.texts("#waiting p")
    )
    assert "anarienvogel" not in page.text
    post.answers.clear()
    page.submit(button="Jetzt erneut versuchen")
    _send(app, settings)
    assert len(post.got) == 1


def test_trying_again_does_not_touch_what_is_just_being_sent(
    app: Flask, settings: Settings, administrator: Browser, post: Post
) -> None:
    _queue(app, "1")
    page = administrator.open("mail.show")

    def try_again() -> None:
        page.submit(button="Jetzt erneut versuchen")
        _send(app, settings)

    post.before_ok = try_again
    _send(app, settings)

    assert len(post.got) == 1


def test_without_a_mail_server_the_page_says_so(
    administrator: Browser, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = administrator.open("mail.show")

    assert "CRM_SMTP_HOST" in page.texts("#state")[0]
    assert page.texts("main button") == []

    monkeypatch.setitem(app.config, "CRM", replace(app.config["CRM"], demo=True))
    assert "Es wird nichts verschickt." in administrator.open("mail.show").texts("#state")[0]


def test_the_page_says_whether_the_worker_lives(app: Flask, administrator: Browser) -> None:
    before = administrator.open("mail.show").texts("#state")[0]
    with app.app_context():
        health.report_alive(new_id())

    after = administrator.open("mail.show").texts("#state")[0]

    assert "läuft nicht" in before
    assert "augenhoehe-worker" in before
    assert "läuft nicht" not in after


def test_administrators_find_the_page_from_their_menu(
    administrator: Browser, make: Make, browser: Browser
) -> None:
    start = administrator.open("accounts.show").follow("Verwaltung")
    assert start.follow("Mailversand").url == "/admin/mail"
    officer = browser.signed_in_as(make.person())
    assert "Verwaltung" not in officer.open("accounts.show").links
    assert officer.open("mail.show").status == HTTPStatus.FORBIDDEN


def test_a_manager_may_run_the_product_besides(make: Make, browser: Browser) -> None:
    both = browser.signed_in_as(make.person(Role.MANAGER, is_administrator=True))

    assert both.open("mail.show").status == HTTPStatus.OK
