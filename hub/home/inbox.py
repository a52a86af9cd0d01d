"""What waits for a person: each feature adds a function that knows its own waiting items."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy.orm import Session

from hub.access import Actor
from hub.home import waiting
from hub.home.items import Item
from hub.home.timed import deadlines_near, in_order
from hub.home.waiting_petitions import matches, petitions

Source = Callable[[Session, Actor], Iterable[Item]]

# In the order in which they are shown: what holds others up first.
SOURCES: tuple[Source, ...] = (
    deadlines_near,
    waiting.agreements_to_sign,
    waiting.zones_to_approve,
    waiting.times_to_answer,
    waiting.patrols_to_approve,
    waiting.shares_to_answer,
    waiting.shares_overdue,
    waiting.access_to_answer,
    waiting.approvals_to_give,
    waiting.emergencies_to_review,
    waiting.account_changes,
    waiting.onward_to_answer,
    waiting.requests_to_act,
    waiting.joint_tasks,
    waiting.requests_late,
    petitions,
    matches,
    waiting.minutes_to_sign,
    waiting.decisions_to_approve,
    waiting.meetings_to_answer,
    waiting.action_items,
    waiting.packages,
)


def inbox(session: Session, actor: Actor) -> list[Item]:
    """All that waits for this person's own hand; nothing that his role cannot do."""
    return in_order(item for source in SOURCES for item in source(session, actor))
