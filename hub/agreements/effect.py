"""Whether an agreement is in force at a moment, and with which text.

By its state and the dates of its texts, never by a job.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements.models import Agreement, AgreementState
from hub.db import utc_now
from sharing import terms


def effective_state(agreement: Agreement, at: datetime | None = None) -> AgreementState:
    """The state at a moment. Signed by all, it is in force from its first day to its last."""
    moment = at or utc_now()
    stored = AgreementState(agreement.state)
    if stored is not AgreementState.SIGNED:
        return stored
    version = agreement.version_at(moment)
    if moment < version.valid_from:
        return AgreementState.SIGNED
    if moment >= version.valid_to:
        return AgreementState.EXPIRED
    return AgreementState.IN_FORCE


def is_in_force(agreement: Agreement, at: datetime | None = None) -> bool:
    """Whether the agreement opens anything at the moment."""
    return effective_state(agreement, at) is AgreementState.IN_FORCE


def states(session: Session, at: datetime | None = None) -> list[terms.AgreementState]:
    """All agreements as the sharing engine reads them, with their state at the moment."""
    moment = at or utc_now()
    return [_as_terms(row, moment) for row in session.scalars(select(Agreement))]


def _as_terms(agreement: Agreement, at: datetime) -> terms.AgreementState:
    version = agreement.version_at(at)
    return terms.AgreementState(
        agreement_id=agreement.id,
        version=version.number,
        parties=agreement.party_ids,
        state=str(effective_state(agreement, at)),
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        terms=terms.Terms.from_dict(version.terms),
    )


def in_force_between(
    session: Session, bureau_a: str, bureau_b: str, at: datetime | None = None
) -> list[Agreement]:
    """Agreements in force at the moment that have both bureaus as parties."""
    return [row for row in in_force_of(session, bureau_a, at) if bureau_b in row.party_ids]


def in_force_of(
    session: Session, bureau_id: str, at: datetime | None = None
) -> Sequence[Agreement]:
    """Agreements in force at the moment that have the bureau as party."""
    return [
        row
        for row in session.scalars(select(Agreement).order_by(Agreement.number))
        if bureau_id in row.party_ids and is_in_force(row, at)
    ]
