"""From an id to an action item: for the bureaus that took part in its meeting."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.action_items.models import ActionItem
from hub.db import row_of
from hub.errors import NotFound
from hub.meetings.access import may_see as may_see_meeting
from hub.meetings.access import visible_to as meetings_of
from hub.meetings.models import Meeting


def meeting_of(session: Session, row: ActionItem) -> Meeting:
    """The meeting that laid it on somebody."""
    return session.get_one(Meeting, row.meeting_id)


def may_see(session: Session, reader: ReaderClass, row: ActionItem) -> bool:
    """Whether a reader sees the meeting, and so what it laid on whom."""
    return may_see_meeting(reader, meeting_of(session, row))


def visible_to(reader: ReaderClass) -> ColumnElement[bool]:
    """The same as a condition of a query."""
    return ActionItem.meeting_id.in_(select(Meeting.id).where(meetings_of(reader)))


def access_action_item(
    session: Session, actor: Actor, item_id: str, *, lock: bool = False
) -> ActionItem:
    """An action item of a meeting in which the actor's bureau took part.

    Raises:
        NotFound: absent, of others, or above his clearance.
        Forbidden: the actor does not work with records (the administrators).
    """
    actor.require(Right.WORK_VIEW)
    row = row_of(session, ActionItem, item_id, for_update=lock)
    if row is None or not may_see(session, actor.reader, row):
        raise NotFound
    return row
