"""A mail server for tests: a real one, that keeps what it took and refuses when told to."""

from __future__ import annotations

import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class _OnAFreePort(Controller):
    """The library waits for its server at the port that was asked for, which here is any."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class MailServer:
    """Listens on a free port; `mails` are those it took, in order, `raw` the same as bytes."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.refusing = False
        self._news = threading.Condition()
        self._controller = _OnAFreePort(self, hostname="127.0.0.1", port=0)
        self._controller.start()

    @property
    def url(self) -> str:
        """What HUB_SMTP_URL is set to."""
        return f"smtp://127.0.0.1:{self._controller.port}"

    async def handle_MAIL(  # noqa: N802 - the server's name for it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer the sender's first word."""
        if self.refusing:
            return "451 try later"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail."""
        content: Any = envelope.content
        with self._news:
            self.raw.append(bytes(content))
            self.mails.append(message_from_bytes(bytes(content), policy=policy.default))  # type: ignore[arg-type]
            self._news.notify_all()
        return "250 taken"

    def wait(self, count: int) -> None:
        """Wait until so many mails were taken."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.mails) >= count, 20), len(self.mails)

    def close(self) -> None:
        """Stop listening."""
        self._controller.stop()
