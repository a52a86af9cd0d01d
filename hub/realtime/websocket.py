"""The WebSocket transport under gevent: writes never block, never tear and are bounded.

Why our own: simple-websocket 1.1 writes with `send` and ignores how much was taken, so a slow
client's stream breaks; gevent-websocket unmasks in Python and has had no release since 2017. Both
frame a message anew for each socket. Here whatever is written goes through one buffer per socket,
so the publisher may write frames that were made once for everybody, in order with everything else.

Frames are parsed by wsproto; the opening handshake and server frames follow RFC 6455 (4.2.2, 5.2).
"""

from __future__ import annotations

import base64
import hashlib
import socket
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import gevent
import structlog
from gevent.socket import wait_write
from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, TextMessage
from wsproto.utilities import ProtocolError

log = structlog.get_logger()

ACCEPT_KEY = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, BINARY = 0x81, 0x82  # final frame of a text or binary message
RECEIVE_BYTES = 16 * 1024
MAX_MESSAGE = 64 * 1024
# Unsent bytes at which a socket is not given more, and at which it is ended.
HIGH_WATER = 256 * 1024
MAX_UNSENT = 2 * 1024 * 1024
# What the kernel may hold for one reader. Left to itself it grows to several megabytes for a client
# that does not read, out of the hub's sight; so the hub would neither know nor bound what it costs.
SEND_BUFFER = 256 * 1024
# A reader that takes nothing for this long is ended; it resumes by its number.
STALL_S = 10.0
# Messages and pings a second that a client may send in the long run, and at once after a pause.
# A field app sends one batch of positions in several seconds; its queue after a dead zone fits.
MESSAGES_PER_S = 20.0
BURST = 100.0
TOO_BIG, TOO_MANY = 1009, 1008  # close codes (RFC 6455, 7.4.1)


def make_frame(message: str | bytes) -> bytes:
    """One unmasked, unfragmented frame with the message (RFC 6455, 5.2)."""
    opcode = TEXT if isinstance(message, str) else BINARY
    payload = message.encode() if isinstance(message, str) else message
    size = len(payload)
    if size < 126:
        return bytes((opcode, size)) + payload
    if size < 65536:
        return struct.pack("!BBH", opcode, 126, size) + payload
    return struct.pack("!BBQ", opcode, 127, size) + payload


class Allowance:
    """A token bucket: what may be taken now, refilled with time."""

    def __init__(self, per_s: float, most: float) -> None:
        self._per_s = per_s
        self._most = most
        self._left = most
        self._at = time.monotonic()

    def take(self) -> bool:
        """Take one; False when there is none left."""
        now = time.monotonic()
        self._left = min(self._most, self._left + (now - self._at) * self._per_s)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class GreenWebSocket:
    """One accepted WebSocket, in the shape that engineio's gevent mode expects."""

    def __init__(self, handler: Callable[[GreenWebSocket], Any], _server: Any) -> None:
        self._handler = handler
        self._sock: Any = None
        self._protocol = Connection(ConnectionType.SERVER)
        self._unsent = bytearray()
        self._parts: list[Any] = []
        self._held = 0
        self._allowance = Allowance(MESSAGES_PER_S, BURST)
        self.ended = False
        # Lets the publisher find the socket's transport from its engineio session.
        handler.__self__.transport = self  # type: ignore[attr-defined]

    def __call__(self, environ: dict[str, Any], _start_response: Any) -> Any:
        """Accept the upgrade and serve until either side ends it."""
        self._sock = environ["gunicorn.socket"]
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "").encode()
        accept = base64.b64encode(hashlib.sha1(key + ACCEPT_KEY).digest())  # noqa: S324 - RFC 6455
        self.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        self._handler(self)
        self.close()
        raise StopIteration  # gunicorn's way to be told that the connection is spent

    @property
    def unsent(self) -> int:
        """Bytes that wait for the client to read."""
        return len(self._unsent)

    def send(self, message: str | bytes) -> None:
        """Send a message after everything written before."""
        self.write(make_frame(message))

    def offer(self, frames: bytes) -> bool:
        """Write whole frames, unless the client has not read enough of what it was sent before.

        Raises:
            OSError: the socket has ended.
        """
        if self._unsent and len(self._unsent) >= HIGH_WATER:
            return False
        self.write(frames)
        return True

    def write(self, frames: bytes) -> None:
        """Write whole frames; what the kernel does not take now is kept in order.

        Raises:
            OSError: the socket has ended.
        """
        if self.ended:
            raise OSError("the socket has ended")
        if self._unsent:
            self._unsent += frames
            if len(self._unsent) > MAX_UNSENT:
                log.warning("websocket.slow_reader", unsent=len(self._unsent))
                self.abort()
            return
        try:
            taken = self._sock.send(frames, timeout=0.0)
        except BlockingIOError:
            taken = 0
        except OSError:
            self.abort()  # the client is gone; the reading side learns it and forgets the socket
            raise
        if taken < len(frames):
            self._unsent += frames[taken:]
            gevent.spawn(self._flush)

    def _flush(self) -> None:
        """Send what is kept, for as long as the client takes some of it."""
        try:
            while self._unsent and not self.ended:
                wait_write(self._sock.fileno(), timeout=STALL_S, timeout_exc=TimeoutError())
                with suppress(BlockingIOError):
                    del self._unsent[: self._sock.send(self._unsent, timeout=0.0)]
        except TimeoutError:
            log.warning("websocket.stalled_reader", unsent=len(self._unsent))
            self.abort()
        except OSError:
            self.abort()

    def wait(self) -> str | bytes | None:
        """The next message, or None when the socket has ended."""
        try:
            while not self.ended:
                # What one packet of the network brought may hold several messages.
                message = self._next_message()
                if message is not None:
                    return message
                if not self.ended:
                    self._receive()
        except (OSError, ProtocolError):
            self.abort()
        return None

    def _receive(self) -> None:
        data = self._sock.recv(RECEIVE_BYTES)
        if not data:
            raise OSError("the client has gone")
        self._protocol.receive_data(data)

    def _next_message(self) -> str | bytes | None:
        for event in self._protocol.events():
            if isinstance(event, TextMessage | BytesMessage):
                self._parts.append(event.data)
                self._held += max(len(event.data), 1)  # empty fragments fill memory too
                if self._held > MAX_MESSAGE:
                    self._end_with(CloseConnection(code=TOO_BIG, reason="message too large"))
                    return None
                if event.message_finished:
                    parts, self._parts, self._held = self._parts, [], 0
                    if self._allowed():
                        return "".join(parts) if isinstance(event, TextMessage) else b"".join(parts)
            elif isinstance(event, Ping) and self._allowed():
                self.write(self._protocol.send(event.response()))
            elif isinstance(event, CloseConnection):
                self._end_with(event.response())
            if self.ended:
                return None
        return None

    def _allowed(self) -> bool:
        if self._allowance.take():
            return True
        log.warning("websocket.too_many_messages")
        self._end_with(CloseConnection(code=TOO_MANY, reason="too many messages"))
        return False

    def _end_with(self, event: CloseConnection) -> None:
        self.write(self._protocol.send(event))
        self.abort()

    def close(self) -> None:
        """End politely."""
        if not self.ended:
            if self._protocol.state is ConnectionState.OPEN:
                self._end_with(CloseConnection(code=1000))
            self.abort()

    def abort(self) -> None:
        """End at once; the reading side then learns that it is over."""
        if not self.ended:
            self.ended = True
            self._unsent.clear()
            try:
                self._sock.shutdown(2)
            except OSError:
                return  # the other side was faster
