"""Deadlines among what waits for a person: how much is left, and what comes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.db import utc_now
from hub.deadlines.listing import ClockFilter, clocks
from hub.deadlines.views import clock_view, length_words
from hub.home.items import Badge, Item
from hub.home.subjects import describe
from hub.realtime.seen import seen

MOST = 50
# What waits for an answer stands in the inbox already, with its deadline.
SHOWN_ELSEWHERE = frozenset({"share", "access_request", "request", "action_item"})


def deadlines_near(session: Session, actor: Actor) -> Iterator[Item]:
    """Deadlines of other records, near or passed: laid on the person, or on nobody by name."""
    now = utc_now()
    for clock in clocks(session, actor, ClockFilter("running", own=True), MOST, sees=seen):
        shown = clock_view(clock, now)
        by_role = clock.person_id is None and actor.may(Right.SHARE_ANSWER)
        mine = clock.person_id == actor.user_id or by_role
        if clock.kind in SHOWN_ELSEWHERE or not mine or now < clock.near_at:
            continue
        named = describe(session, actor.reader, clock.kind, clock.subject_id)
        if named.url is not None:
            badge = Badge(shown.state_name, "danger") if shown.overdue else Badge(_("临近"))
            title = _("%(kind)s %(name)s", kind=named.kind_name, name=named.title)
            yield Item(
                title, shown.rule_name, named.url, "clock", badge, clock.due_at, deadline=True
            )


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
