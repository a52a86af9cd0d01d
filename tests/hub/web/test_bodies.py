"""Bodies of requests: a package may be larger than the rest; what nobody reads is read away."""

from __future__ import annotations

import io
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder

MEGABYTE = 1 << 20


class Counted(io.BytesIO):
    """A body that counts how often it was asked."""

    asked = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.asked += 1
        return super().read(size)


def sent(app: Any, path: str, body: Counted, size: int) -> str:
    """POST a body that is no form, as a server does; the status."""
    made = EnvironBuilder(path, method="POST", content_type="application/octet-stream")
    environ = made.get_environ() | {"wsgi.input": body, "CONTENT_LENGTH": str(size)}
    told: list[str] = []
    answer = app.wsgi_app(environ, lambda status, *_more: told.append(status))
    list(answer)
    answer.close()
    return told[0]


@pytest.mark.once
def test_a_body_that_nobody_reads_is_read_away_in_large_pieces(world):
    body = Counted(bytes(8 * MEGABYTE))
    assert sent(world.app, "/api/v1/cases", body, 8 * MEGABYTE)[:1] == "4"
    assert body.tell() == 8 * MEGABYTE
    assert body.asked < 20


@pytest.mark.once
def test_a_package_from_a_browser_may_be_larger_than_other_uploads(world):
    world.app.config["MAX_CONTENT_LENGTH"] = 1000
    client = world.app.test_client()
    for path, status in (("packages/check", 403), ("packages/import", 403), ("requests", 413)):
        file = {"file": (io.BytesIO(bytes(9000)), "package.zip")}
        answer = client.post(f"/api/v1/{path}", data=file)
        # Without the page's token it is refused for that, not for its size.
        assert answer.status_code == status, path
        answer.close()
