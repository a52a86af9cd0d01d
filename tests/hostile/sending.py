"""Sending: an answer that must be a good one, and files under names that want to run."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from tests.support.exchange import send_file
from tests.support.world import Answer, Caller


def put(answer: Answer, *, refused: bool = False) -> dict[str, Any]:
    """The body of an answer that went well.

    Args:
        refused: a rule of the work may refuse it; what was typed must be taken all the same.
    """
    assert answer.status < (422 if refused else 300), (answer.status, answer.body)
    return dict(answer.body)


def send(caller: Caller, path: str, data: bytes, name: str, **more: str) -> Answer:
    """Send a file, under any name."""
    return send_file(caller, path, data, name, more=more)


def picture() -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (32, 24), "olive").save(out, "JPEG")
    return out.getvalue()
