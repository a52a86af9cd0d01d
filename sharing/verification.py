"""Reading an audit chain from its first entry to its head, to find the first that is not sound.

An entry is sound when its number follows, it points back to the entry before, its own hash
covers it, and its successor (or the head) agrees with that hash. Memory stays constant: rows are
streamed. What is broken is told by these codes:

``edited``            the entry is not what was hashed
``rewritten``         the entry was hashed anew, but its successor or the head remembers another
``deleted``           the entry is missing, later ones are there
``inserted``          the entry was put between others, or behind the head
``reordered``         the entry stands at another entry's place
``cut_tail``          the entries from here to the head are missing
``head_missing``      the head row is missing, so entries from here on may be too
``witness_mismatch``  a partner's checkpoint remembers another entry here, or one that is missing
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, String, func, select, type_coerce
from sqlalchemy.orm import Session

from sharing.audit_hash import GENESIS, HASHED_FIELDS, entry_hash
from sharing.canonical import utc_text
from sharing.errors import NotCanonical
from sharing.models import AuditEntry, AuditHead

_BATCH = 2000

_Entries = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a chain stood: the number of its last entry (0: empty) and that entry's hash, hex."""

    chain: str
    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """The outcome for one chain; ``first_broken`` is the lowest number that cannot be trusted."""

    chain: str
    # entries read and found sound
    entries: int
    ok: bool
    first_broken: int | None = None
    # a code of the table above
    what: str | None = None


@dataclass(frozen=True, slots=True)
class _Finding:
    number: int
    what: str


def _moment_text(stored: object) -> object:
    """The time as it was hashed. Read raw, as a tampered text must not stop the reading."""
    if isinstance(stored, datetime):  # pragma: no cover - PostgreSQL
        return utc_text(stored)
    text = str(stored)
    # SQLite keeps "2026-11-23 06:29:32.000000", always UTC.
    return f"{text[:10]}T{text[11:]}Z"


_COLUMNS = (
    AuditEntry.chain,
    AuditEntry.number,
    type_coerce(AuditEntry.at, String).label("at"),
    AuditEntry.actor_id,
    AuditEntry.actor_name,
    AuditEntry.actor_bureau_id,
    AuditEntry.action,
    AuditEntry.kind,
    AuditEntry.record_id,
    AuditEntry.detail,
    AuditEntry.prev_hash,
    AuditEntry.hash,
)


def _is_own(row: RowMapping, number: int) -> bool:
    """Whether the row is what was hashed as the entry of that number."""
    fields = {name: row[name] for name in HASHED_FIELDS}
    fields["number"] = number
    fields["at"] = _moment_text(row["at"])
    try:
        return bool(entry_hash(fields) == row["hash"])
    except NotCanonical:  # e.g. a blob where text was
        return False


def _select(chain: str) -> _Entries:
    return select(*_COLUMNS).where(AuditEntry.chain == chain)


def _row_at(session: Session, chain: str, number: int) -> RowMapping | None:
    return session.execute(_select(chain).where(AuditEntry.number == number)).mappings().first()


def _true_number(session: Session, row: RowMapping, number: int) -> int | None:
    """The number under which the row was hashed, if it is a genuine entry out of place."""
    follows = session.scalar(
        select(func.min(AuditEntry.number)).where(
            AuditEntry.chain == row["chain"], AuditEntry.hash == row["prev_hash"]
        )
    )
    near = [number, number - 1, number + 1]
    candidates = near if follows is None else [*near, follows + 1]
    return next((c for c in candidates if _is_own(row, c)), None)


def _diagnose(session: Session, row: RowMapping, number: int) -> _Finding:
    """Name what happened to a row that does not follow; runs once, at the first break."""
    true = _true_number(session, row, number)
    following = _row_at(session, row["chain"], number + 1)
    next_is_this = following is not None and _is_own(following, number)
    if true == number:
        # Sound in itself, but it remembers another predecessor: that one was hashed anew.
        return _Finding(max(number - 1, 1), "rewritten")
    if true == number - 1:
        # The genuine entry of the place before: something else was put there.
        return _Finding(number - 1, "inserted")
    if true is None:
        return _Finding(number, "inserted" if next_is_this else "edited")
    if true == number + 1 and not next_is_this:
        return _Finding(number, "deleted")
    return _Finding(number, "reordered")


@dataclass(slots=True)
class _Walk:
    """How far a chain was read and found sound, and the row at which that ended."""

    number: int = 0
    hash: str = GENESIS
    stopped_at: RowMapping | None = None
    finding: _Finding | None = None


def _walk(session: Session, statement: _Entries, witnessed: Mapping[int, str]) -> _Walk:
    walk = _Walk()
    statement = statement.order_by(AuditEntry.number)
    with session.execute(statement, execution_options={"yield_per": _BATCH}) as result:
        for row in result.mappings():
            number = walk.number + 1
            if row["number"] != number:
                missing = row["number"] > number
                walk.finding = _Finding(
                    *((number, "deleted") if missing else (row["number"], "inserted"))
                )
                break
            if row["prev_hash"] != walk.hash or not _is_own(row, number):
                walk.stopped_at = row
                break
            if witnessed.get(number, row["hash"]) != row["hash"]:
                walk.finding = _Finding(number, "witness_mismatch")
                break
            walk.number, walk.hash = number, row["hash"]
    return walk


def _head(session: Session, chain: str) -> Checkpoint | None:
    row = session.execute(
        select(AuditHead.number, AuditHead.hash).where(AuditHead.chain == chain)
    ).one_or_none()
    return None if row is None else Checkpoint(chain, row.number, row.hash)


def _check_end(
    session: Session, walk: _Walk, end: Checkpoint | None, chain: str
) -> _Finding | None:
    """Compare where the entries ended with the head row, and look behind the head."""
    if end is None:
        return _Finding(walk.number + 1, "head_missing") if walk.number else None
    if walk.number < end.number:
        return _Finding(walk.number + 1, "cut_tail")
    if walk.hash != end.hash:
        return _Finding(max(walk.number, 1), "rewritten")
    # Entries first, head second: what others append meanwhile raises the head before we look.
    newest = session.scalar(select(func.max(AuditEntry.number)).where(AuditEntry.chain == chain))
    now = _head(session, chain)
    if now is not None and newest is not None and newest > now.number:
        return _Finding(now.number + 1, "inserted")
    return None


def verify(session: Session, chain: str, *, witnessed: Sequence[Checkpoint] = ()) -> VerifyReport:
    """Check one chain against its head row and the checkpoints that partners kept of it.

    Streams: memory does not grow with the number of entries. May run while others append.
    """
    known = {c.number: c.hash for c in witnessed if c.chain == chain and c.number > 0}
    end = _head(session, chain)
    statement = _select(chain)
    if end is not None:
        statement = statement.where(AuditEntry.number <= end.number)
    walk = _walk(session, statement, known)
    if walk.stopped_at is not None:
        finding: _Finding | None = _diagnose(session, walk.stopped_at, walk.number + 1)
    else:
        finding = walk.finding or _check_end(session, walk, end, chain)
    if finding is None and any(number > walk.number for number in known):
        finding = _Finding(walk.number + 1, "cut_tail")
    if finding is None:
        return VerifyReport(chain, walk.number, ok=True)
    return VerifyReport(chain, walk.number, False, finding.number, finding.what)


def verify_all(session: Session, *, witnessed: Sequence[Checkpoint] = ()) -> list[VerifyReport]:
    """Check every chain that has entries, a head, or a checkpoint kept by a partner."""
    named = session.scalars(select(AuditHead.chain).union(select(AuditEntry.chain)))
    names = {*named, *(c.chain for c in witnessed)}
    return [verify(session, name, witnessed=witnessed) for name in sorted(names)]
