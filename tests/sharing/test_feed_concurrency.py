"""Writers at the same time: nothing is lost, nothing is numbered twice, order is commit order."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from sharing import feed, ledger
from sharing.models import new_id
from sharing.shares import recall, shares_of
from tests.sharing.factories import NOON, change, create_share, entry

THREADS = 6
ROUNDS = 8


def _together(work: Callable[[int], None]) -> None:
    """Run the work in several threads that start at the same moment."""
    barrier = threading.Barrier(THREADS)

    def start(number: int) -> None:
        barrier.wait(timeout=20)
        work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(start, n) for n in range(THREADS)]:
            done.result(timeout=60)


@pytest.mark.scaled
def test_postgresql_is_tried_too() -> None:
    if not os.environ.get("HUB_TEST_DATABASE_URL"):
        reason = "HUB_TEST_DATABASE_URL names no PostgreSQL: sharing was tested on SQLite only"
        if os.environ.get("HUB_REQUIRE_SERVICES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)


def test_two_writers_never_share_or_skip_a_number(engine: Engine) -> None:
    bureaus = [new_id() for _ in range(3)]

    def work(number: int) -> None:
        for n in range(ROUNDS):
            # Different orders and overlaps: this would deadlock if locks were not sorted.
            audience = bureaus[::-1] if number % 2 else bureaus[n % 2 :]
            with Session(engine) as session, session.begin():
                feed.append(session, [change(*audience), change(bureaus[2])])

    _together(work)
    with Session(engine) as session:
        for bureau_id in bureaus:
            seqs = [row.seq for row in feed.read(session, bureau_id, 0, 999)]
            assert seqs == list(range(1, feed.head(session, bureau_id) + 1))
        assert feed.head(session, bureaus[2]) == THREADS * ROUNDS * 2


def test_a_reader_never_sees_a_number_before_a_smaller_one(engine: Engine) -> None:
    bureau_id = new_id()
    writing = threading.Event()
    seen: list[list[int]] = []

    def read() -> None:
        while not writing.is_set():
            with Session(engine) as session, session.begin():
                seen.append([row.seq for row in feed.read(session, bureau_id, 0, 999)])

    def work(_: int) -> None:
        for _round in range(ROUNDS):
            with Session(engine) as session, session.begin():
                feed.append(session, [change(bureau_id)])

    reader = threading.Thread(target=read)
    reader.start()
    _together(work)
    writing.set()
    reader.join(timeout=30)
    assert seen
    assert all(seqs == list(range(1, len(seqs) + 1)) for seqs in seen)


def test_first_appends_at_the_same_time_do_not_fail(engine: Engine) -> None:
    for _ in range(ROUNDS):
        bureau_id, chain = new_id(), new_id()

        def work(_: int, bureau_id: str = bureau_id, chain: str = chain) -> None:
            with Session(engine) as session, session.begin():
                ledger.append(session, chain, entry(), NOON)
                feed.append(session, [change(bureau_id)])

        _together(work)
        with Session(engine) as session:
            assert feed.head(session, bureau_id) == THREADS
            report = ledger.verify(session, chain)
            assert (report.ok, report.entries) == (True, THREADS)


def test_the_ledger_stays_sound_under_concurrent_writers(engine: Engine) -> None:
    chain = new_id()

    def work(_: int) -> None:
        for _round in range(ROUNDS):
            with Session(engine) as session, session.begin():
                ledger.append_many(session, chain, [(entry(1), NOON), (entry(2), NOON)])
            with Session(engine) as session, session.begin():
                assert ledger.verify(session, chain).ok

    _together(work)
    with Session(engine) as session:
        assert ledger.verify(session, chain).entries == THREADS * ROUNDS * 2


def test_opening_the_same_share_at_once_makes_one(engine: Engine) -> None:
    record_id = new_id()
    opened: list[str] = []

    def work(_: int) -> None:
        with Session(engine) as session, session.begin():
            opened.append(create_share(session, record_id=record_id).id)

    _together(work)
    with Session(engine) as session, session.begin():
        (share,) = shares_of(session, "case", record_id)
        recall(session, share, by="user-wu", reason="leave nothing behind", at=NOON)
        assert set(opened) == {share.id}
