"""Whether a person reads a case under emergency access, and from an id to a use."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.cases.models import Case
from hub.db import row_of, utc_now
from hub.emergency.models import EmergencyUse
from hub.errors import NotFound

KIND = "emergency"


def use_for(session: Session, actor: Actor, case: Case) -> EmergencyUse | None:
    """The use under which the actor may read a case at this moment, or None.

    Only of his own bureau's case, as long as his role allows it, and up to the classification for
    which the reason was given.
    """
    if not actor.may(Right.EMERGENCY_USE):
        return None
    if case.owner_bureau_id != actor.bureau_id:
        return None
    now = utc_now()
    row = session.scalar(
        select(EmergencyUse)
        .where(
            EmergencyUse.user_id == actor.user_id,
            EmergencyUse.case_id == case.id,
            EmergencyUse.bureau_id == actor.bureau_id,
            EmergencyUse.until > now,
            EmergencyUse.ended_at.is_(None),
        )
        .order_by(EmergencyUse.id.desc())
        .limit(1)
    )
    return row if row is not None and case.classification <= row.classification else None


def visible_to(reader: ReaderClass, user_id: str | None = None) -> ColumnElement[bool]:
    """Uses that a reader is told of: reviewers those of their bureau, each person his own."""
    own = EmergencyUse.user_id == user_id if user_id else false()
    if Right.EMERGENCY_REVIEW not in reader.rights:
        return own
    return or_(EmergencyUse.bureau_id == reader.bureau_id, own)


def access_use(
    session: Session, actor: Actor, use_id: str, *, for_update: bool = False
) -> EmergencyUse:
    """A use that the actor made, or of his bureau if he reviews them.

    Raises:
        NotFound: absent, another bureau's, or another person's and he does not review.
    """
    row = row_of(session, EmergencyUse, use_id, for_update=for_update)
    if row is None or row.bureau_id != actor.bureau_id:
        raise NotFound
    if row.user_id != actor.user_id and not actor.may(Right.EMERGENCY_REVIEW):
        raise NotFound
    return row
