"""A real mail server on this machine, and the mails it got."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from config import Settings


@dataclass
class Post:
    """A mail server that keeps what it gets, and answers as a test wants it to.

    answers  what it says instead of "ok", by the recipient
    """

    controller: Controller | None = None
    got: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    before_ok: Callable[[], None] = lambda: None

    async def handle_RCPT(  # noqa: N802 - the library's word
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if said := self.answers.get(address):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content or b"", policy=default)  # type: ignore[arg-type]
        assert isinstance(message, EmailMessage)
        self.got.append(message)
        self.recipients += envelope.rcpt_tos
        self.before_ok()
        return "250 OK"

    @property
    def settings(self) -> Settings:
        """Return settings that name this mail server."""
        assert self.controller is not None
        return Settings(
            smtp_host="127.0.0.1",
            smtp_port=self.controller.port,
            smtp_tls="none",
            mail_from="Augenhöhe <crm@kreis.example>",
            public_url="https://crm.kreis.example",
        )

    def start(self, port: int = 0) -> None:
        """Listen; on the port of before when it is given."""
        self.controller = _Local(self, hostname="127.0.0.1", port=port)
        self.controller.start()

    def stop(self) -> int:
        """Listen no longer; return the port."""
        assert self.controller is not None
        self.controller.stop()
        return int(self.controller.port)


class _Local(Controller):
    """One that says which free port it was given."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@pytest.fixture
def post() -> Iterator[Post]:
    """Give a mail server that listens."""
    post = Post()
    post.start()
    yield post
    if post.controller is not None and post.controller.server is not None:
        post.stop()
