"""A real mail server on this machine, and the mails it got."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from config import Settings


@dataclass
class Post:
    """A mail server that keeps what it gets, and answers as a test wants it to.

    at_most  how many mails it takes over one connection
    answers  what it says instead of "ok", by the recipient
    """

    controller: Controller | None = None
    port: int = 0
    got: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    at_most: int = 1_000
    peers: dict[Any, list[str]] = field(default_factory=dict)
    before_ok: Callable[[], None] = lambda: None

    async def handle_RCPT(  # noqa: N802 - the library's word
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if said := self.answers.get(address):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if session.peer in self.peers and len(self.peers[session.peer]) >= self.at_most:
            return "421 enough for one connection"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content or b"", policy=default)  # type: ignore[arg-type]
        assert isinstance(message, EmailMessage)
        self.got.append(message)
        self.recipients += envelope.rcpt_tos
        self.peers.setdefault(session.peer, []).append(str(message["Subject"]))
        self.before_ok()
        return "250 OK"

    @property
    def settings(self) -> Settings:
        """Return settings that name this mail server."""
        return Settings(
            smtp_host="127.0.0.1",
            smtp_port=self.port,
            smtp_tls="none",
            mail_from="Augenhöhe <crm@kreis.example>",
            public_url="https://crm.kreis.example",
        )

    def start(self) -> None:
        """Listen; again on the same port."""
        self.controller = _Local(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()
        self.port = self.controller.port

    def stop(self) -> None:
        """Listen no longer."""
        if self.controller is not None:
            self.controller.stop()
            self.controller = None


class _Local(Controller):
    """One that says which free port it was given."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()  # type: ignore[no-untyped-call]
