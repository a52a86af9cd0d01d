"""The only way from an id to a meeting or a series: for the bureaus that take part."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.agreements.access import access_agreement
from hub.agreements.access import visible_to as agreements_of
from hub.agreements.models import Agreement
from hub.errors import NotFound
from hub.meetings.models import Meeting, MeetingParty, MeetingPerson, MeetingSeries


def may_see(reader: ReaderClass, row: Meeting) -> bool:
    """Whether a reader's bureau takes part, and his clearance suffices."""
    if Right.WORK_VIEW not in reader.rights or reader.clearance < row.classification:
        return False
    return reader.bureau_id in row.party_ids


def visible_to(reader: ReaderClass) -> ColumnElement[bool]:
    """The same as a condition of a query."""
    party = select(MeetingParty.meeting_id).where(MeetingParty.bureau_id == reader.bureau_id)
    return Meeting.id.in_(party) & (Meeting.classification <= reader.clearance)


def access_meeting(
    session: Session, actor: Actor, meeting_id: str, *, lock: bool = False
) -> Meeting:
    """A meeting in which the actor's bureau takes part; locked when it is to be changed.

    Raises:
        NotFound: absent, of others, or above his clearance.
        Forbidden: the actor does not work with records (the administrators).
    """
    actor.require(Right.WORK_VIEW)
    row = session.get(Meeting, meeting_id, with_for_update=lock or None, populate_existing=lock)
    if row is None or not may_see(actor.reader, row):
        raise NotFound
    return row


def invited_to(session: Session, meeting_id: str) -> frozenset[str]:
    """Ids of the people with an account who are invited to a meeting, substitutes included."""
    rows = session.execute(
        select(MeetingPerson.user_id, MeetingPerson.substitute_id).where(
            MeetingPerson.meeting_id == meeting_id
        )
    )
    return frozenset(one for row in rows for one in row if one)


def series_visible_to(bureau_id: str) -> ColumnElement[bool]:
    """Series of the agreements of a bureau, as a condition of a query."""
    return MeetingSeries.agreement_id.in_(select(Agreement.id).where(agreements_of(bureau_id)))


def access_series(
    session: Session, actor: Actor, series_id: str, *, lock: bool = False
) -> MeetingSeries:
    """A series under an agreement of the actor's bureau.

    Raises:
        NotFound: absent, or of an agreement of others.
        Forbidden: the actor does not work with records.
    """
    actor.require(Right.WORK_VIEW)
    row = session.get(
        MeetingSeries, series_id, with_for_update=lock or None, populate_existing=lock
    )
    if row is None:
        raise NotFound
    access_agreement(session, actor, row.agreement_id)
    return row
