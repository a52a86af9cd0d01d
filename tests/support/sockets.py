"""A real Socket.IO client that remembers what it was told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import engineio
import socketio

WAIT_S = 20


class _InOrder(engineio.Client):
    """Hands on what it hears as it hears it: the library starts a thread for each message,
    and two threads may overtake each other."""

    def _trigger_event(self, event: str, *args: Any, **options: Any) -> Any:
        return super()._trigger_event(event, *args, **{**options, "run_async": False})


class _Client(socketio.Client):
    def _engineio_client_class(self) -> type[engineio.Client]:
        return _InOrder


class SocketReader:
    """One socket of one person: collects changes, positions, units, resyncs."""

    def __init__(self, url: str, auth: dict[str, Any]) -> None:
        self.changes: list[dict[str, Any]] = []
        self.positions: list[dict[str, Any]] = []
        self.units: list[dict[str, Any]] = []
        self.resyncs: list[dict[str, Any]] = []
        self.presences: list[dict[str, Any]] = []
        self.rooms: list[dict[str, Any]] = []
        self.refused: Any = None
        self.closed = threading.Event()
        self._news = threading.Condition()
        self._client = _Client(reconnection=False)
        self._client.on("change", lambda data: self._heard(self.changes, data))
        self._client.on("position", lambda data: self._heard(self.positions, data))
        self._client.on("units", lambda data: self._heard(self.units, data))
        self._client.on("resync", lambda data: self._heard(self.resyncs, data))
        self._client.on("presence", lambda data: self._heard(self.presences, data))
        self._client.on("room", lambda data: self._heard(self.rooms, data))
        self._client.on("disconnect", lambda *_: self.closed.set())
        self._client.on("connect_error", self._remember_refusal)
        self._url = url
        self._auth = auth

    def connect(self, headers: dict[str, str] | None = None) -> SocketReader:
        """Open the socket; raises socketio's ConnectionError when refused."""
        self._client.connect(
            self._url,
            auth=self._auth,
            transports=["websocket"],
            headers=headers or {},
            wait_timeout=WAIT_S,
        )
        return self

    @property
    def local_port(self) -> int:
        """Our end of the connection, by which the server's process that holds it is found."""
        return int(self._client.eio.ws.sock.getsockname()[1])

    def _remember_refusal(self, data: Any = None) -> None:
        self.refused = data

    def _heard(self, where: list[dict[str, Any]], data: dict[str, Any]) -> None:
        with self._news:
            where.append(data)
            self._news.notify_all()

    def wait(self, until: Callable[[SocketReader], bool], what: str = "news") -> None:
        """Wait until the condition holds; fails after WAIT_S seconds."""
        with self._news:
            if not self._news.wait_for(lambda: until(self), WAIT_S):
                raise AssertionError(f"waited {WAIT_S} s for {what}; heard {self.changes[-3:]}")

    def call(self, event: str, data: Any) -> Any:
        """Send an event and return the acknowledged answer."""
        return self._client.call(event, data, timeout=WAIT_S)

    def wait_closed(self) -> None:
        """Wait until the hub ends the socket."""
        assert self.closed.wait(WAIT_S), "the socket is still open"

    def close(self) -> None:
        """Hang up."""
        self._client.disconnect()
