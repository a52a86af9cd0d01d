"""Deadlines among what waits for a person: how much is left, and what comes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.action_items.clock import ESCALATION
from hub.db import utc_now
from hub.deadlines.listing import ClockFilter, clocks
from hub.deadlines.models import Clock
from hub.deadlines.views import clock_view, length_words
from hub.home.items import Badge, Item
from hub.home.subjects import describe_all
from hub.realtime.seen import seen

MOST = 50
# What waits for an answer stands in the inbox already, with its deadline.
SHOWN_ELSEWHERE = frozenset({"share", "access_request", "request", "action_item"})


def deadlines_near(session: Session, actor: Actor) -> Iterator[Item]:
    """Deadlines of other records, near or passed: laid on the person, or on nobody by name."""
    now = utc_now()
    running = clocks(session, actor, ClockFilter("running", own=True), MOST, sees=seen)
    shown = [clock for clock in running if _shown_to(actor, clock, now)]
    subjects = describe_all(session, actor.reader, ((one.kind, one.subject_id) for one in shown))
    for clock in shown:
        named = subjects[clock.kind, clock.subject_id]
        if named.url is not None:
            view = clock_view(clock, now)
            badge = Badge(view.state_name, "danger") if view.overdue else Badge(_("临近"))
            title = _("%(kind)s %(name)s", kind=named.kind_name, name=named.title)
            yield Item(
                title, view.rule_name, named.url, "clock", badge, clock.due_at, deadline=True
            )


def _shown_to(actor: Actor, clock: Clock, now: datetime) -> bool:
    """Whether it is near, and laid on the actor, or on nobody by name and he may answer for all.

    A promise of the bureau that is late for so long that it was escalated is its official's.
    """
    if clock.rule_code == ESCALATION:
        return now >= clock.due_at and actor.may(Right.SHARE)
    if now < clock.near_at:
        return False
    by_role = clock.person_id is None and actor.may(Right.SHARE_ANSWER)
    return clock.kind not in SHOWN_ELSEWHERE and (clock.person_id == actor.user_id or by_role)


def in_order(items: Iterable[Item]) -> list[Item]:
    """With how much is left of each deadline; overdue first, then soonest due, the rest after."""
    now = utc_now()
    timed = [_timed(item, now) for item in items]
    return sorted(timed, key=lambda item: (not item.late, item.due is None, item.due or now))


def _timed(item: Item, now: datetime) -> Item:
    if not item.deadline or item.due is None:
        return item
    late = item.due < now
    length = length_words(abs(item.due - now))
    left = _("逾期%(time)s", time=length) if late else _("还剩%(time)s", time=length)
    return replace(item, late=late, left=str(left))
