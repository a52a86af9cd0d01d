"""What it means that a text begins to hold: at the last signature, or on its first day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.agreements.effect import is_in_force
from hub.agreements.models import Agreement, AgreementState, AgreementVersion, VersionState
from hub.agreements.reach import tell_reach
from hub.agreements.telling import tell
from hub.bureaus.services import on_behalf_of
from hub.db import utc_now
from hub.shares.services import share_under_agreement
from hub.shares.terms_changed import rest_on_new_terms


def begin(session: Session, actor: Actor, agreement: Agreement, version: AgreementVersion) -> None:
    """Draw the consequences of a text that holds from now on.

    Readers were shown what it allows from its first moment, because each read decides anew. Here
    shares that it no longer allows end, those that it allows rest on it, what it opens by itself is
    opened, and whoever follows the feed is told of everything once more.
    """
    version.begun_at = utc_now()
    if version.amends is not None:
        rest_on_new_terms(session, actor, agreement.id)
    tell_reach(session, actor, agreement, "shared" if version.amends is None else "updated")
    share_under_agreement(session, actor, agreement.id)


def waiting(session: Session, at: datetime) -> Sequence[str]:
    """Ids of agreements with a text whose first day has come since all signed it."""
    return session.scalars(
        select(Agreement.id)
        .join(AgreementVersion, AgreementVersion.agreement_id == Agreement.id)
        .where(
            Agreement.state == AgreementState.SIGNED,
            AgreementVersion.state == VersionState.SIGNED,
            AgreementVersion.begun_at.is_(None),
            AgreementVersion.valid_from <= at,
            AgreementVersion.valid_to > at,
        )
        .distinct()
        .order_by(Agreement.id)
    ).all()


def begin_one(session: Session, agreement_id: str, at: datetime) -> bool:
    """Begin the text of an agreement that holds since its first day, once; whether it did."""
    agreement = session.get(Agreement, agreement_id, with_for_update=True)
    if agreement is None:
        return False
    version = agreement.version_at(at)
    if version.begun_at is not None or not is_in_force(agreement, at):
        return False
    actor = on_behalf_of(session, version.proposed_by)
    begin(session, actor, agreement, version)
    tell(session, actor, agreement, "begun", text_version=version.number)
    return True


def begin_due(session: Session, at: datetime) -> int:
    """Begin every text whose first day has come; returns how many began."""
    return sum(begin_one(session, agreement_id, at) for agreement_id in waiting(session, at))
