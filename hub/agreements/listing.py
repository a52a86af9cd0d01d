"""Lists of agreements, newest first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from hub.access import Actor, Right
from hub.agreements.access import visible_to
from hub.agreements.models import Agreement, AgreementState, AgreementVersion, VersionState
from hub.agreements.views import agreement_view
from hub.db import utc_now
from hub.web.lists import Listing, Order

NEWEST = Order(Agreement.id)


def in_state(state: str, at: datetime) -> ColumnElement[bool]:
    """The condition that an agreement's state at the moment is this one.

    The same rule as `effect.effective_state`: what all have signed is in force, or not yet, or no
    more, by the days of the text that holds.
    """
    stored = Agreement.state == state
    begun = _begun(at)
    if state == AgreementState.SIGNED:
        return stored & begun.is_(None)
    if state not in (AgreementState.IN_FORCE, AgreementState.EXPIRED):
        return stored
    lasting = AgreementVersion.valid_to > at
    dated = select(AgreementVersion.agreement_id).where(
        AgreementVersion.agreement_id == Agreement.id,
        AgreementVersion.number == begun,
        lasting if state == AgreementState.IN_FORCE else ~lasting,
    )
    return or_(stored, and_(Agreement.state == AgreementState.SIGNED, dated.exists()))


def _begun(at: datetime) -> ScalarSelect[int]:
    """The newest signed text of an agreement that has begun, as `AgreementVersion.has_begun`."""
    other = aliased(AgreementVersion)
    return (
        select(func.max(other.number))
        .where(
            other.agreement_id == Agreement.id,
            other.state == VersionState.SIGNED,
            other.valid_from <= at,
            or_(other.amends.is_(None), other.signed_at <= at),
        )
        .correlate(Agreement)
        .scalar_subquery()
    )


def agreements(session: Session, actor: Actor, state: str | None = None) -> Listing[Agreement]:
    """The agreements of the actor's bureau, newest first; `state` is the state of this moment.

    Raises:
        Forbidden: the actor does not work with records.
    """
    actor.require(Right.WORK_VIEW)
    query = select(Agreement).where(visible_to(actor.bureau_id))
    if state is not None:
        query = query.where(in_state(state, utc_now()))
    return Listing(query, NEWEST, lambda rows: [agreement_view(session, row) for row in rows])
