"""Find mails, and how the mail server was last found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from crm.db import db
from crm.mail.models import Failure, Mail, MailServer, MailState, Reason

SERVER = "smtp"


class Counted(NamedTuple):
    """How many mails of one reason are in one state, and since when the oldest."""

    reason: Reason
    state: MailState
    number: int
    oldest_at: datetime


def counts() -> Sequence[Counted]:
    """Return how many mails wait or were refused, by reason: neither names nor texts."""
    found = db.session.execute(
        sa.select(Mail.reason, Mail.state, sa.func.count(), sa.func.min(Mail.created_at))
        .where(Mail.state.in_([MailState.WAITING, MailState.REFUSED]))
        .group_by(Mail.reason, Mail.state)
        .order_by(Mail.state, Mail.reason)
    )
    return [Counted(*row) for row in found]


class Refusal(NamedTuple):
    """Why mails were refused, and how many."""

    failure: Failure
    answer: int
    number: int


def refusals() -> Sequence[Refusal]:
    """Return why mails were refused, the most frequent reason first."""
    number = sa.func.count()
    found = db.session.execute(
        sa.select(Mail.failure, Mail.answer, number)
        .where(Mail.state == MailState.REFUSED, Mail.failure.is_not(None))
        .group_by(Mail.failure, Mail.answer)
        .order_by(number.desc(), Mail.failure, Mail.answer)
    )
    return [Refusal(failure, answer, count) for failure, answer, count in found if failure]


def find_server() -> MailServer | None:
    """Return how the mail server was last found; None when it was never spoken to."""
    return db.session.get(MailServer, SERVER)


def find(reason: Reason, key: str) -> Mail | None:
    """Return the mail of this reason and key, or None."""
    return db.session.scalar(sa.select(Mail).where(Mail.reason == reason, Mail.key == key))
