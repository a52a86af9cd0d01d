"""Lists of action items, and what of them waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.action_items.access import visible_to
from hub.action_items.models import ActionItem, ActionState
from hub.action_items.views import OPEN, action_item_views
from hub.cases.texts import clean
from hub.clock import local_day
from hub.db import utc_now
from hub.meetings.models import Meeting, MeetingParty
from hub.web.lists import Listing, Order, containing, narrowed


@dataclass(frozen=True)
class ActionFilter:
    """Which action items are asked for; None means any."""

    state: str | None = None
    # ours: laid on the own bureau; theirs: on another.
    side: str | None = None
    bureau: str | None = None
    meeting: str | None = None
    agreement: str | None = None
    overdue: bool = False
    open_only: bool = False
    waiting: bool = False
    q: str | None = None


def action_items(session: Session, actor: Actor, wanted: ActionFilter) -> Listing[ActionItem]:
    """The action items that the actor may see, newest first."""
    return Listing(
        action_items_query(actor, wanted),
        Order(ActionItem.id),
        lambda rows: action_item_views(session, actor.reader, rows),
    )


def action_items_query(actor: Actor, wanted: ActionFilter) -> Select[ActionItem]:
    """The action items that match, newest first; what was dropped only when asked for.

    Raises:
        Forbidden: the actor does not work with records.
    """
    actor.require(Right.WORK_VIEW)
    statement = select(ActionItem).where(visible_to(actor.reader)).order_by(ActionItem.id.desc())
    meeting = select(Meeting.id).where(Meeting.agreement_id == wanted.agreement)
    partner = select(MeetingParty.meeting_id).where(MeetingParty.bureau_id == wanted.bureau)
    ours = ActionItem.bureau_id == actor.bureau_id
    text = clean(wanted.q)
    said = (ActionItem.number, ActionItem.title, ActionItem.detail, ActionItem.person_name)
    conditions: list[tuple[Any, ColumnElement[bool]]] = [
        (wanted.state, ActionItem.state == wanted.state),
        (not wanted.state, ActionItem.state != ActionState.DROPPED),
        (wanted.side == "ours", ours),
        (wanted.side == "theirs", ~ours),
        (wanted.bureau, ActionItem.meeting_id.in_(partner)),
        (wanted.meeting, ActionItem.meeting_id == wanted.meeting),
        (wanted.agreement, ActionItem.meeting_id.in_(meeting)),
        (wanted.overdue, overdue_on(local_day(utc_now()))),
        (wanted.open_only, ActionItem.state.in_(OPEN)),
        (wanted.waiting, waits_for(actor)),
        (text, containing(text, *said)),
    ]
    return narrowed(statement, conditions)


def overdue_on(day: date) -> ColumnElement[bool]:
    """Items that nobody has reported done and whose day is before a local day."""
    return and_(ActionItem.state == ActionState.OPEN, ActionItem.due_on < day)


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """What is laid on the person, or on his bureau and nobody by name; what he can confirm."""
    own = ActionItem.bureau_id == actor.bureau_id
    mine = own & (ActionItem.person_id == actor.user_id)
    nobodys = own & ActionItem.person_id.is_(None)
    todo = mine | nobodys if actor.may(Right.MEETING_WORK) else mine
    waiting = and_(ActionItem.state == ActionState.OPEN, todo)
    if not actor.may(Right.MEETING_WORK):
        return waiting
    return or_(waiting, and_(ActionItem.state == ActionState.REPORTED, ~own))


def waiting(session: Session, actor: Actor, limit: int = 50) -> list[dict[str, Any]]:
    """What waits for the actor's own hand, soonest due first."""
    statement = action_items_query(actor, ActionFilter(waiting=True)).order_by(None)
    rows = session.scalars(statement.order_by(ActionItem.due_on, ActionItem.id).limit(limit)).all()
    return action_item_views(session, actor.reader, rows)
