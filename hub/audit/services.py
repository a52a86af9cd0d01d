"""Reading and checking the audit chain of the reader's own bureau."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.directory import names_of
from hub.bureaus.services import bureaus
from hub.web.lists import Listing, Order, between, containing, narrowed
from sharing.canonical import utc_text
from sharing.ledger import VerifyReport, verify
from sharing.models import AuditEntry

EXPORT_LIMIT = 20_000


@dataclass(frozen=True)
class AuditFilter:
    """Which entries are asked for; None means any. The period is since ≤ at < until."""

    person: str | None = None
    action: str | None = None
    kind: str | None = None
    record: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    # oldest first, not newest
    oldest: bool = False


def entry_view(entry: AuditEntry, bureau_names: dict[str, str]) -> dict[str, Any]:
    """An entry for screens and programs."""
    return {
        "number": entry.number,
        "at": utc_text(entry.at),
        "actor_id": entry.actor_id,
        "actor_name": entry.actor_name,
        "bureau_id": entry.actor_bureau_id,
        "bureau_name": bureau_names.get(entry.actor_bureau_id or "", entry.actor_bureau_id),
        "action": entry.action,
        "kind": entry.kind,
        "record_id": entry.record_id,
        "detail": json.loads(entry.detail),
        "hash": entry.hash,
        "prev_hash": entry.prev_hash,
    }


def entries(session: Session, actor: Actor, wanted: AuditFilter) -> Listing[AuditEntry]:
    """The entries of the own bureau's chain that match, newest first.

    Raises:
        Forbidden: the actor does not audit.
    """
    actor.require(Right.AUDIT_READ)
    conditions: list[tuple[Any, ColumnElement[bool]]] = [
        (wanted.person, containing(wanted.person or "", AuditEntry.actor_name)),
        (wanted.action, containing(wanted.action or "", AuditEntry.action)),
        (wanted.kind, AuditEntry.kind == wanted.kind),
        (wanted.record, AuditEntry.record_id == wanted.record),
    ]
    chain = select(AuditEntry).where(
        AuditEntry.chain == actor.bureau_id, *between(AuditEntry.at, wanted.since, wanted.until)
    )
    names = bureau_names(session)
    return Listing(
        narrowed(chain, conditions),
        Order(AuditEntry.number, ascending=wanted.oldest),
        lambda rows: [entry_view(row, names) for row in rows],
    )


def bureau_names(session: Session) -> dict[str, str]:
    """Names of the bureaus by id."""
    return {row.id: row.name for row in bureaus(session)}


def verify_own(session: Session, actor: Actor) -> tuple[VerifyReport, dict[str, Any] | None]:
    """Check the own bureau's chain from its first entry; with the first broken one, if any.

    Raises:
        Forbidden: the actor does not audit.
    """
    actor.require(Right.AUDIT_READ)
    report = verify(session, actor.bureau_id)
    if report.ok or report.first_broken is None:
        return report, None
    entry = session.get(AuditEntry, (actor.bureau_id, report.first_broken))
    if entry is None:
        return report, None
    return report, {"number": entry.number, "action": entry.action, "actor_name": entry.actor_name}


def record_trail(
    session: Session, bureau_id: str, kind: str, record_id: str, limit: int = 50
) -> list[dict[str, Any]]:
    """What was done to one record, newest first, for the bureau that owns it; without details."""
    rows = session.execute(
        select(AuditEntry.at, AuditEntry.actor_id, AuditEntry.actor_name, AuditEntry.action)
        .where(
            AuditEntry.kind == kind,
            AuditEntry.record_id == record_id,
            AuditEntry.chain == bureau_id,
        )
        .order_by(AuditEntry.number.desc())
        .limit(limit)
    ).all()
    known = names_of(session, {row.actor_id for row in rows if row.actor_id})
    return [
        {
            "at": utc_text(row.at),
            "who": known.get(row.actor_id or "", row.actor_name),
            "action": row.action,
        }
        for row in rows
    ]
