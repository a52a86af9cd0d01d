"""Lists of agreements, newest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.agreements.access import visible_to
from hub.agreements.models import Agreement, AgreementState, AgreementVersion
from hub.agreements.views import agreement_view
from hub.db import utc_now
from hub.web.paging import decode_cursor, page


def in_state(state: str, at: datetime) -> ColumnElement[bool]:
    """The condition that an agreement's state at the moment is this one.

    The same rule as `effect.effective_state`: what all have signed is in force, or not yet, or no
    more, by the days of its current version.
    """
    stored = Agreement.state == state
    if state == AgreementState.SIGNED:
        days = AgreementVersion.valid_from > at
    elif state == AgreementState.IN_FORCE:
        days = and_(AgreementVersion.valid_from <= at, AgreementVersion.valid_to > at)
    elif state == AgreementState.EXPIRED:
        days = and_(AgreementVersion.valid_from <= at, AgreementVersion.valid_to <= at)
    else:
        return stored
    dated = select(AgreementVersion.agreement_id).where(
        AgreementVersion.agreement_id == Agreement.id,
        AgreementVersion.number == Agreement.current_version,
        days,
    )
    by_days = and_(Agreement.state == AgreementState.SIGNED, dated.exists())
    return by_days if state == AgreementState.SIGNED else or_(stored, by_days)


def list_agreements(
    session: Session,
    actor: Actor,
    state: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the agreements of the actor's bureau; `state` is the state of this moment."""
    actor.require(Right.WORK_VIEW)
    query = select(Agreement).where(visible_to(actor.bureau_id)).order_by(Agreement.id.desc())
    after = decode_cursor(cursor, 1)
    if after:
        query = query.where(Agreement.id < after[0])
    if state is not None:
        query = query.where(in_state(state, utc_now()))
    rows = session.scalars(query.limit(limit + 1)).all()
    return page(rows, limit, lambda row: [row.id], lambda row: agreement_view(session, row))
