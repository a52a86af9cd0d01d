"""What it means that an agreement runs out on its last day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements.effect import effective_state
from hub.agreements.models import Agreement, AgreementState, AgreementVersion, VersionState
from hub.agreements.reach import tell_reach
from hub.agreements.telling import tell
from hub.bureaus.services import on_behalf_of
from hub.shares.services import end_for_agreement


def run_out(session: Session, at: datetime) -> Sequence[str]:
    """Ids of agreements whose text has run out and whose parties were not told so."""
    return session.scalars(
        select(Agreement.id)
        .join(AgreementVersion, AgreementVersion.agreement_id == Agreement.id)
        .where(
            Agreement.state == AgreementState.SIGNED,
            AgreementVersion.state == VersionState.SIGNED,
            AgreementVersion.ended_at.is_(None),
            AgreementVersion.valid_to <= at,
        )
        .distinct()
        .order_by(Agreement.id)
    ).all()


def end_one(session: Session, agreement_id: str, at: datetime) -> bool:
    """Draw the consequences of an agreement's end by date, once.

    It opened nothing from that moment, because each read decides anew. Here its shares end, and
    whoever follows the feed is told of everything once more. Where an amendment that all signed
    begins later, the shares stay: it may open them again.
    """
    agreement = session.get(Agreement, agreement_id, with_for_update=True)
    if agreement is None or agreement.state != AgreementState.SIGNED:
        return False
    version = agreement.version_at(at)
    for older in agreement.versions:
        # A text that another has replaced ends with it; there is nothing to tell.
        if older.number < version.number and older.ended_at is None and older.valid_to <= at:
            older.ended_at = at
    if version.ended_at is not None or effective_state(agreement, at) != AgreementState.EXPIRED:
        return False
    version.ended_at = at
    actor = on_behalf_of(session, agreement.proposed_by)
    if agreement.newest_signed is version:
        end_for_agreement(session, actor, agreement.id)
    tell(session, actor, agreement, "expired", text_version=version.number)
    tell_reach(session, actor, agreement, "recalled")
    return True
