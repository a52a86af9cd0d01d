"""The audit log: a hash chain that shows every later edit, deletion, insertion or re-ordering.

What it cannot show by itself is that someone cut the end *and* rewrote the head row, or rewrote
everything from some entry on. For that, partners keep each other's ``checkpoint`` (exchanged
daily and at every meeting) and hand it to ``verify``.

The head row stays locked to the end of the transaction. Write late in it, several chains in
sorted order, and always on the same side of the feed, so that two writers cannot wait in a circle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sharing.audit_hash import GENESIS, entry_hash
from sharing.canonical import canonical_text
from sharing.models import AuditEntry, AuditHead
from sharing.upsert import upsert_into
from sharing.verification import Checkpoint, VerifyReport, verify, verify_all

__all__ = [
    "GENESIS",
    "Checkpoint",
    "NewEntry",
    "VerifyReport",
    "append",
    "append_many",
    "chains",
    "checkpoint",
    "verify",
    "verify_all",
]


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An act to be logged: who did what to which record, and details that have a JSON form."""

    action: str
    actor_name: str
    actor_id: str | None = None
    actor_bureau_id: str | None = None
    kind: str | None = None
    record_id: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)


def _take_numbers(session: Session, chain: str, count: int) -> tuple[int, str]:
    """Lock the chain's head and raise its number; returns the old number and hash.

    One statement for a new chain and an old one, so two first entries at once are safe. The hash
    follows when the entries are made; nobody else sees the head before the transaction ends.
    """
    statement = upsert_into(session, AuditHead)
    statement = statement.on_conflict_do_update(
        index_elements=["chain"], set_={"number": AuditHead.number + statement.excluded.number}
    )
    # Values as parameters, not in the statement: so it is compiled once.
    values = {"chain": chain, "number": count, "hash": GENESIS}
    returning = statement.returning(AuditHead.number, AuditHead.hash)
    row = session.connection().execute(returning, values).one()
    return row.number - count, row.hash


def append_many(
    session: Session, chain: str, entries: Sequence[tuple[NewEntry, datetime]]
) -> list[AuditEntry]:
    """Add entries to the end of a chain, in order, each with its time (UTC-aware).

    The head is locked and written once for all of them.

    Raises NotCanonical when details have no canonical JSON form, NaiveDatetime for a naive time.
    """
    if not entries:
        return []
    details = [canonical_text(entry.detail) for entry, _at in entries]
    number, previous = _take_numbers(session, chain, len(entries))
    rows = []
    for (entry, at), detail in zip(entries, details, strict=True):
        number += 1
        values = {
            "chain": chain,
            "number": number,
            "at": at,
            "actor_id": entry.actor_id,
            "actor_name": entry.actor_name,
            "actor_bureau_id": entry.actor_bureau_id,
            "action": entry.action,
            "kind": entry.kind,
            "record_id": entry.record_id,
            "detail": detail,
            "prev_hash": previous,
        }
        previous = entry_hash(values)
        rows.append(AuditEntry(**values, hash=previous))
    session.add_all(rows)
    session.flush()
    session.execute(
        update(AuditHead).where(AuditHead.chain == chain).values(hash=previous),
        execution_options={"synchronize_session": False},
    )
    return rows


def append(session: Session, chain: str, entry: NewEntry, at: datetime) -> AuditEntry:
    """Add one entry to the end of a chain; see ``append_many``."""
    return append_many(session, chain, [(entry, at)])[0]


def chains(session: Session) -> list[str]:
    """Return the names of all chains that have a head or entries, sorted."""
    named = select(AuditHead.chain).union(select(AuditEntry.chain))
    return sorted(session.scalars(named))


def checkpoint(session: Session, chain: str) -> Checkpoint:
    """Return where a chain ends now, for a partner to keep as witness."""
    row = session.execute(
        select(AuditHead.number, AuditHead.hash).where(AuditHead.chain == chain)
    ).one_or_none()
    return Checkpoint(chain, 0, GENESIS) if row is None else Checkpoint(chain, row[0], row[1])
