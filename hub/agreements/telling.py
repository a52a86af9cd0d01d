"""Telling of a change of an agreement."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from hub.access import Actor
from hub.agreements.models import Agreement, AgreementState
from hub.changes import record_change

KIND = "agreement"


def tell(session: Session, actor: Actor, agreement: Agreement, verb: str, **detail: Any) -> None:
    """Count the change and tell everybody who sees the agreement."""
    agreement.version += 1
    session.flush()
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=agreement.id,
        version=agreement.version,
        verb=verb,
        bureaus=_told(agreement),
        detail=detail,
    )


def _told(agreement: Agreement) -> frozenset[str]:
    """Who hears of a change: the parties, of a private draft its own bureau alone."""
    if agreement.state == AgreementState.DRAFT:
        return frozenset({agreement.proposed_by})
    return agreement.party_ids
