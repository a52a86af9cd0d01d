"""From an id to an absence: for its own bureau; and who is away in a stretch of time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.availability.models import Absence
from hub.errors import NotFound


def may_see(reader: ReaderClass, row: Absence) -> bool:
    """Whether readers of a class may see that there is an absence: its own bureau."""
    return Right.WORK_VIEW in reader.rights and reader.bureau_id == row.bureau_id


def access_absence(session: Session, actor: Actor, absence_id: str) -> Absence:
    """An absence of the actor's own bureau, locked for a change.

    Raises:
        NotFound: absent, or another bureau's.
    """
    row = session.get(Absence, absence_id, with_for_update=True)
    if row is None or not may_see(actor.reader, row):
        raise NotFound
    return row


def away_between(
    session: Session,
    officers: Collection[str],
    craft: Collection[str],
    starts_at: datetime,
    ends_at: datetime,
) -> Sequence[Absence]:
    """Absences of these people and craft that overlap a stretch of time, soonest first.

    For services alone: what it says of other bureaus' people is not for their readers.
    """
    if not officers and not craft:
        return []
    return session.scalars(
        select(Absence)
        .where(
            or_(Absence.user_id.in_(sorted(officers)), Absence.craft_id.in_(sorted(craft))),
            Absence.withdrawn_at.is_(None),
            Absence.starts_at < ends_at,
            Absence.ends_at > starts_at,
        )
        .order_by(Absence.starts_at, Absence.id)
    ).all()
