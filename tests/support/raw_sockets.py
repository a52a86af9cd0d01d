"""A WebSocket client made by hand, for what no well-behaved library sends."""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
from typing import Any

TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 0x1, 0x2, 0x0, 0x8, 0x9, 0xA
WAIT_S = 20
MASK = b"\x11\x22\x33\x44"


def masked(opcode: int, payload: bytes = b"", *, final: bool = True, mask: bool = True) -> bytes:
    """One frame as a client sends it (RFC 6455, 5.2)."""
    size = len(payload)
    head = bytes([(0x80 if final else 0) | opcode])
    bit = 0x80 if mask else 0
    if size < 126:
        head += bytes([bit | size])
    elif size < 65536:
        head += struct.pack("!BH", bit | 126, size)
    else:
        head += struct.pack("!BQ", bit | 127, size)
    if not mask:
        return head + payload
    return head + MASK + bytes(byte ^ MASK[i % 4] for i, byte in enumerate(payload))


class RawSocket:
    """A connection to the hub's socket door, frame by frame."""

    def __init__(self, port: int, *, receive_buffer: int | None = None) -> None:
        self.sock = socket.socket()
        if receive_buffer is not None:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.settimeout(WAIT_S)
        self.sock.connect(("127.0.0.1", port))
        self._buffer = b""
        key = base64.b64encode(os.urandom(16)).decode()
        self.sock.sendall(
            (
                "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
                f"Host: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
            ).encode()
        )
        while b"\r\n\r\n" not in self._buffer:
            self._buffer += self._more()
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        assert head.startswith(b"HTTP/1.1 101"), head

    def enter(self, token: str, after: int | None = None, **more: Any) -> RawSocket:
        """Take part in Socket.IO; returns when the hub has accepted. `more` is said on entering."""
        auth: dict[str, Any] = {"token": token, **more}
        if after is not None:
            auth["after"] = after
        assert self.text().startswith("0")
        self.send(masked(TEXT, b"40" + json.dumps(auth).encode()))
        assert self.text().startswith("40{")
        return self

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.sock.sendall(data)

    def taken(self) -> bytes:
        """What was received and not read yet, which is then the caller's."""
        data, self._buffer = self._buffer, b""
        return data

    def _more(self) -> bytes:
        data = self.sock.recv(65536)
        if not data:
            raise EOFError("the hub has ended the connection")
        return data

    def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._buffer += self._more()
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def frame(self) -> tuple[int, bytes]:
        """Opcode and payload of the next frame; servers neither mask nor, here, fragment."""
        first, size = self._take(2)
        assert first & 0x80, "the hub fragmented a message"
        assert first & 0x70 == 0, "the stream is torn: reserved bits are set"
        assert size & 0x80 == 0, "the hub masked a frame"
        if size == 126:
            size = struct.unpack("!H", self._take(2))[0]
        elif size == 127:
            size = struct.unpack("!Q", self._take(8))[0]
        return first & 0x0F, self._take(size)

    def text(self) -> str:
        """The next text message; Engine.IO's pings are answered on the way."""
        while True:
            opcode, payload = self.frame()
            assert opcode == TEXT, (opcode, payload)
            if payload != b"2":
                return payload.decode()
            self.send(masked(TEXT, b"3"))

    def event(self) -> tuple[str, Any]:
        """The next Socket.IO event or the answer to ours, as (name, data)."""
        text = self.text()
        assert text.startswith(("42", "43")), text
        start = text.index("[")
        body = json.loads(text[start:])
        return (body[0], body[1]) if text.startswith("42") else ("answer", body[0])

    def changes(self, count: int) -> list[dict[str, Any]]:
        """The next so many changes."""
        found: list[dict[str, Any]] = []
        while len(found) < count:
            name, data = self.event()
            if name == "change":
                found.append(data)
        return found

    def close_code(self) -> int | None:
        """Read to the end; the close frame's code, None when the connection just ended."""
        try:
            while True:
                opcode, payload = self.frame()
                if opcode == CLOSE:
                    return int(struct.unpack("!H", payload[:2])[0])
        except (EOFError, ConnectionResetError):
            return None

    def reset(self) -> None:
        """End with a reset, as a dying network does."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def close(self) -> None:
        """Hang up."""
        self.sock.close()
