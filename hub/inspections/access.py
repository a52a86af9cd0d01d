"""From an id to a record of an inspection: its bureau, and once sealed the patrol's parties."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.db import row_of, utc_now
from hub.errors import Forbidden, NotFound
from hub.inspections.models import InspectionRecord, InspectionState
from hub.patrols.access import may_see
from hub.patrols.models import Patrol, PatrolParty
from hub.patrols.openness import CLASSIFICATION, PURPOSE, Course
from hub.shares.deciding import Subject
from sharing.terms import Decision, Denied

__all__ = ["access_inspection", "access_writing", "decision_for", "may_read", "visible_to"]
# What an agreement says of the findings of a patrol holds for the record that is made of them.
TERMS_KIND = "finding"


def visible_to(reader: ReaderClass) -> ColumnElement[bool]:
    """Records that can be a reader's at all; each is then decided by its view."""
    parties = select(PatrolParty.patrol_id).where(PatrolParty.bureau_id == reader.bureau_id)
    return or_(
        InspectionRecord.bureau_id == reader.bureau_id,
        and_(
            InspectionRecord.state == InspectionState.SEALED,
            InspectionRecord.patrol_id.in_(parties),
        ),
    )


def decision_for(
    session: Session, reader: ReaderClass, row: InspectionRecord, course: Course | None = None
) -> Decision:
    """What the agreement opens of a sealed record to the partner of the patrol, now."""
    subject = Subject(TERMS_KIND, row.id, row.bureau_id, CLASSIFICATION, row.lon, row.lat)
    judge = (course or Course(session)).judge
    since = row.sealed_at or utc_now()
    return judge.decide(subject, reader.bureau_id, PURPOSE, since)


def may_read(
    session: Session, reader: ReaderClass, row: InspectionRecord, course: Course | None = None
) -> bool:
    """Whether a reader may know of a record: its bureau, and the partner once it is sealed."""
    if Right.WORK_VIEW not in reader.rights:
        return False
    if row.bureau_id == reader.bureau_id:
        return True
    patrol = session.get_one(Patrol, row.patrol_id)
    if row.state != InspectionState.SEALED or not may_see(session, reader, patrol):
        return False
    return not isinstance(decision_for(session, reader, row, course), Denied)


def access_inspection(
    session: Session, actor: Actor, inspection_id: str, *, for_update: bool = False
) -> InspectionRecord:
    """A record that the actor may read.

    Args:
        for_update: hold the row until the transaction ends (PostgreSQL).

    Raises:
        NotFound: absent, or not his to see.
    """
    row = row_of(session, InspectionRecord, inspection_id, for_update=for_update)
    if row is None or not may_read(session, actor.reader, row):
        raise NotFound
    return row


def access_writing(
    session: Session, actor: Actor, inspection_id: str, *, for_update: bool = True
) -> InspectionRecord:
    """A record of the actor's own bureau, for one of its officers to work on.

    Raises:
        NotFound: absent, or of another bureau.
        Forbidden: no officer.
    """
    row = access_inspection(session, actor, inspection_id, for_update=for_update)
    if row.bureau_id != actor.bureau_id:
        raise Forbidden
    actor.require(Right.CASE_EDIT)
    return row
