"""What a person's or a bureau's calendar holds for calendar programs (RFC 5545)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from icalendar import Event
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.bureaus.services import bureau
from hub.calendar.ical import DOMAIN, address, calendar_bytes
from hub.clock import SHANGHAI
from hub.db import utc_now
from hub.meetings.ical import published
from hub.meetings.listing import MeetingFilter, meetings_query
from hub.meetings.models import Meeting, MeetingPerson
from hub.patrols.access import may_see
from hub.patrols.models import STATE_NAMES, Patrol, PatrolEvent, PatrolOfficer, PatrolState
from hub.patrols.plan_list import Filters, own_patrols
from hub.schedule.series_ical import series_events
from hub.zones.models import Zone

BACK = timedelta(days=90)
MOST = 1000
_STATUS = {PatrolState.PROPOSED: "TENTATIVE", PatrolState.CANCELLED: "CANCELLED"}


def calendar_of(session: Session, actor: Actor, base_url: str, *, own: bool) -> bytes:
    """Patrols and meetings that the actor sees at this moment, from three months back, and what
    is to come of agreed series.

    Args:
        own: only those in which he takes part himself; else all of his bureau.
    """
    patrols = _patrols(session, actor, own=own)
    stamps = _stamps(session, [row.id for row in patrols])
    events = [_event(session, row, stamps.get(row.id, row.created_at), base_url) for row in patrols]
    events += [
        published(session, row, f"{base_url}/meetings/{row.id}")
        for row in _meetings(session, actor, own=own)
    ]
    events += series_events(session, actor, base_url, own=own)
    name = actor.name if own else bureau(session, actor.bureau_id).short_name
    return calendar_bytes(events, "PUBLISH", _("联防日程 %(name)s", name=name))


def _patrols(session: Session, actor: Actor, *, own: bool) -> list[Patrol]:
    statement = own_patrols(actor, Filters(since=utc_now() - BACK))
    if own:
        mine = select(PatrolOfficer.patrol_id).where(PatrolOfficer.user_id == actor.user_id)
        statement = statement.where(Patrol.id.in_(mine))
    rows = session.scalars(statement.limit(MOST))
    return [row for row in rows if may_see(session, actor.reader, row)]


def _meetings(session: Session, actor: Actor, *, own: bool) -> Sequence[Meeting]:
    statement = meetings_query(actor, MeetingFilter(since=utc_now() - BACK))
    if own:
        me = actor.user_id
        invited = select(MeetingPerson.meeting_id).where(
            or_(MeetingPerson.user_id == me, MeetingPerson.substitute_id == me)
        )
        statement = statement.where(Meeting.id.in_(invited))
    return session.scalars(statement.limit(MOST)).all()


def _stamps(session: Session, ids: Sequence[str]) -> dict[str, datetime]:
    """When each patrol was last changed, by its history."""
    rows = session.execute(
        select(PatrolEvent.patrol_id, func.max(PatrolEvent.at).label("at"))
        .where(PatrolEvent.patrol_id.in_(ids))
        .group_by(PatrolEvent.patrol_id)
    )
    return {row.patrol_id: row.at for row in rows}


def _event(session: Session, row: Patrol, stamp: datetime, base_url: str) -> Event:
    state = PatrolState(row.state)
    host = bureau(session, row.proposing_bureau_id)
    event = Event()
    event.add("uid", f"patrol-{row.id}@{DOMAIN}")
    event.add("sequence", row.version)
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    event.add("created", row.created_at)
    event.add("dtstart", row.starts_at.astimezone(SHANGHAI))
    event.add("dtend", row.ends_at.astimezone(SHANGHAI))
    event.add("summary", row.title)
    event.add("location", session.get_one(Zone, row.zone_id).name)
    event.add("description", _description(session, row, state))
    event.add("url", f"{base_url}/patrols/{row.id}")
    event.add("status", _STATUS.get(state, "CONFIRMED"))
    event.add("categories", [_("联合巡查")])
    event.add("organizer", address(host.code, host.name))
    return event


def _description(session: Session, row: Patrol, state: PatrolState) -> str:
    lines = [f"{row.number} · {STATE_NAMES[state]}"]
    for bureau_id in sorted(row.party_ids):
        people = [one.name for one in row.crew if one.bureau_id == bureau_id]
        boats = [one.name for one in row.craft if one.bureau_id == bureau_id]
        named = "、".join([*people, *boats]) or "—"
        lines.append(f"{bureau(session, bureau_id).short_name}：{named}")
    lines += [f"- {item['text']}" for item in row.checklist]
    return "\n".join([*lines, row.note] if row.note else lines)
