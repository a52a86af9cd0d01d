"""Careful HTTP clients of a hub that may be killed at any moment.

What a client does is a generator of requests that is given the answers. A request whose answer was
lost is kept, and sent again under the same key once the hub is back, as the phone's outbox does.
"""

from __future__ import annotations

import http.client
import json
import uuid
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

WAIT_S = 60


@dataclass(frozen=True)
class Request:
    """One request, fixed before it is first sent."""

    method: str
    path: str
    body: bytes | None = None
    kind: str = "application/json"
    version: int | None = None
    key: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def keyed(self) -> bool:
        """Whether the hub keeps its key: pieces of a file have a key of their own."""
        return self.method != "GET" and "/uploads" not in self.path

    def headers(self, token: str) -> dict[str, str]:
        """What goes with it."""
        sent = {"Authorization": f"Bearer {token}", "Content-Type": self.kind}
        if self.method != "GET":
            sent["Idempotency-Key"] = self.key
        if self.version is not None:
            sent["If-Match"] = f'"{self.version}"'
        return sent


def get(path: str) -> Request:
    """A reading."""
    return Request("GET", path)


def post(path: str, body: Any = None, version: int | None = None) -> Request:
    """A write of JSON."""
    return Request("POST", path, json.dumps(body or {}).encode(), version=version)


def post_file(path: str, name: str, data: bytes) -> Request:
    """A file as a browser sends it."""
    border = uuid.uuid4().hex
    head = f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + data + f"\r\n--{border}--\r\n".encode()
    return Request("POST", path, body, f"multipart/form-data; boundary={border}")


def put_piece(path: str, data: bytes) -> Request:
    """A piece of a file."""
    return Request("PUT", path, data, "application/octet-stream")


@dataclass(frozen=True)
class Told:
    """What the hub answered."""

    status: int
    body: Any
    version: int


Acts = Generator[Request, Told, None]


class Client:
    """One person at work, as long as the hub lives; goes on where it was cut."""

    def __init__(self, name: str, token: str, user_id: str, acts: Acts) -> None:
        self.name = name
        self.user_id = user_id
        self._token = token
        self._acts = acts
        self._waiting = next(acts)
        # Writes that were answered, with what was answered; and how many had to be repeated.
        self.answered: list[tuple[Request, Told]] = []
        self.repeated = 0

    def work(self, port: int) -> None:
        """Do one thing after the other until the hub is gone."""
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_S)
        try:
            while True:
                told = self._send(line, self._waiting)
                if self._waiting.method != "GET":
                    self.answered.append((self._waiting, told))
                self._waiting = self._acts.send(told)
        except (http.client.HTTPException, OSError):
            self.repeated += self._waiting.method != "GET"
        finally:
            line.close()

    def _send(self, line: http.client.HTTPConnection, request: Request) -> Told:
        line.request(request.method, request.path, request.body, request.headers(self._token))
        answer = line.getresponse()
        body = json.loads(answer.read() or b"null")
        assert answer.status in (200, 201), (self.name, request.path, answer.status, body)
        version = (answer.headers.get("ETag") or '"0"').strip('"')
        return Told(answer.status, body, int(version) if version.isdigit() else 0)
