"""Speak SMTP: one connection for a row of mails, and failures sorted by what helps."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from mimetypes import guess_type
from typing import Protocol, Self

from config import Settings
from crm.mail.models import Failure

_PATIENCE = 20
_PORTS: Mapping[str, int] = {"starttls": 587, "tls": 465, "none": 25}
_TEMPORARY, _PERMANENT = 400, 500
# RFC 5321: "service not available, closing transmission channel"
_GOODBYE = 421


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail as it goes over the line."""

    message_id: str
    recipient: str
    subject: str
    text: str
    at: datetime
    html: str = ""
    reply_to: str = ""
    attachment: bytes | None = None
    attachment_name: str = ""
    is_automatic: bool = True


class NotSent(Exception):  # noqa: N818 - read as a sentence
    """A mail that did not go.

    failure   what is wrong
    answer    the number the mail server gave, 0 without one
    for_good  trying again does not help
    for_all   no other mail would go either
    """

    def __init__(
        self, failure: Failure, answer: int = 0, *, for_good: bool = False, for_all: bool = False
    ):
        super().__init__(f"{failure.value} {answer}")
        self.failure = failure
        self.answer = answer
        self.for_good = for_good
        self.for_all = for_all


class Line(Protocol):
    """What mails are sent over."""

    def send(self, letter: Letter) -> None:
        """Send one mail.

        Raises `NotSent`.
        """


class SmtpLine:
    """A connection to the mail server of the settings, made for the first mail."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException):
                self._smtp.close()

    def send(self, letter: Letter) -> None:
        """Send one mail; a connection that has gone is made anew for the next.

        Raises `NotSent`.
        """
        message = self._message(letter)
        is_used = self._is_open()
        try:
            self._transfer(message, letter.recipient)
        except NotSent as failure:
            # It takes only so many mails over one connection: this one it has not taken
            if not is_used or failure.answer != _GOODBYE or failure.failure is not Failure.SENDER:
                raise
            self._close()
            self._transfer(message, letter.recipient)

    def _transfer(self, message: EmailMessage, recipient: str) -> None:
        smtp = self._smtp or self._connect()
        self._smtp = smtp
        try:
            smtp.send_message(message, to_addrs=[recipient])
        except smtplib.SMTPRecipientsRefused as refused:
            code = next(iter(refused.recipients.values()))[0]
            raise _refused(Failure.ADDRESS, code) from refused
        except smtplib.SMTPSenderRefused as refused:
            raise NotSent(Failure.SENDER, refused.smtp_code, for_all=True) from refused
        except smtplib.SMTPDataError as refused:
            raise _refused(Failure.MESSAGE, refused.smtp_code) from refused
        except smtplib.SMTPNotSupportedError as refused:
            # An address with umlauts that this mail server does not take
            raise NotSent(Failure.ADDRESS, for_good=True) from refused
        except (OSError, smtplib.SMTPException) as broken:
            self._close()
            raise NotSent(Failure.CONNECTION, _code(broken), for_all=True) from broken

    def _is_open(self) -> bool:
        """Tell whether there is a connection that still answers; close one that does not."""
        if self._smtp is None:
            return False
        try:
            is_open = self._smtp.noop()[0] < _TEMPORARY
        except (OSError, smtplib.SMTPException):
            is_open = False
        if not is_open:
            self._close()
        return is_open

    def _close(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        try:
            message["From"] = self._settings.mail_from
            message["To"] = letter.recipient
            message["Subject"] = letter.subject
            message["Date"] = format_datetime(letter.at)
            message["Message-ID"] = letter.message_id
            if letter.reply_to:
                message["Reply-To"] = letter.reply_to
            if letter.is_automatic:
                message["Auto-Submitted"] = "auto-generated"
            message.set_content(letter.text)
            if letter.html:
                message.add_alternative(letter.html, subtype="html")
            if letter.attachment is not None:
                kind = guess_type(letter.attachment_name)[0] or "application/octet-stream"
                main, _, sub = kind.partition("/")
                message.add_attachment(
                    letter.attachment, maintype=main, subtype=sub, filename=letter.attachment_name
                )
        except ValueError as fault:
            raise NotSent(Failure.MESSAGE, for_good=True) from fault
        return message

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        port = settings.smtp_port or _PORTS[settings.smtp_tls]
        smtp: smtplib.SMTP | None = None
        try:
            if settings.smtp_tls == "tls":
                smtp = smtplib.SMTP_SSL(
                    settings.smtp_host,
                    port,
                    timeout=_PATIENCE,
                    context=ssl.create_default_context(),
                )
            else:
                smtp = smtplib.SMTP(settings.smtp_host, port, timeout=_PATIENCE)
            if settings.smtp_tls == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            if settings.smtp_user:
                smtp.login(settings.smtp_user, settings.smtp_password)
        except (OSError, smtplib.SMTPException) as fault:
            if smtp is not None:
                smtp.close()
            raise NotSent(_kind(fault), _code(fault), for_all=True) from fault
        return smtp


def _kind(fault: Exception) -> Failure:
    if isinstance(fault, smtplib.SMTPAuthenticationError):
        return Failure.SIGN_IN
    # Not supported: no STARTTLS, or no way to sign in
    if isinstance(fault, ssl.SSLError | smtplib.SMTPNotSupportedError):
        return Failure.ENCRYPTION
    return Failure.CONNECTION


def _refused(failure: Failure, code: int) -> NotSent:
    if code >= _PERMANENT:
        return NotSent(failure, code, for_good=True)
    return NotSent(Failure.TEMPORARY, code)


def _code(fault: Exception) -> int:
    return fault.smtp_code if isinstance(fault, smtplib.SMTPResponseException) else 0
