"""Acknowledgements of one change by 200 pages at once, against a transaction for each.

Each page is of another person; each answer means that it is durable. The baseline is the same hub
and the same client with a commit for each.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator

from sqlalchemy import func, select

from benchmarks.hubs import PYTHON, ROOT, Prepared, on_either, process, settings_of
from benchmarks.partners import copy_of
from benchmarks.processor import process_ms
from benchmarks.result import Result
from hub.accounts import services as accounts
from hub.accounts.models import User
from hub.app import create_app
from hub.changes import SYSTEM
from sharing import feed
from sharing.models import FeedAck
from tests.support.raw_sockets import TEXT, RawSocket, masked

PAGES, ROUNDS = 200, 5
PERSON = "wujiang-liaison"


def _people(hub: Prepared) -> tuple[list[str], int]:
    """A token of each of so many people of one bureau, and how far its feed is."""
    app = create_app(settings_of(hub.folder, hub.database_url))
    database = app.extensions["hub.db"]
    tokens = []
    with app.app_context(), database.unit_of_work() as session:
        first = session.get_one(User, hub.user_id)
        for number in range(PAGES):
            user = copy_of(first, id=str(uuid.uuid4()), username=f"bench-{number}")
            session.add(user)
            session.flush()
            made = accounts.create_token(session, SYSTEM, user, name="bench", scopes=["read"])
            tokens.append(made[1])
        head = feed.head(session, hub.bureau_id)
    database.dispose()
    return tokens, head


def _acknowledged(hub: Prepared) -> int:
    app = create_app(settings_of(hub.folder, hub.database_url))
    with app.extensions["hub.db"].read_only() as session:
        count = session.scalar(select(func.count()).select_from(FeedAck))
    app.extensions["hub.db"].dispose()
    return int(count or 0)


def _measure(hub: Prepared, way: str, tokens: list[str], head: int) -> tuple[float, float]:
    """Milliseconds of a round, by the clock and of the hub's processor."""
    command = [PYTHON, str(ROOT / "benchmarks" / "positions_hub.py"), way]
    with process(command, f"{hub.url}/readyz", hub.env) as server:
        sockets = [RawSocket(hub.port).enter(token) for token in tokens]
        _round(sockets, head)
        worked, began = process_ms(server.pid), time.perf_counter()
        for _ in range(ROUNDS):
            _round(sockets, head)
        took = (time.perf_counter() - began) * 1e3
        worked = process_ms(server.pid) - worked
        for one in sockets:
            one.close()
    return took / ROUNDS, worked / ROUNDS


def _round(sockets: list[RawSocket], head: int) -> None:
    """All say how far they are; returns when all were answered."""
    message = masked(TEXT, b"421" + json.dumps(["ack", {"seq": head}]).encode())
    for one in sockets:
        one.send(message)
    for one in sockets:
        name, data = one.event()
        while name != "answer":
            name, data = one.event()
        assert data == {"ok": True}, data


def _compare(database: str, hub: Prepared) -> Iterator[Result]:
    tokens, head = _people(hub)
    base, base_worked = _measure(hub, "one", tokens, head)
    took, worked = _measure(hub, "grouped", tokens, head)
    assert _acknowledged(hub) >= PAGES, "something acknowledged was not stored"
    claim = f"{PAGES} pages acknowledge a change, {database}"
    for name, figure, other in ((claim, took, base), (f"{claim}, processor", worked, base_worked)):
        yield Result(name, figure, "ms", "a commit for each", other, better="smaller")


def run() -> Iterator[Result | str]:
    """Everything acknowledged is counted in the database afterwards."""
    yield from on_either(PERSON, "acks", _compare)
