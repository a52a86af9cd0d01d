"""The dates of agreed series that are not proposed yet, for calendar programs (RFC 5545).

A series is one event that recurs by the rule. What became a patrol is an event of its own, so its
date is taken out of the series (EXDATE), as one that is skipped; one that is moved or changed
stands beside it (RECURRENCE-ID).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from icalendar import Event, vRecur
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.models import User
from hub.approvals.models import Approval
from hub.bureaus.services import bureau
from hub.calendar.ical import DOMAIN, address
from hub.calendar.recurrence import MOST, dates
from hub.clock import SHANGHAI
from hub.db import utc_now
from hub.patrol_series.access import may_see
from hub.patrol_series.dates import Occurrence, coming, is_open
from hub.patrol_series.models import PatrolSeries, SeriesState
from hub.patrol_series.services import KIND
from hub.patrol_series.views import names_of, rule_name
from hub.stations.models import Craft
from hub.zones.models import Zone

# Exceptions further ahead nobody makes; days off further ahead are not known.
AHEAD = timedelta(days=730)


def series_events(session: Session, actor: Actor, base_url: str, *, own: bool) -> list[Event]:
    """What is still to come of the agreed series that the actor sees.

    Args:
        own: only of those in which he himself is named; else all of his bureau.
    """
    statement = select(PatrolSeries).where(PatrolSeries.state == SeriesState.AGREED)
    return [
        event
        for row in session.scalars(statement.order_by(PatrolSeries.id))
        if may_see(session, actor.reader, row)
        and (not own or actor.user_id in row.officers.get(actor.bureau_id, ()))
        for event in _events(session, row, base_url)
    ]


def _events(session: Session, row: PatrolSeries, base_url: str) -> list[Event]:
    now = utc_now()
    ahead = coming(session, row, now, now + AHEAD)
    still = [one for one in ahead if is_open(one, now)]
    if not still:
        return []
    base = _base(session, row, base_url)
    if not row.rule:
        # Before holidays: no rule of RFC 5545 says that.
        return [_dated(base, one, f"series-{row.id}-{one.original:%Y%m%d}") for one in still]
    return [_recurring(base, row, ahead, still), *_overrides(base, row, still)]


def _recurring(
    base: Event, row: PatrolSeries, ahead: Sequence[Occurrence], still: Sequence[Occurrence]
) -> Event:
    """The series from its first date that is still to be on."""
    first = min(one.original for one in still)
    kept = {one.original for one in still}
    by_rule = [moment for moment in dates(row.rule, row.starts_at, MOST) if moment >= first]
    last = max(one.original for one in ahead)
    event = base.copy()
    event["uid"] = f"series-{row.id}@{DOMAIN}"
    event.add("dtstart", first.astimezone(SHANGHAI))
    event.add("dtend", (first + timedelta(minutes=row.minutes)).astimezone(SHANGHAI))
    event.add("summary", row.title)
    rule = vRecur.from_ical(row.rule)
    if "COUNT" in rule:
        rule["COUNT"] = [len(by_rule)]
    event.add("rrule", rule)
    out = [moment.astimezone(SHANGHAI) for moment in by_rule if moment <= last]
    out = [moment for moment in out if moment not in kept]
    if out:
        event.add("exdate", out)
    return event


def _overrides(base: Event, row: PatrolSeries, still: Sequence[Occurrence]) -> list[Event]:
    """The dates that are moved or changed."""
    found = []
    for one in still:
        if one.row is not None and (one.row.starts_at or one.row.minutes or one.row.title):
            event = _dated(base, one, f"series-{row.id}")
            event.add("recurrence-id", one.original.astimezone(SHANGHAI))
            found.append(event)
    return found


def _dated(base: Event, one: Occurrence, uid: str) -> Event:
    event = base.copy()
    event["uid"] = f"{uid}@{DOMAIN}"
    event.add("dtstart", one.starts_at.astimezone(SHANGHAI))
    event.add("dtend", one.ends_at.astimezone(SHANGHAI))
    event.add("summary", one.title)
    return event


def _base(session: Session, row: PatrolSeries, base_url: str) -> Event:
    """What all events of a series have in common."""
    host = bureau(session, row.proposing_bureau_id)
    stamp = _changed_at(session, row)
    event = Event()
    event.add("sequence", row.version)
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    event.add("created", row.created_at)
    event.add("location", session.get_one(Zone, row.zone_id).name)
    event.add("description", _description(session, row))
    event.add("url", f"{base_url}/schedule/series#series-{row.id}")
    # Each date is proposed and approved by itself.
    event.add("status", "TENTATIVE")
    event.add("categories", [_("联合巡查")])
    event.add("organizer", address(host.code, host.name))
    return event


def _changed_at(session: Session, row: PatrolSeries) -> datetime:
    """The latest known moment of a change."""
    agreed = session.scalar(
        select(func.max(Approval.at)).where(Approval.kind == KIND, Approval.record_id == row.id)
    )
    moments = [row.created_at, agreed]
    for one in row.occurrences:
        moments += [one.excepted_at, one.tried_at]
    return max(moment for moment in moments if moment is not None)


def _description(session: Session, row: PatrolSeries) -> str:
    lines = [
        _(
            "系列 · %(rule)s · 提前%(n)s天提出，届时逐次确认",
            rule=rule_name(row),
            n=row.lead_days,
        )
    ]
    for bureau_id in sorted(row.parties):
        people = names_of(session, User, row.officers.get(bureau_id, ()))
        boats = names_of(session, Craft, row.craft.get(bureau_id, ()))
        named = "、".join([*people, *boats]) or "—"
        lines.append(f"{bureau(session, bureau_id).short_name}：{named}")
    lines += [f"- {text}" for text in row.checklist]
    return "\n".join([*lines, row.note] if row.note else lines)
