"""Each bureau's feed: what changed, numbered without gaps in commit order.

Why a counter row and not a sequence: a sequence hands out numbers when rows are inserted, but
rows become visible when their transaction ends. A slow transaction with number 7 may end after
one with number 8; a reader that has read up to 8 would never come back for 7, and a rollback
leaves a hole that looks like a loss. Here the writer locks the bureau's counter row and keeps it
until its transaction ends, so the next writer waits, takes the next number after that end, and a
rollback gives the numbers back. Readers never wait.

Call ``append`` once per transaction, late in it: the lock is held from there to the end,
and two transactions that lock the same bureaus in several calls could lock them crosswise.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import cast

from sqlalchemy import (
    CursorResult,
    Executable,
    and_,
    case,
    delete,
    false,
    func,
    insert,
    or_,
    select,
)
from sqlalchemy.orm import Session

from sharing.errors import FeedPositionRefused
from sharing.models import FeedAck, FeedChange, FeedCounter
from sharing.upsert import dialect_of, upsert_for, upsert_into


@dataclass(frozen=True, slots=True)
class NewChange:
    """A change to be told to some bureaus; ``at`` is UTC-aware."""

    bureau_ids: Collection[str]
    kind: str
    record_id: str
    version: int
    verb: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One row of a bureau's feed, as read."""

    seq: int
    kind: str
    record_id: str
    version: int
    verb: str
    at: datetime


_ROW = (
    FeedChange.seq,
    FeedChange.kind,
    FeedChange.record_id,
    FeedChange.version,
    FeedChange.verb,
    FeedChange.at,
)


def _allocate(session: Session, wanted: Counter[str]) -> dict[str, int]:
    """Lock the counters and raise them; returns the last number of each bureau.

    One statement does for absent and present rows, so two first appends at the same time are
    safe: the second waits for the first's row and raises it. Rows are locked in the order given,
    and everybody sorts, so writers with several bureaus in common queue instead of deadlocking.
    SQLite has one writer at a time, which gives the same.
    """
    rows = [{"bureau_id": b, "last_seq": wanted[b]} for b in sorted(wanted)]
    result = session.connection().execute(_raised(dialect_of(session)), rows)
    return {row.bureau_id: row.last_seq for row in result}


@cache
def _raised(dialect: str) -> Executable:
    """Made once: every transaction comes by here, and making it takes as long as running it."""
    statement = upsert_for(dialect, FeedCounter)
    return statement.on_conflict_do_update(
        index_elements=["bureau_id"],
        set_={"last_seq": FeedCounter.last_seq + statement.excluded.last_seq},
    ).returning(FeedCounter.bureau_id, FeedCounter.last_seq)


def append(session: Session, changes: Sequence[NewChange]) -> dict[str, int]:
    """Add the changes to the feed of every bureau they name, in the order given.

    Returns the last number of each bureau concerned. The numbers are the caller's once its
    transaction commits; a rollback gives them back.
    """
    wanted = Counter(bureau_id for change in changes for bureau_id in set(change.bureau_ids))
    if not wanted:
        return {}
    last = _allocate(session, wanted)
    following = {bureau_id: last[bureau_id] - n + 1 for bureau_id, n in wanted.items()}
    rows = []
    for change in changes:
        for bureau_id in sorted(set(change.bureau_ids)):
            rows.append(
                {
                    "bureau_id": bureau_id,
                    "seq": following[bureau_id],
                    "kind": change.kind,
                    "record_id": change.record_id,
                    "version": change.version,
                    "verb": change.verb,
                    "at": change.at,
                }
            )
            following[bureau_id] += 1
    session.connection().execute(insert(FeedChange), rows)
    return last


def read(session: Session, bureau_id: str, after: int, limit: int) -> list[FeedRow]:
    """Return at most ``limit`` rows of a bureau's feed with numbers above ``after``, in order.

    Raises FeedPositionRefused for a limit below one.
    """
    if limit < 1:
        raise FeedPositionRefused("limit_refused", limit=limit)
    statement = (
        select(*_ROW)
        .where(FeedChange.bureau_id == bureau_id, FeedChange.seq > after)
        .order_by(FeedChange.seq)
        .limit(limit)
    )
    return [FeedRow(*row) for row in session.execute(statement)]


def read_many(
    session: Session, starts: Collection[tuple[str, int]], limit: int
) -> dict[tuple[str, int], list[FeedRow]]:
    """Return the same for several bureaus and numbers, in one statement; by (bureau, after).

    Numbers have no gaps, so what follows a number are the ``limit`` numbers after it; where these
    were pruned, the feed is read by itself. Raises FeedPositionRefused for a limit below one.
    """
    if limit < 1:
        raise FeedPositionRefused("limit_refused", limit=limit)
    within = [
        and_(FeedChange.bureau_id == bureau_id, FeedChange.seq.between(after + 1, after + limit))
        for bureau_id, after in starts
    ]
    by_bureau: dict[str, list[FeedRow]] = defaultdict(list)
    statement = select(FeedChange.bureau_id, *_ROW).where(or_(false(), *within))
    for row in session.connection().execute(statement.order_by(FeedChange.seq)):
        by_bureau[row.bureau_id].append(FeedRow(*row[1:]))
    found = {}
    for bureau_id, after in starts:
        theirs = [row for row in by_bureau[bureau_id] if after < row.seq <= after + limit]
        found[bureau_id, after] = theirs or read(session, bureau_id, after, limit)
    return found


def heads(session: Session, bureau_ids: Collection[str]) -> dict[str, int]:
    """Return the newest number of each bureau's feed, 0 where nothing happened yet."""
    statement = select(FeedCounter.bureau_id, FeedCounter.last_seq).where(
        FeedCounter.bureau_id.in_(bureau_ids)
    )
    found = {row.bureau_id: row.last_seq for row in session.connection().execute(statement)}
    return {bureau_id: found.get(bureau_id, 0) for bureau_id in bureau_ids}


def head(session: Session, bureau_id: str) -> int:
    """Return the newest number of a bureau's feed, 0 when nothing happened yet."""
    return heads(session, [bureau_id])[bureau_id]


def can_resume(session: Session, bureau_id: str, after: int) -> bool:
    """Tell whether everything after ``after`` can still be served; if not, the client reloads.

    It cannot when the number was never given out, was given out before a restore (see ``leap``),
    or rows after it were pruned.
    """
    counter = session.execute(
        select(FeedCounter.last_seq, FeedCounter.floor).where(FeedCounter.bureau_id == bureau_id)
    ).one_or_none()
    newest, floor = (0, 0) if counter is None else counter
    if not max(0, floor) <= after <= newest:
        return False
    if after == newest:
        return True
    oldest = session.scalar(
        select(func.min(FeedChange.seq)).where(FeedChange.bureau_id == bureau_id)
    )
    return oldest is not None and after + 1 >= oldest


def leap(session: Session, bureau_ids: Collection[str], at: datetime) -> None:
    """Go on, in a hub restored from a backup, with numbers that nobody can have been given.

    After the backup was taken other changes got the numbers that would come next, and clients hold
    these. As soon as the feed came that far again such a client would read on from the middle of
    changes that it never heard of. So the feed goes on from the time in milliseconds: higher than
    what any feed reached before ``at``, also one that had leapt already. Every older number is
    refused, and its holder reads everything afresh.
    """
    start = int(at.timestamp() * 1000)
    for bureau_id, last in sorted(heads(session, bureau_ids).items()):
        number = max(start, last + 1)
        statement = upsert_into(session, FeedCounter).values(
            bureau_id=bureau_id, last_seq=number, floor=number
        )
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["bureau_id"], set_={"last_seq": number, "floor": number}
            )
        )


@dataclass(frozen=True, slots=True)
class Position:
    """Up to which number a reader of a bureau's feed says that everything has arrived."""

    bureau_id: str
    reader_id: str
    seq: int


def acknowledge(session: Session, bureau_id: str, reader_id: str, seq: int, at: datetime) -> int:
    """Record that a reader has everything up to ``seq``; returns how far it now stands.

    Raises FeedPositionRefused when the feed has not come that far.
    """
    (answer,) = acknowledge_all(session, [Position(bureau_id, reader_id, seq)], at)
    if isinstance(answer, FeedPositionRefused):
        raise answer
    return answer


def acknowledge_all(
    session: Session, positions: Sequence[Position], at: datetime
) -> list[int | FeedPositionRefused]:
    """Record how far many readers are, in two statements; returns how far each now stands.

    None ever goes back: an older acknowledgement that arrives late changes nothing. What a feed
    was never told is refused by itself, in its place.
    """
    newest = heads(session, {one.bureau_id for one in positions})
    furthest: dict[tuple[str, str], int] = {}
    for one in positions:
        if 0 <= one.seq <= newest[one.bureau_id]:
            key = (one.bureau_id, one.reader_id)
            furthest[key] = max(one.seq, furthest.get(key, 0))
    # In sorted order, as counters are locked: those who write the same rows queue.
    rows = [
        {"bureau_id": bureau_id, "reader_id": reader_id, "seq": seq, "at": at}
        for (bureau_id, reader_id), seq in sorted(furthest.items())
    ]
    found = session.connection().execute(_risen(dialect_of(session)), rows) if rows else ()
    stands = {(row.bureau_id, row.reader_id): row.seq for row in found}
    return [
        stands[one.bureau_id, one.reader_id]
        if 0 <= one.seq <= newest[one.bureau_id]
        else FeedPositionRefused("acknowledged_ahead", seq=one.seq, head=newest[one.bureau_id])
        for one in positions
    ]


@cache
def _risen(dialect: str) -> Executable:
    """Made once, as ``_raised``."""
    statement = upsert_for(dialect, FeedAck)
    rises = statement.excluded.seq > FeedAck.seq
    return statement.on_conflict_do_update(
        index_elements=["bureau_id", "reader_id"],
        set_={
            "seq": case((rises, statement.excluded.seq), else_=FeedAck.seq),
            "at": case((rises, statement.excluded.at), else_=FeedAck.at),
        },
    ).returning(FeedAck.bureau_id, FeedAck.reader_id, FeedAck.seq)


def prune(session: Session, before: datetime) -> int:
    """Delete what is older than ``before`` from the old end of each feed; returns the number.

    Only an unbroken run from the oldest row goes: a row that a wrong clock dated too early stays
    while something before it stays, so a feed never has a hole.
    """
    young = func.min(FeedChange.seq).filter(FeedChange.at >= before)
    # Where no row is young, all that are seen here go, but none that is being added meanwhile.
    bounds = select(
        FeedChange.bureau_id, func.coalesce(young, func.max(FeedChange.seq) + 1)
    ).group_by(FeedChange.bureau_id)
    gone = 0
    for bureau_id, keep_from in session.execute(bounds).all():
        old = delete(FeedChange).where(
            FeedChange.bureau_id == bureau_id, FeedChange.seq < keep_from
        )
        done = session.execute(old, execution_options={"synchronize_session": False})
        gone += cast("CursorResult[tuple[()]]", done).rowcount
    return gone
