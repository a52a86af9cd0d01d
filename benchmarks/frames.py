"""Cutting what a server sends over a WebSocket into messages, without waiting for more."""

from __future__ import annotations

from collections.abc import Iterator


class Frames:
    """One stream of a server's frames, which are not masked and, here, not fragmented."""

    def __init__(self) -> None:
        self.data = bytearray()

    def of(self, more: bytes) -> Iterator[bytes]:
        """Whole payloads that are there now."""
        self.data += more
        while len(self.data) >= 2:
            size, start = self.data[1] & 127, 2
            if size == 126:
                size, start = int.from_bytes(self.data[2:4], "big"), 4
            elif size == 127:
                size, start = int.from_bytes(self.data[2:10], "big"), 10
            if len(self.data) < max(start, start + size):
                return
            payload = bytes(self.data[start : start + size])
            del self.data[: start + size]
            yield payload
