"""A case shared to 20 partners by itself, with 1,000 sockets open: from the request to the last.

On PostgreSQL, one worker. The case lies in a zone whose agreement has 21 parties, so that opening
it writes 20 shares with their clocks, notifications, feed rows and audit entries. Each socket must
hear the case with its view. The baseline is the same with one partner and as many sockets in all.
"""

from __future__ import annotations

import http.client
import json
import selectors
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median, quantiles
from typing import Any

import shapely
from sqlalchemy import inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from benchmarks.hubs import PYTHON, ROOT, Prepared, prepared, process, scratch_database, settings_of
from benchmarks.result import Result
from benchmarks.scale_fill import add_bureaus
from hub.accounts import services as accounts
from hub.accounts.models import User
from hub.agreements.models import Agreement, AgreementParty
from hub.app import create_app
from hub.bureaus.models import Bureau
from hub.changes import SYSTEM
from hub.zones.models import ZoneStrip
from tests.support.raw_sockets import TEXT, RawSocket, masked

SOCKETS, PARTNERS = 1_000, 20
CASES, WARM_UP = 30, 3
OWNER, PARTNER = "changxing", "yixing"
OWNERS_GROUND = "330522"
PING = b"\x81\x012"  # of Engine.IO, in its frame; no text holds it


def copy_of(row: Any, **changed: Any) -> Any:
    """A row like another, with some columns changed."""
    columns = {c.key: getattr(row, c.key) for c in inspect(type(row)).mapper.column_attrs}
    return type(row)(**columns | changed)


def _add_partners(session: Session, count: int) -> list[str]:
    """Make so many bureaus parties of the demo's agreement; tokens of their liaisons, in turn."""
    agreement = session.scalars(
        select(Agreement).where(Agreement.title_en.like("Changxing%"))
    ).one()
    liaison = session.scalars(select(User).where(User.username == f"{PARTNER}-liaison")).one()
    people = [liaison]
    more = session.scalars(select(Bureau).where(Bureau.code.like("bench%")).limit(count - 1))
    for bureau in more.all():
        session.add(AgreementParty(agreement_id=agreement.id, bureau_id=bureau.id))
        person = copy_of(
            liaison, id=str(uuid.uuid4()), bureau_id=bureau.id, username=f"{bureau.code}-liaison"
        )
        session.add(person)
        people.append(person)
    session.flush()
    return [
        accounts.create_token(
            session, SYSTEM, people[number % count], name="bench", scopes=["read"]
        )[1]
        for number in range(SOCKETS)
    ]


def _prepare(hub: Prepared, count: int) -> tuple[list[str], list[float]]:
    """Tokens of the sockets, and a place in the zone on the owner's side."""
    app = create_app(settings_of(hub.folder, hub.database_url))
    database = app.extensions["hub.db"]
    with database.engine.begin() as connection:
        add_bureaus(connection)
    with app.app_context(), database.unit_of_work() as session:
        tokens = _add_partners(session, count)
        strip = session.scalars(select(ZoneStrip).where(ZoneStrip.adcode == OWNERS_GROUND)).first()
        assert strip is not None
        place = shapely.from_wkb(strip.shape).representative_point()
    database.dispose()
    return tokens, [place.x, place.y]


class _Hearing:
    """All sockets; knows which were told of the case that is waited for."""

    def __init__(self, port: int, tokens: list[str], stack: ExitStack) -> None:
        self._ready = selectors.DefaultSelector()
        for number, token in enumerate(tokens):
            one = RawSocket(port).enter(token)
            stack.callback(one.close)
            self._ready.register(one.sock, selectors.EVENT_READ, bytearray())
            if number % 20 == 0:
                self._read(b"", set(), 0)  # who entered first is asked whether he is still there

    def wait(self, title: bytes) -> float:
        """When (perf_counter) the last socket had heard of the case by its title."""
        missing = set(self._ready.get_map())
        limit = time.perf_counter() + 60
        while missing:
            assert time.perf_counter() < limit, f"{len(missing)} sockets did not hear"
            self._read(title, missing, 1)
        return time.perf_counter()

    def _read(self, title: bytes, missing: set[int], wait_s: float) -> None:
        for key, _ in self._ready.select(wait_s):
            data = key.data
            data += key.fileobj.recv(1 << 20)  # type: ignore[union-attr]
            if key.fd in missing and title in data:
                missing.discard(key.fd)
            if PING in data:
                key.fileobj.sendall(masked(TEXT, b"3"))  # type: ignore[union-attr]
                data.clear()
            del data[: -len(title) or len(data)]


def _open_case(hub: Prepared, title: str, place: list[float]) -> tuple[int, float]:
    body = {"title": title, "category": "water", "description": "x" * 300, "place": "界河东岸",
            "lon": place[0], "lat": place[1]}  # fmt: skip
    headers = {"Authorization": f"Bearer {hub.tokens[0]}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=60)
    connection.request("POST", "/api/v1/cases", json.dumps(body).encode(), headers)
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status == 201, text
    connection.close()
    return answer.status, time.perf_counter()


def _measure(count: int) -> tuple[list[float], list[float]]:
    """Milliseconds to the answer and to the last socket, of each case."""
    written, heard = [], []
    with (
        scratch_database("lianfang_bench_partners") as url,
        prepared(f"{OWNER}-officer1", database_url=url) as hub,
        ExitStack() as stack,
    ):
        tokens, place = _prepare(hub, count)
        stack.enter_context(process([PYTHON, str(ROOT / "run.py")], f"{hub.url}/readyz", hub.env))
        hearing = _Hearing(hub.port, tokens, stack)
        for number in range(WARM_UP + CASES):
            title = f"bench-case-{number:05}"
            answered: list[float] = []
            asking = threading.Thread(
                target=lambda t=title, a=answered: a.append(_open_case(hub, t, place)[1])
            )
            began = time.perf_counter()
            asking.start()
            last = hearing.wait(title.encode())
            asking.join()
            written.append((answered[0] - began) * 1e3)
            heard.append((last - began) * 1e3)
    return written[WARM_UP:], heard[WARM_UP:]


def run() -> Iterator[Result | str]:
    """Typical and slow (95 of 100) cases."""
    try:
        one_written, one_heard = _measure(1)
        written, heard = _measure(PARTNERS)
    except SQLAlchemyError as error:
        yield f"skipped: {str(error).splitlines()[0]}"
        return
    for name, figures, base in (
        ("written", written, one_written),
        (f"heard by the last of {SOCKETS} sockets", heard, one_heard),
    ):
        for share, of in (("median", median), ("p95", lambda values: quantiles(values, n=20)[-1])):
            yield Result(
                f"case shared to {PARTNERS} partners, {name}, {share}",
                of(figures),  # type: ignore[operator]
                "ms",
                "one partner",
                of(base),  # type: ignore[operator]
                better="smaller",
            )
