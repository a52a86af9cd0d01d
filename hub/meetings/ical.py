"""Meetings as iCalendar (RFC 5545, 5546): invitations, their changes, their withdrawal, feeds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext as _
from icalendar import Event, vCalAddress, vText
from sqlalchemy.orm import Session

from hub.bureaus.services import bureau
from hub.calendar.ical import DOMAIN, address, calendar_bytes, named
from hub.clock import SHANGHAI
from hub.db import utc_now
from hub.meetings.models import Answer, Meeting, MeetingPerson, MeetingState

_STATUS = {Answer.NONE: "NEEDS-ACTION", Answer.ACCEPTED: "ACCEPTED", Answer.DECLINED: "DECLINED"}
_ROLES = {"chair": "CHAIR", "guest": "OPT-PARTICIPANT"}


def invitation(session: Session, row: Meeting, titles: list[str], url: str) -> bytes:
    """The invitation to a meeting, or its withdrawal once it was cancelled.

    Args:
        titles: of the agenda, as the reader may see them.
        url: of the meeting's page.
    """
    method = "CANCEL" if row.state == MeetingState.CANCELLED else "REQUEST"
    return calendar_bytes([_event(session, row, titles, url)], method)


def mailed(
    session: Session,
    row: Meeting,
    method: str,
    summary: str,
    url: str,
    to: tuple[str, str],
    sender: str,
) -> str:
    """The same for one person's mail: number, time and place, nobody else's name, no content.

    Args:
        method: REQUEST, or CANCEL when it is called off or he is no longer invited.
        to: mail address and name of the person.
        sender: address that the hub's mail comes from.
    """
    event = Event()
    event.add("uid", f"meeting-{row.id}@{DOMAIN}")
    event.add("sequence", row.sequence)
    event.add("dtstamp", utc_now())
    event.add("dtstart", row.starts_at.astimezone(SHANGHAI))
    event.add("dtend", row.ends_at.astimezone(SHANGHAI))
    event.add("summary", summary)
    if row.place:
        event.add("location", row.place)
    event.add("description", url)
    event.add("url", url)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("organizer", named(sender, bureau(session, row.host_bureau_id).name))
    attendee = named(*to)
    attendee.params["PARTSTAT"] = vText("NEEDS-ACTION")
    # He answers in the hub: what a mail program sends back is read by nobody.
    attendee.params["RSVP"] = vText("FALSE")
    event.add("attendee", attendee)
    return calendar_bytes([event], method).decode()


def feed(session: Session, rows: Iterable[Meeting], base_url: str) -> bytes:
    """The meetings of a reader to subscribe to; without the agenda, which his page shows."""
    return calendar_bytes(
        [published(session, row, f"{base_url}/meetings/{row.id}") for row in rows], "PUBLISH"
    )


def published(session: Session, row: Meeting, url: str) -> Event:
    """A meeting as feeds hold it: without the agenda, and without attendees (RFC 5546, 3.2.1)."""
    event = _event(session, row, [], url)
    event.pop("attendee", None)
    return event


def _event(session: Session, row: Meeting, titles: list[str], url: str) -> Event:
    event = Event()
    event.add("uid", f"meeting-{row.id}@{DOMAIN}")
    event.add("sequence", row.sequence)
    event.add("dtstamp", _stamp(row))
    event.add("dtstart", row.starts_at.astimezone(SHANGHAI))
    event.add("dtend", row.ends_at.astimezone(SHANGHAI))
    event.add("summary", row.title)
    if row.place:
        event.add("location", row.place)
    event.add("description", _description(row, titles))
    event.add("url", url)
    event.add("status", _state(row))
    host = bureau(session, row.host_bureau_id)
    event.add("organizer", address(host.code, host.name))
    for person in row.people:
        event.add("attendee", _attendee(session, person))
    return event


def _stamp(row: Meeting) -> datetime:
    return row.invited_at or row.created_at


def _state(row: Meeting) -> str:
    if row.state == MeetingState.CANCELLED:
        return "CANCELLED"
    return "TENTATIVE" if row.state == MeetingState.PROPOSED else "CONFIRMED"


def _description(row: Meeting, titles: list[str]) -> str:
    lines = [row.note] if row.note else []
    lines += (
        [_("议程："), *(f"{n}. {title}" for n, title in enumerate(titles, 1))] if titles else []
    )
    return "\n".join([*lines, row.number])


def _attendee(session: Session, person: MeetingPerson) -> vCalAddress:
    where = person.organisation or bureau(session, person.bureau_id).name
    name = person.substitute_name or person.name
    found = address(person.id, f"{where} {name}")
    found.params["CUTYPE"] = vText("INDIVIDUAL")
    found.params["ROLE"] = vText(_ROLES.get(person.role, "REQ-PARTICIPANT"))
    answer = Answer(person.answer)
    found.params["PARTSTAT"] = vText(_STATUS.get(answer, "ACCEPTED"))
    found.params["RSVP"] = vText("TRUE" if answer is Answer.NONE else "FALSE")
    return found
