"""The one place that writes a change and tells of it: feed rows and audit, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.access import Actor
from hub.db import utc_now
from sharing import feed, ledger

PENDING = "hub.changes"
RUNG = "hub.doorbells"

SYSTEM = Actor(
    user_id="system",
    name="系统",  # data, not screen text
    bureau_id="hub",
    bureau_name="系统",  # data, not screen text
    roles=frozenset(),
    clearance=0,
    rights=frozenset(),
)


@dataclass(frozen=True)
class Told:
    """A change as a hook before the commit sees it: what, by whom, told to which bureaus."""

    kind: str
    record_id: str
    verb: str
    bureau_ids: frozenset[str]
    actor_id: str
    actor_bureau_id: str
    detail: Mapping[str, Any]


@dataclass
class Pending:
    """What a transaction has to tell when it commits."""

    changes: list[feed.NewChange] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    entries: list[tuple[str, ledger.NewEntry, datetime]] = field(default_factory=list)


def _pending(session: Session) -> Pending:
    return session.info.setdefault(PENDING, Pending())  # type: ignore[no-any-return]


def record_change(
    session: Session,
    actor: Actor,
    *,
    kind: str,
    record_id: str,
    version: int,
    verb: str,
    bureaus: Iterable[str],
    detail: Mapping[str, Any] | None = None,
    versions: Mapping[str, int] | None = None,
) -> None:
    """Tell the bureaus concerned that a record changed, and enter it in their audit chains.

    Nothing is written until the unit of work commits: counters and chain heads are then locked
    once, in sorted order and for as short as possible, so that two writers never wait in a circle.

    Args:
        verb: what happened, e.g. `created`, `updated`, `signed`, `recalled`.
        bureaus: ids of every bureau that may see the record (its owner included).
        detail: what the audit entry keeps beside who, what and when: plain JSON values,
            no content that another chain's reader must not see.
        versions: of bureaus that count the record's versions in their own way.
    """
    at = utc_now()
    told = frozenset(bureaus)
    pending = _pending(session)
    pending.changes += _rows(kind, record_id, version, verb, at, told, versions or {})
    pending.told.append(
        Told(kind, record_id, verb, told, actor.user_id, actor.bureau_id, dict(detail or {}))
    )
    _enter(pending, actor, f"{kind}.{verb}", kind, record_id, told | {actor.bureau_id}, detail, at)


def _rows(
    kind: str,
    record_id: str,
    version: int,
    verb: str,
    at: datetime,
    bureaus: Iterable[str],
    versions: Mapping[str, int],
) -> Iterator[feed.NewChange]:
    """A change for each number by which bureaus count it."""
    by_version: dict[int, set[str]] = defaultdict(set)
    for bureau_id in bureaus:
        by_version[versions.get(bureau_id, version)].add(bureau_id)
    for one, ids in sorted(by_version.items()):
        yield feed.NewChange(
            bureau_ids=frozenset(ids), kind=kind, record_id=record_id, version=one, verb=verb, at=at
        )


def view_changed(
    session: Session,
    *,
    kind: str,
    record_id: str,
    version: int,
    bureaus: Iterable[str],
    versions: Mapping[str, int] | None = None,
) -> None:
    """Tell bureaus that a record reads otherwise to them though nothing was done to it.

    What it points at changed, and that stands in the audit chains. A feed row alone: an entry would
    name the record in chains of bureaus that have no part in it.

    Args:
        bureaus: ids of those that see the record at this moment.
        versions: of bureaus that count the record's versions in their own way.
    """
    _pending(session).changes += _rows(
        kind, record_id, version, "updated", utc_now(), bureaus, versions or {}
    )


def record_act(
    session: Session,
    actor: Actor,
    *,
    action: str,
    kind: str,
    record_id: str,
    chains: Iterable[str] = (),
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Enter an act that changes nothing others see (a read of shared content, a sign-in).

    It goes to the chain of the actor's bureau and of each bureau in `chains`.
    """
    told = frozenset(chains) | {actor.bureau_id}
    _enter(_pending(session), actor, action, kind, record_id, told, detail, utc_now())


def _enter(
    pending: Pending,
    actor: Actor,
    action: str,
    kind: str,
    record_id: str,
    chains: frozenset[str],
    detail: Mapping[str, Any] | None,
    at: datetime,
) -> None:
    entry = ledger.NewEntry(
        actor_id=actor.user_id,
        actor_name=actor.name,
        actor_bureau_id=actor.bureau_id,
        action=action,
        kind=kind,
        record_id=record_id,
        detail=dict(detail or {}),
    )
    pending.entries.extend((chain, entry, at) for chain in sorted(chains))


def changed_records(session: Session) -> set[tuple[str, str]]:
    """Kind and id of what this transaction has changed so far."""
    pending: Pending | None = session.info.get(PENDING)
    return {(one.kind, one.record_id) for one in pending.changes} if pending else set()


def told_of(session: Session) -> Sequence[Told]:
    """The changes that the transaction will tell of when it commits, in order."""
    pending: Pending | None = session.info.get(PENDING)
    return pending.told if pending is not None else ()


def write_pending(session: Session) -> None:
    """Write the transaction's feed rows and audit entries; called by the unit of work alone."""
    pending: Pending | None = session.info.pop(PENDING, None)
    if pending is None:
        return
    session.flush()
    if pending.changes:
        session.info[RUNG] = feed.append(session, pending.changes)
    by_chain: dict[str, list[tuple[ledger.NewEntry, datetime]]] = defaultdict(list)
    for chain, entry, at in pending.entries:
        by_chain[chain].append((entry, at))
    ledger.append_to_chains(session, by_chain)
