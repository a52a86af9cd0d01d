"""A database that another program holds: a write is refused in words, and done once it is free."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.engine import make_url

from tests.support.cases import case_body, in_zone, new_case
from tests.support.world import World

# PostgreSQL holds rows, not the whole; what cuts its connections is in scaled/test_two_workers.py.
pytestmark = pytest.mark.once


@contextmanager
def held(world: World) -> Iterator[None]:
    """Another program writes and does not end; nobody waits the usual ten seconds for it."""
    engine = world.app.extensions["hub.db"].engine

    def impatient(connection: sqlite3.Connection, *_about: object) -> None:
        connection.execute("PRAGMA busy_timeout = 20")

    event.listen(engine, "checkout", impatient)
    other = sqlite3.connect(str(make_url(world.url).database), isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        yield
    finally:
        other.close()
        event.remove(engine, "checkout", impatient)


def test_a_write_is_refused_and_comes_once_when_it_is_repeated(world):
    officer = world.as_("changxing-officer1")
    body, key = case_body(in_zone(world), title="等一等"), "held-database-1"
    before = new_case(world).body
    with held(world):
        refused = officer.post("/cases", body, key=key)
        read = officer.get("/cases")
    assert (refused.status, refused.headers["Retry-After"]) == (503, "2")
    assert [one["id"] for one in read.body["items"]][:1] == [before["id"]]
    for _try in range(2):
        assert officer.post("/cases", body, key=key).status in (200, 201)
    titles = [one["title"] for one in officer.get("/cases").body["items"]]
    assert titles.count("等一等") == 1
