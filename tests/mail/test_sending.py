"""Mails are sent once, wait for a mail server that is down, and keep their name for good."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from config import Settings
from crm.clock import now
from crm.db import transaction
from crm.errors import Conflict
from crm.mail import queries, services
from crm.mail.models import Failure, Mail, MailServer, MailState, Reason
from crm.mail.services import queue_mail, send_waiting
from crm.mail.smtp import SmtpLine
from tests.make import Make
from tests.post import Post

TO = "o@kreis.example"


def _queue(app: Flask, *keys: str, to: str = TO, text: str = "x") -> None:
    with app.app_context(), transaction():
        for key in keys:
            queue_mail(to=to, reason=Reason.REFERRAL, key=key, subject=key, text=text)


def _send(app: Flask, settings: Settings) -> None:
    with app.app_context(), SmtpLine(settings) as line:
        send_waiting(line)


def _mail(app: Flask, key: str) -> Mail:
    with app.app_context():
        mail = queries.find(Reason.REFERRAL, key)
        assert mail is not None
        return mail


def _server(app: Flask) -> MailServer:
    with app.app_context():
        server = queries.find_server()
        assert server is not None
        return server


def _wait(app: Flask, span: timedelta = timedelta(days=1)) -> None:
    """Let time pass for what waits."""
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Mail).values(due_at=Mail.created_at))
        session.execute(sa.update(MailServer).values(due_at=None))
        session.execute(sa.update(Mail).values(created_at=now() - span))


def test_a_mail_is_sent_once(app: Flask, post: Post) -> None:
    _queue(app, "Grüße", text="Hallo ß")
    _queue(app, "Grüße", text="Noch einmal")

    _send(app, post.settings)
    _send(app, post.settings)

    mail = _mail(app, "Grüße")
    (message,) = post.got
    assert message["Subject"] == "Grüße"
    assert message.get_content().strip() == "Hallo ß"
    assert message["From"] == "Augenhöhe <crm@kreis.example>"
    assert message["Message-ID"] == mail.message_id
    # What was sent leaves no text behind
    assert (mail.state, mail.text, mail.subject) == (MailState.SENT, "", "")


def test_a_mail_has_two_forms_an_attachment_and_somebody_to_answer(app: Flask, post: Post) -> None:
    with app.app_context(), transaction():
        queue_mail(
            to=TO, reason=Reason.REFERRAL, key="1", subject="Blatt\nBcc: x@evil.example",
            text="Text", html="<p>Text", reply_to="olga@kreis.example",
            attachment=b"%PDF-1.7", attachment_name="Vermittlung.pdf",
        )  # fmt: skip

    _send(app, post.settings)

    (message,) = post.got
    assert message["Subject"] == "Blatt Bcc: x@evil.example"
    assert message["Bcc"] is None
    assert message["Reply-To"] == "olga@kreis.example"
    assert message.get_body(("html",)) is not None
    (attachment,) = message.iter_attachments()
    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_filename() == "Vermittlung.pdf"
    assert post.recipients == [TO]


def test_a_mail_waits_only_when_what_it_is_about_was_saved(app: Flask) -> None:
    with pytest.raises(LookupError), app.app_context(), transaction():
        queue_mail(to=TO, reason=Reason.REFERRAL, key="1", subject="x", text="x")
        raise LookupError

    with app.app_context():
        assert queries.find(Reason.REFERRAL, "1") is None


def test_an_address_that_is_none_is_refused_at_once(app: Flask) -> None:
    with pytest.raises(Conflict, match="email_invalid"):
        _queue(app, "1", to="niemand")


def test_a_mail_server_that_is_down_loses_none_and_repeats_none(app: Flask, post: Post) -> None:
    post.stop()
    _queue(app, "1", "2", "3")

    for _ in range(3):
        _send(app, post.settings)  # nobody tries again before the pause is over

    server = _server(app)
    assert (server.failures, server.failure) == (1, Failure.CONNECTION)
    assert server.due_at is not None
    _wait(app)
    _send(app, post.settings)
    again = _server(app)
    assert again.failures == 2
    assert again.due_at is not None
    assert again.due_at - now() > server.due_at - now()

    post.start()
    _wait(app)
    _send(app, post.settings)
    _send(app, post.settings)
    assert sorted(str(message["Subject"]) for message in post.got) == ["1", "2", "3"]
    assert _server(app).failures == 0


def test_a_mail_server_that_takes_few_at_a_time_gets_all(app: Flask, post: Post) -> None:
    post.at_most = 2
    _queue(app, "1", "2", "3", "4", "5")

    _send(app, post.settings)

    assert [len(mails) for mails in post.peers.values()] == [2, 2, 1]


def test_pauses_grow_to_an_hour() -> None:
    minutes = [services.pause(count).total_seconds() / 60 for count in range(1, 9)]

    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_refused_address_is_told_and_holds_nobody_up(app: Flask, post: Post) -> None:
    post.answers["weg@kreis.example"] = "550 no such user"
    _queue(app, "1", to="weg@kreis.example")
    _queue(app, "2")

    _send(app, post.settings)
    _wait(app)
    _send(app, post.settings)

    assert [message["Subject"] for message in post.got] == ["2"]
    refused = _mail(app, "1")
    assert (refused.state, refused.failure, refused.answer) == (
        MailState.REFUSED, Failure.ADDRESS, 550,
    )  # fmt: skip


def test_a_mail_server_that_says_later_is_asked_later(app: Flask, post: Post) -> None:
    post.answers[TO] = "451 greylisted"
    _queue(app, "1")

    _send(app, post.settings)
    waiting = _mail(app, "1")
    _send(app, post.settings)
    del post.answers[TO]
    _wait(app)
    _send(app, post.settings)

    assert (waiting.state, waiting.failure) == (MailState.WAITING, Failure.TEMPORARY)
    assert waiting.due_at > now()
    assert len(post.got) == 1


def test_a_mail_server_that_says_later_for_a_week_says_no(app: Flask, post: Post) -> None:
    post.answers[TO] = "451 greylisted"
    _queue(app, "1")
    _wait(app, timedelta(days=7))

    _send(app, post.settings)

    assert _mail(app, "1").state is MailState.REFUSED


def test_a_mail_that_was_sent_but_not_marked_is_repeated_under_its_name(
    app: Flask, post: Post
) -> None:
    _queue(app, "1")

    # The worker dies between the mail server's answer and its own note
    with SmtpLine(post.settings) as line, app.app_context():
        taken = services._take()
        assert taken is not None
        letter = services._letter(taken, {})
        assert letter is not None
        line.send(letter)
    _send(app, post.settings)
    assert len(post.got) == 1  # still taken

    _wait(app)
    _send(app, post.settings)

    first, second = post.got
    assert first["Message-ID"] == second["Message-ID"]


def test_two_workers_at_once_send_each_mail_once(app: Flask, post: Post) -> None:
    keys = [str(number) for number in range(20)]
    _queue(app, *keys)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(_send, app, post.settings) for _ in range(4)]:
            done.result()

    assert sorted(str(message["Subject"]) for message in post.got) == sorted(keys)


def test_two_at_once_queue_a_mail_once(app: Flask) -> None:
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(_queue, app, "1") for _ in range(4)]:
            done.result()

    with app.app_context():
        assert [(row.reason, row.number) for row in queries.counts()] == [(Reason.REFERRAL, 1)]


def test_a_mail_to_a_colleague_who_has_left_is_withdrawn(
    app: Flask, make: Make, post: Post
) -> None:
    person = make.person()
    with app.app_context(), transaction():
        queue_mail(
            to=person.email, reason=Reason.TEST, key="1", subject="x", text="geheim",
            person_id=person.id,
        )  # fmt: skip
    make.change(person, deactivated_at=now())

    _send(app, post.settings)

    with app.app_context():
        mail = queries.find(Reason.TEST, f"{person.id}:1")
        assert mail is not None
        assert (mail.state, mail.text) == (MailState.WITHDRAWN, "")
    assert post.got == []


@pytest.mark.parametrize(
    ("settings", "failure"),
    [
        ({"smtp_tls": "starttls"}, Failure.ENCRYPTION),
        ({"smtp_tls": "tls"}, Failure.ENCRYPTION),
        ({"smtp_user": "crm", "smtp_password": "x"}, Failure.ENCRYPTION),
        ({"smtp_host": "nirgends.invalid"}, Failure.CONNECTION),
    ],
)
def test_what_is_wrong_with_the_settings_is_named(
    settings: dict[str, Any], failure: Failure, app: Flask, post: Post
) -> None:
    _queue(app, "1")

    _send(app, replace(post.settings, **settings))

    assert _server(app).failure is failure
    assert _mail(app, "1").state is MailState.WAITING
