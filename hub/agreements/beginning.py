"""What it means that a text begins to hold: at the last signature, or on its first day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.agreements.effect import is_in_force
from hub.agreements.models import Agreement, AgreementState, AgreementVersion, VersionState
from hub.agreements.reach import tell_reach
from hub.bureaus.services import on_behalf_of
from hub.changes import record_change
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


def begin_due(session: Session, at: datetime) -> int:
    """Begin every text whose first day has come since all signed it; for the clock.

    Returns how many began.
    """
    waiting = (
        select(Agreement)
        .join(AgreementVersion, AgreementVersion.agreement_id == Agreement.id)
        .where(
            Agreement.state == AgreementState.SIGNED,
            AgreementVersion.state == VersionState.SIGNED,
            AgreementVersion.begun_at.is_(None),
            AgreementVersion.valid_from <= at,
        )
        .order_by(Agreement.id)
        .with_for_update(of=Agreement)
    )
    begun = 0
    for agreement in session.scalars(waiting).unique():
        version = agreement.version_at(at)
        if version.begun_at is not None or not is_in_force(agreement, at):
            continue
        actor = on_behalf_of(session, version.proposed_by)
        begin(session, actor, agreement, version)
        agreement.version += 1
        session.flush()
        record_change(
            session,
            actor,
            kind="agreement",
            record_id=agreement.id,
            version=agreement.version,
            verb="begun",
            bureaus=agreement.party_ids,
            detail={"text_version": version.number},
        )
        begun += 1
    return begun
