"""A disk that takes no more: writes are refused in words and leave nothing half done, reading goes
on, and with room again so does writing, without a restart."""

from __future__ import annotations

import io
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PIL import Image

from tests.support.cases import case_body, in_zone, new_case
from tests.support.field import OFFICER, find, upload
from tests.support.patrols import started_patrol

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(sys.platform != "linux", reason="the limit on files is that of Linux"),
]


@contextmanager
def no_room(most_bytes: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def noise() -> bytes:
    """A photo that packs no smaller."""
    out = io.BytesIO()
    Image.frombytes("RGB", (400, 400), os.urandom(480_000)).save(out, "JPEG", quality=95)
    return out.getvalue()


def test_a_record_is_refused_and_reading_goes_on(world):
    officer = world.as_("changxing-officer1")
    before = new_case(world).body
    listed = officer.get("/cases").body["items"]
    # The database's own index of its log takes 32 KiB, and is there before a disk fills.
    with no_room(40_000):
        refused = officer.post("/cases", case_body(in_zone(world), title="没有地方了"))
        read = officer.get(f"/cases/{before['id']}")
    assert (refused.status, refused.headers["Retry-After"]) == (503, "2")
    assert read.status == 200
    assert officer.get("/cases").body["items"] == listed
    assert new_case(world).status == 201


def test_a_photo_is_refused_and_leaves_nothing_behind(world):
    finding = find(world, started_patrol(world))
    with no_room(20_000):
        refused = upload(world.as_(OFFICER), finding["id"], noise())
    assert refused.status == 503, refused.body
    assert world.as_(OFFICER).get(f"/findings/{finding['id']}").body["files"] == []
    assert upload(world.as_(OFFICER), finding["id"], noise()).status == 201
