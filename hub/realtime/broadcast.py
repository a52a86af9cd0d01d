"""Sending the same messages to many sockets: encoded and framed once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson
from flask_socketio import SocketIO

from hub.realtime.websocket import HIGH_WATER, GreenWebSocket, make_frame

NAMESPACE = "/"


@dataclass(frozen=True)
class Message:
    """An event with its one argument."""

    event: str
    data: dict[str, Any]


def frame(message: Message) -> bytes:
    """The WebSocket frame of an event of the default namespace.

    Packet types 4 (Engine.IO message) and 2 (Socket.IO event), protocol revisions 4 and 5.
    """
    body = orjson.dumps([message.event, message.data])
    return make_frame("42" + body.decode())


class Broadcaster:
    """Writes to the sockets of one worker."""

    def __init__(self, socketio: SocketIO) -> None:
        self._socketio = socketio

    def _session(self, sid: str) -> Any:
        server = self._socketio.server
        return server.eio.sockets.get(server.manager.eio_sid_from_sid(sid, NAMESPACE))

    def has_room(self, sid: str) -> bool:
        """Whether the client has read enough of what it was sent to be given more."""
        transport: GreenWebSocket | None = getattr(self._session(sid), "transport", None)
        return transport is None or transport.unsent < HIGH_WATER

    def send(self, sids: Iterable[str], messages: Sequence[Message]) -> set[str]:
        """Send the messages, in order, to each socket, after what each was sent before.

        Returns the sockets that have not read enough of what they were sent to be given more; they
        were sent nothing.
        """
        frames: bytes | None = None
        full: set[str] = set()
        for sid in sids:
            session = self._session(sid)
            if session is None or session.closed:
                continue
            transport: GreenWebSocket | None = getattr(session, "transport", None)
            if transport is not None and transport.unsent >= HIGH_WATER:
                full.add(sid)
                continue
            # With something still in its queue (the answer to connect, say) the socket's order
            # is kept by going through that queue.
            if transport is None or not session.queue.empty():
                for message in messages:
                    self._socketio.emit(message.event, message.data, to=sid)
                continue
            if frames is None:
                frames = b"".join(frame(message) for message in messages)
            # A client that is gone must not keep the others from hearing.
            with suppress(OSError):
                transport.write(frames)
        return full
