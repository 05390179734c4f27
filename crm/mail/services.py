"""Queue mails and send those that wait."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import undefer

from crm import jobs
from crm.accounts.models import Person
from crm.clock import now
from crm.db import db, transaction, violated_constraint
from crm.errors import Conflict
from crm.mail import queries
from crm.mail.models import Mail, MailServer, MailState, Reason
from crm.mail.smtp import Letter, Line, NotSent
from crm.policy import Actor, Permission, Role, authorize
from crm.types import new_id

_log = logging.getLogger(__name__)
WORK = "mail"
# Longer than any exchange with a mail server may take: then its worker is taken for dead
LEASE = timedelta(minutes=15)
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=1)
# A mail server that says "later" for so long says no
_GIVEN_UP_AFTER = timedelta(days=5)
_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a mail says."""

    subject: str
    text: str
    html: str = ""


# Composes a mail when it is sent, in the light of that moment; None: there is nothing to say
Compose = Callable[[Mail], Content | None]


def queue_mail(  # noqa: PLR0913 - by name, one per column
    *,
    to: str,
    reason: Reason,
    key: str,
    subject: str = "",
    text: str = "",
    html: str = "",
    person_id: UUID | None = None,
    reply_to: str = "",
    attachment: bytes | None = None,
    attachment_name: str = "",
) -> bool:
    """Let a mail wait to be sent, once for each reason, person and key; inside `transaction()`.

    key        what it is about; said again, nothing is queued and the answer is False
    person_id  the colleague it is for: it is not sent to one who has left or has no role

    Raises `Conflict` with field `to` for an address that is none.
    """
    try:
        address = validate_email(to, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Conflict("email_invalid", field="to") from error
    own_key = f"{person_id}:{key}" if person_id else key
    if queries.find(reason, own_key) is not None:
        return False
    mail_id = new_id()
    try:
        with transaction() as session:
            session.add(
                Mail(
                    id=mail_id,
                    reason=reason,
                    key=own_key,
                    message_id=f"<{mail_id.hex}@augenhoehe.invalid>",
                    person_id=person_id,
                    recipient=address.ascii_email or address.normalized,
                    reply_to=reply_to,
                    subject=" ".join(subject.split()),
                    text=text,
                    html=html,
                    attachment=attachment,
                    attachment_name=attachment_name,
                    created_at=now(),
                    due_at=now(),
                )
            )
            session.flush()
    except IntegrityError as error:
        if violated_constraint(error) != "uq_mail_reason_key":
            raise
        return False  # another worker was quicker by a moment
    jobs.wake_after_commit(WORK)
    return True


def send_waiting(line: Line, *, composers: Mapping[Reason, Compose] | None = None) -> bool:
    """Send what is due, at most a hundred; tell whether there may be more.

    Several workers may do so at once: each takes the mails one by one. Only a crash between
    sending and marking repeats a mail, with the same Message-ID.
    """
    for _ in range(_AT_ONCE):
        mail = _take()
        if mail is None:
            return False
        try:
            letter = _letter(mail, composers or {})
            if letter is None:
                _withdraw(mail.id)
                continue
            line.send(letter)
        except NotSent as failure:
            _log.warning("A mail was not sent: %s", failure)
            _note_failure(mail.id, failure)
            if failure.for_all:
                return False
        else:
            _note_success(mail.id)
    return True


def send_test(actor: Actor, *, to: str, content: Content, key: str) -> None:
    """Send a mail to see whether it goes: at once, even while others wait for the mail server."""
    authorize(actor, Permission.MAIL_MANAGE)
    with transaction() as session:
        queue_mail(
            to=to,
            reason=Reason.TEST,
            key=key,
            subject=content.subject,
            text=content.text,
            html=content.html,
            person_id=actor.id,
        )
        session.execute(sa.update(MailServer).values(due_at=None))


def try_again(actor: Actor) -> None:
    """Try at once what waits, and once more what was refused."""
    authorize(actor, Permission.MAIL_MANAGE)
    with transaction() as session:
        session.execute(
            sa.update(Mail)
            .where(
                sa.or_(
                    Mail.state == MailState.REFUSED,
                    # not what a worker is just sending
                    sa.and_(Mail.state == MailState.WAITING, Mail.failure.is_not(None)),
                )
            )
            .values(state=MailState.WAITING, due_at=now(), attempts=0, created_at=now())
        )
        session.execute(sa.update(MailServer).values(due_at=None))
        jobs.wake_after_commit(WORK)


def _take() -> Mail | None:
    """Return a mail that is due, and keep other workers from it for a while."""
    with transaction() as session:
        server = queries.find_server()
        if server and server.due_at and server.due_at > now():
            return None
        mail = session.scalar(
            sa.select(Mail)
            .where(Mail.state == MailState.WAITING, Mail.due_at <= now())
            .order_by(Mail.due_at, Mail.id)
            .limit(1)
            .options(undefer(Mail.attachment))
            .with_for_update(skip_locked=True)
        )
        if mail is None:
            return None
        mail.due_at = now() + LEASE
        mail.attempts += 1
        # Whoever tries again at once must not touch what is just being sent
        mail.failure, mail.answer = None, 0
        return mail


def _letter(mail: Mail, composers: Mapping[Reason, Compose]) -> Letter | None:
    """Return what is sent; None when there is nobody to get it, or nothing to say any more."""
    if mail.person_id is not None and not _may_get(mail.person_id):
        return None
    content: Content | None = Content(subject=mail.subject, text=mail.text, html=mail.html)
    if compose := composers.get(mail.reason):
        content = compose(mail)
    if content is None:
        return None
    return Letter(
        message_id=mail.message_id,
        recipient=mail.recipient,
        subject=content.subject,
        text=content.text,
        html=content.html,
        at=mail.created_at,
        reply_to=mail.reply_to,
        attachment=mail.attachment,
        attachment_name=mail.attachment_name,
        is_automatic=mail.reason is not Reason.REFERRAL,
    )


def _may_get(person_id: UUID) -> bool:
    """Tell whether a colleague works here still; who administers only gets no more than tests."""
    person = db.session.get(Person, person_id, populate_existing=True)
    return (
        person is not None
        and person.deactivated_at is None
        and (person.role is not Role.NONE or person.is_administrator)
    )


def _note_success(mail_id: UUID) -> None:
    with transaction() as session:
        session.execute(
            sa.update(Mail)
            .where(Mail.id == mail_id)
            .values(state=MailState.SENT, sent_at=now(), failure=None, answer=0, **_EMPTY)
        )
        server = _server()
        server.failures, server.failure, server.answer = 0, None, 0
        server.due_at, server.worked_at = None, now()


def _note_failure(mail_id: UUID, failure: NotSent) -> None:
    with transaction() as session:
        mail = session.get(Mail, mail_id)
        if mail is None:
            return
        mail.failure, mail.answer = failure.failure, failure.answer
        if failure.for_all:
            mail.attempts -= 1  # it was not the mail's fault
            server = _server()
            server.failures += 1
            server.failure, server.answer = failure.failure, failure.answer
            server.failed_at, server.due_at = now(), now() + pause(server.failures)
            mail.due_at = server.due_at
        elif failure.for_good or now() - mail.created_at > _GIVEN_UP_AFTER:
            mail.state = MailState.REFUSED
        else:
            mail.due_at = now() + pause(mail.attempts)


def _withdraw(mail_id: UUID) -> None:
    with transaction() as session:
        session.execute(
            sa.update(Mail)
            .where(Mail.id == mail_id)
            # Nor an address: anybody may have typed it
            .values(state=MailState.WITHDRAWN, failure=None, answer=0, recipient="", **_EMPTY)
        )


def clear_gone(before: datetime, *, most: int) -> bool:
    """Forget mails that went, or that nobody was to get, before; tell whether there may be more."""
    gone = (
        sa.select(Mail.id)
        .where(
            Mail.state.in_([MailState.SENT, MailState.WITHDRAWN]),
            sa.func.coalesce(Mail.sent_at, Mail.created_at) < before,
        )
        .limit(most)
    )
    with transaction() as session:
        cleared = session.scalars(sa.delete(Mail).where(Mail.id.in_(gone)).returning(Mail.id)).all()
    return len(cleared) == most


# A mail that is gone leaves no text behind: it may speak of what its reader may no longer see
_EMPTY = {"subject": "", "text": "", "html": "", "attachment": None, "attachment_name": ""}


def _server() -> MailServer:
    """Return the row of the mail server to change it; two workers may want to make it at once."""
    server = queries.find_server()
    if server is not None:
        return server
    try:
        with transaction() as session:
            session.add(MailServer(name=queries.SERVER, failures=0, answer=0))
            session.flush()
    except IntegrityError:
        pass
    return db.session.get_one(MailServer, queries.SERVER)


def pause(failures: int) -> timedelta:
    """Return how long to wait after so many failures in a row: 1, 2, 4 … 60 minutes."""
    doublings = min(failures, 10) - 1
    return min(_FIRST_PAUSE * (1 << max(doublings, 0)), _LONGEST_PAUSE)
