from __future__ import annotations

from flask import Flask

from crm.db import transaction
from crm.mail import queries
from crm.mail.models import MailState, Reason
from crm.mail.services import queue_mail, send_waiting
from crm.mail.smtp import SmtpLine
from tests.mail.conftest import Post


def test_a_mail_is_sent_once(app: Flask, post: Post) -> None:
    with app.app_context(), SmtpLine(post.settings) as line:
        with transaction():
            assert queue_mail(
                to="o@kreis.example", reason=Reason.TEST, key="1", subject="Grüße", text="Hallo ß"
            )
            assert not queue_mail(
                to="o@kreis.example", reason=Reason.TEST, key="1", subject="Noch einmal", text="x"
            )

        send_waiting(line)
        send_waiting(line)

        mail = queries.find(Reason.TEST, "1")
        assert mail is not None
        assert (mail.state, mail.text) == (MailState.SENT, "")
    assert [message["Subject"] for message in post.got] == ["Grüße"]
    assert post.got[0].get_content().strip() == "Hallo ß"
    assert post.got[0]["Message-ID"] == mail.message_id
