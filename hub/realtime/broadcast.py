"""Sending the same messages to many sockets: encoded and framed once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    """Writes to the sockets of one worker.

    What is done here is done for each socket at each change, so the loop asks nothing twice: a
    socket is looked up in engineio's tables once, when it begins to be told.
    """

    def __init__(self, socketio: SocketIO) -> None:
        self._socketio = socketio
        # engineio's session of each socket that is told, and its transport.
        self._lines: dict[str, tuple[Any, GreenWebSocket | None]] = {}

    def begin(self, sid: str) -> None:
        """Let a socket be told; one that is not, or no more, is sent nothing."""
        server = self._socketio.server
        session = server.eio.sockets.get(server.manager.eio_sid_from_sid(sid, NAMESPACE))
        if session is not None:
            self._lines[sid] = session, getattr(session, "transport", None)

    def end(self, sid: str) -> None:
        """Forget a socket."""
        self._lines.pop(sid, None)

    def has_room(self, sid: str) -> bool:
        """Whether the client has read enough of what it was sent to be given more."""
        _session, transport = self._lines.get(sid, (None, None))
        return transport is None or transport.unsent < HIGH_WATER

    def send(self, sids: Iterable[str], messages: Sequence[Message]) -> set[str]:
        """Send the messages, in order, to each socket, after what each was sent before.

        Returns the sockets that have not read enough of what they were sent to be given more; they
        were sent nothing.
        """
        frames = b"".join(frame(message) for message in messages)
        full: set[str] = set()
        lines = self._lines
        for sid in sids:
            line = lines.get(sid)
            if line is None or line[0].closed:
                continue
            session, transport = line
            # With something still in its queue (the answer to connect, say) the socket's order
            # is kept by going through that queue.
            if transport is None or not session.queue.empty():
                if self.has_room(sid):
                    for message in messages:
                        self._socketio.emit(message.event, message.data, to=sid)
                else:
                    full.add(sid)
                continue
            try:
                if not transport.offer(frames):
                    full.add(sid)
            except OSError:
                continue  # a client that is gone must not keep the others from hearing
        return full
