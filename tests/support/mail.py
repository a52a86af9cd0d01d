"""A mail server for tests: speaks enough SMTP, keeps what it took, refuses when told to."""

from __future__ import annotations

import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server: MailServer = self.server  # type: ignore[assignment]
        self._say("220 test")
        lines: list[bytes] = []
        for raw in self.rfile:
            verb = raw[:4].upper()
            if verb in (b"EHLO", b"HELO", b"RSET", b"NOOP"):
                self._say("250 ok")
            elif verb == b"MAIL":
                self._say("451 try later" if server.refusing else "250 ok")
            elif verb == b"RCPT":
                self._say("250 ok")
            elif verb == b"DATA":
                self._say("354 go on")
                for line in self.rfile:
                    if line == b".\r\n":
                        break
                    lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
                server.keep(b"".join(lines))
                lines = []
                self._say("250 taken")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("500 what?")

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


class MailServer(socketserver.ThreadingTCPServer):
    """Listens on a free port; `mails` are those it took, in order."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.mails: list[EmailMessage] = []
        self.refusing = False
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """What HUB_SMTP_URL is set to."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def keep(self, raw: bytes) -> None:
        """Take a mail."""
        with self._news:
            self.mails.append(message_from_bytes(raw, policy=policy.default))  # type: ignore[arg-type]
            self._news.notify_all()

    def wait(self, count: int) -> None:
        """Wait until so many mails were taken."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.mails) >= count, 20), len(self.mails)

    def close(self) -> None:
        """Stop listening."""
        self.shutdown()
        self.server_close()
        self._thread.join(5)
