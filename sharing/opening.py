"""How shares begin: one record opened to one bureau or to many, each as its decision allows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing.decisions import EXISTENCE, Allowed, Decision, Denied, Gray
from sharing.errors import SharingError
from sharing.models import Share, ShareLevel, ShareState, new_id
from sharing.obligations import keep_until
from sharing.upsert import upsert_into


class Opened(NamedTuple):
    """A share that runs, and whether it began with this call."""

    share: Share
    new: bool


def _held(
    session: Session, kind: str, record_id: str, partners: Collection[str]
) -> dict[str, Share]:
    """The active shares of a record to some partners, by partner."""
    rows = session.scalars(
        select(Share).where(
            Share.kind == kind,
            Share.record_id == record_id,
            Share.partner_bureau_id.in_(partners),
            Share.state == ShareState.ACTIVE,
        )
    )
    return {share.partner_bureau_id: share for share in rows}


def _opens(decision: Allowed | Gray) -> tuple[ShareLevel, frozenset[str]]:
    if isinstance(decision, Allowed):
        return ShareLevel.WHITE, decision.field_groups
    return ShareLevel.GRAY, frozenset({EXISTENCE})


def open_share(
    session: Session,
    decision: Allowed | Gray,
    *,
    kind: str,
    record_id: str,
    owner: str,
    partner: str,
    purpose: str,
    created_by: str,
    at: datetime,
    until: datetime | None = None,
) -> Share:
    """Open a record to a partner as a decision allows; see ``open_shares``."""
    (opened,) = open_shares(
        session,
        {partner: decision},
        kind=kind,
        record_id=record_id,
        owner=owner,
        purpose=purpose,
        created_by=created_by,
        at=at,
        until=until,
    )
    return opened.share


def open_shares(
    session: Session,
    decisions: Mapping[str, Allowed | Gray],
    *,
    kind: str,
    record_id: str,
    owner: str,
    purpose: str,
    created_by: str,
    at: datetime,
    until: datetime | None = None,
) -> list[Opened]:
    """Open a record to partners, each as its decision allows, in their order.

    Three statements, however many partners. ``at`` and ``until`` are UTC-aware.

    Idempotent: a running share that already opens as much is returned as it is (``until`` does
    not lengthen it). One that opens less, or whose time is over, ends and a new one begins, so
    the partner's receipts say what he received.
    Raises SharingError for a denied decision, the owner as partner, or an end before the start.
    """
    for partner, decision in decisions.items():
        _check(partner, decision, owner)
    if until is not None and until <= at:
        raise SharingError("ends_before_start", until=until, at=at)
    held = _held(session, kind, record_id, decisions)
    kept = {p: share for p, share in held.items() if _serves(share, decisions[p], at)}
    for share in held.values():
        if share not in kept.values():
            why = "superseded" if share.is_running(at) else why_over(share, at)
            share.end(ShareState.EXPIRED, at=at, by=None, reason=why)
    common = {
        "kind": kind,
        "record_id": record_id,
        "owner_bureau_id": owner,
        "purpose": purpose,
        "created_by": created_by,
        "created_at": at,
        "until": until,
    }
    rows = [
        common | _under(decision, at) | {"id": new_id(), "partner_bureau_id": partner}
        for partner, decision in decisions.items()
        if partner not in kept
    ]
    began = _insert(session, rows, kind, record_id) if rows else {}
    return [
        Opened(kept[partner], new=False) if partner in kept else began[partner]
        for partner in decisions
    ]


def _check(partner: str, decision: Decision, owner: str) -> None:
    if isinstance(decision, Denied):
        raise SharingError("share_denied", reason=decision.reason)
    if owner == partner:
        raise SharingError("own_record", bureau_id=owner)


def _serves(share: Share, decision: Allowed | Gray, at: datetime) -> bool:
    """Whether a share runs and opens all that a decision allows."""
    _level, groups = _opens(decision)
    return share.is_running(at) and groups <= set(share.field_groups)


def _under(decision: Allowed | Gray, at: datetime) -> dict[str, Any]:
    """What a share that begins takes from its decision."""
    level, groups = _opens(decision)
    return {
        "agreement_id": decision.agreement_id,
        "agreement_version": decision.agreement_version,
        "clause": decision.clause,
        "level": level,
        "field_groups": sorted(groups),
        "state": ShareState.ACTIVE,
        "keep_until": keep_until(decision, at),
        "onward_consented": False,
        "version": 1,
    }


def _insert(
    session: Session, rows: Sequence[Mapping[str, Any]], kind: str, record_id: str
) -> dict[str, Opened]:
    """Begin shares, in sorted order of partners; by partner.

    Two people may open the same at once: the second waits, inserts nothing, finds the first's.
    """
    session.flush()
    ordered = sorted(rows, key=lambda row: str(row["partner_bureau_id"]))
    statement = upsert_into(session, Share).on_conflict_do_nothing().returning(Share.id)
    # Values as parameters, not in the statement: so it is compiled once.
    mine = set(session.connection().scalars(statement, ordered))
    began = _held(session, kind, record_id, [row["partner_bureau_id"] for row in ordered])
    if len(began) < len(ordered):  # pragma: no cover - others ended it between two statements
        raise SharingError("share_busy", kind=kind, record_id=record_id)
    return {partner: Opened(share, share.id in mine) for partner, share in began.items()}


def why_over(share: Share, at: datetime) -> str:
    """Say which of its two ends ended a share whose time is over."""
    kept = share.keep_until
    return "retention_over" if kept is not None and kept <= at else "until_passed"
