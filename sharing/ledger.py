"""The audit log: a hash chain that shows every later edit, deletion, insertion or re-ordering.

What it cannot show by itself is that someone cut the end *and* rewrote the head row, or rewrote
everything from some entry on. For that, partners keep each other's ``checkpoint`` (exchanged
daily and at every meeting) and hand it to ``verify``.

The head row stays locked to the end of the transaction. Write late in it, several chains in
one call, and always on the same side of the feed, so that two writers cannot wait in a circle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, bindparam, insert, select, update
from sqlalchemy.orm import Session

from sharing.audit_hash import GENESIS, entry_hash
from sharing.canonical import canonical_text
from sharing.models import AuditEntry, AuditHead
from sharing.upsert import dialect_of, upsert_for
from sharing.verification import Checkpoint, VerifyReport, verify, verify_all

__all__ = [
    "GENESIS",
    "Checkpoint",
    "NewEntry",
    "VerifyReport",
    "append",
    "append_many",
    "append_to_chains",
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


def _take_numbers(session: Session, counts: Mapping[str, int]) -> dict[str, tuple[int, str]]:
    """Lock the heads of chains and raise their numbers; returns the old number and hash of each.

    One statement for new chains and old ones, so two first entries at once are safe. It locks in
    the order given, and everybody sorts. The hashes follow when the entries are made; nobody else
    sees the heads before the transaction ends.
    """
    values = [
        {"chain": chain, "number": counts[chain], "hash": GENESIS} for chain in sorted(counts)
    ]
    rows = session.connection().execute(_raised(dialect_of(session)), values)
    return {row.chain: (row.number - counts[row.chain], row.hash) for row in rows}


# Statements are made once: every transaction comes by here, and making one takes as long as
# running it.
@cache
def _raised(dialect: str) -> Executable:
    statement = upsert_for(dialect, AuditHead)
    return statement.on_conflict_do_update(
        index_elements=["chain"], set_={"number": AuditHead.number + statement.excluded.number}
    ).returning(AuditHead.chain, AuditHead.number, AuditHead.hash)


_ENTRIES = insert(AuditEntry)
_LAST_HASH = (
    update(AuditHead).where(AuditHead.chain == bindparam("of")).values(hash=bindparam("last"))
)


def append_to_chains(
    session: Session, by_chain: Mapping[str, Sequence[tuple[NewEntry, datetime]]]
) -> dict[str, list[dict[str, Any]]]:
    """Add entries to the ends of chains, in order, each with its time (UTC-aware).

    Every head is locked and written once; three statements, however many chains and entries.
    Returns the rows by chain.

    Raises NotCanonical when details have no canonical JSON form, NaiveDatetime for a naive time.
    """
    wanted = {chain: entries for chain, entries in by_chain.items() if entries}
    if not wanted:
        return {}
    # An entry that goes to several chains is written out once.
    all_entries = {id(one): one for entries in wanted.values() for one, _at in entries}
    details = {key: canonical_text(one.detail) for key, one in all_entries.items()}
    ends = _take_numbers(session, {chain: len(entries) for chain, entries in wanted.items()})
    made = {
        chain: _linked(chain, *ends[chain], entries, details) for chain, entries in wanted.items()
    }
    # Inserted as rows and not as objects: every transaction comes by here.
    connection = session.connection()
    connection.execute(_ENTRIES, [one for rows in made.values() for one in rows])
    connection.execute(
        _LAST_HASH, [{"of": chain, "last": made[chain][-1]["hash"]} for chain in sorted(made)]
    )
    return made


def _linked(
    chain: str,
    number: int,
    previous: str,
    entries: Sequence[tuple[NewEntry, datetime]],
    details: Mapping[int, str],
) -> list[dict[str, Any]]:
    """Entries that follow one of a chain, each with the hash of the one before, as rows."""
    rows = []
    for entry, at in entries:
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
            "detail": details[id(entry)],
            "prev_hash": previous,
        }
        previous = entry_hash(values)
        rows.append(values | {"hash": previous})
    return rows


def append_many(
    session: Session, chain: str, entries: Sequence[tuple[NewEntry, datetime]]
) -> list[AuditEntry]:
    """Add entries to the end of one chain; see ``append_to_chains``."""
    return [AuditEntry(**row) for row in append_to_chains(session, {chain: entries}).get(chain, [])]


def append(session: Session, chain: str, entry: NewEntry, at: datetime) -> AuditEntry:
    """Add one entry to the end of a chain; see ``append_to_chains``."""
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
