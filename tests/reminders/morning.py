"""A morning in a test: the moment, the run, and what arrived."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from email.message import EmailMessage

from flask import Flask

from crm.clock import moment, next_working_day, today
from crm.mail.services import send_waiting
from crm.mail.smtp import SmtpLine
from crm.reminders.documents import composers
from crm.reminders.services import remind
from tests.post import Post

LAND = "ST"
EIGHT = time(8)


def working_day() -> date:
    """Return today, or the first working day after it."""
    return next_working_day(today(), LAND)


def look(app: Flask, *, at: datetime | None = None, with_mails: bool = True) -> None:
    """Look once for what runs out and whose morning it is, as a worker does each minute."""
    with app.app_context():
        remind(hour=7, at=at or moment(working_day(), EIGHT), with_mails=with_mails)


def send(app: Flask, post: Post) -> list[EmailMessage]:
    """Send what waits; return what has arrived by now."""
    with app.app_context(), SmtpLine(post.settings) as line:
        send_waiting(line, composers=composers(post.settings.public_url))
    return post.got


def text_of(message: EmailMessage) -> str:
    """Return the plain text of a mail."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(message: EmailMessage) -> str:
    """Return the HTML of a mail."""
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def days(count: int) -> timedelta:
    """Return a span of days."""
    return timedelta(days=count)
