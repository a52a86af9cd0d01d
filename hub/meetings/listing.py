"""Lists of meetings, and what of them waits for a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.approvals import services as approvals
from hub.cases.texts import clean
from hub.meetings.access import visible_to
from hub.meetings.briefs import meeting_brief
from hub.meetings.machine import BEFORE, MINUTES_OPEN
from hub.meetings.minutes_models import Decision
from hub.meetings.models import Answer, Meeting, MeetingParty, MeetingPerson, MeetingState
from hub.web.lists import Listing, Order, between, containing, narrowed

UPCOMING = (*BEFORE, MeetingState.CONVENED)


@dataclass(frozen=True)
class MeetingFilter:
    """Which meetings are asked for; None means any."""

    state: str | None = None
    agreement: str | None = None
    series: str | None = None
    bureau: str | None = None
    upcoming: bool = False
    since: datetime | None = None
    until: datetime | None = None
    q: str | None = None


def meetings(session: Session, actor: Actor, wanted: MeetingFilter) -> Listing[Meeting]:
    """The meetings that the actor may see: those ahead soonest first, all others newest first."""
    return Listing(
        meetings_query(actor, wanted),
        Order(Meeting.id, Meeting.starts_at, ascending=wanted.upcoming),
        lambda rows: [v for r in rows if (v := meeting_brief(session, actor.reader, r))],
    )


def meetings_query(actor: Actor, wanted: MeetingFilter) -> Select[Meeting]:
    """The meetings that match.

    Raises:
        Forbidden: the actor does not work with records.
    """
    actor.require(Right.WORK_VIEW)
    statement = select(Meeting).where(visible_to(actor.reader))
    partner = select(MeetingParty.meeting_id).where(MeetingParty.bureau_id == wanted.bureau)
    text = clean(wanted.q)
    said = (Meeting.number, Meeting.document_number, Meeting.title, Meeting.place)
    conditions: list[tuple[Any, ColumnElement[bool]]] = [
        (wanted.state, Meeting.state == wanted.state),
        (wanted.agreement, Meeting.agreement_id == wanted.agreement),
        (wanted.series, Meeting.series_id == wanted.series),
        (wanted.bureau, Meeting.id.in_(partner)),
        (wanted.upcoming, Meeting.state.in_(UPCOMING)),
        (text, containing(text, *said)),
    ]
    statement = narrowed(statement, conditions)
    statement = statement.where(*between(Meeting.starts_at, wanted.since, wanted.until))
    if wanted.upcoming:
        return statement.order_by(Meeting.starts_at, Meeting.id)
    return statement.order_by(Meeting.starts_at.desc(), Meeting.id.desc())


# --- what waits for a person


def invitations(session: Session, actor: Actor) -> list[Meeting]:
    """Meetings to which the person is invited and has not answered, soonest first."""
    mine = select(MeetingPerson.meeting_id).where(
        MeetingPerson.user_id == actor.user_id, MeetingPerson.answer == Answer.NONE
    )
    statement = meetings_query(actor, MeetingFilter(upcoming=True))
    statement = statement.where(Meeting.id.in_(mine), Meeting.state == MeetingState.AGENDA_FIXED)
    return list(session.scalars(statement.limit(50)))


def decisions_to_approve(session: Session, actor: Actor) -> Iterator[tuple[Meeting, Decision]]:
    """Decisions on the table that the own bureau's official has not approved."""
    if not actor.may(Right.MEETING_SIGN):
        return
    open_ones = select(Meeting.id).where(visible_to(actor.reader), Meeting.state.in_(MINUTES_OPEN))
    rows = session.scalars(
        select(Decision)
        .where(Decision.meeting_id.in_(open_ones), Decision.state == "proposed")
        .order_by(Decision.id)
        .limit(50)
    )
    for row in rows:
        given = approvals.standing(session, "decision", row.id, row.version)
        if all(one.bureau_id != actor.bureau_id for one in given):
            yield session.get_one(Meeting, row.meeting_id), row


def minutes_to_sign(session: Session, actor: Actor) -> Iterator[tuple[Meeting, list[str]]]:
    """Minutes that a partner has countersigned and the own bureau has not; with who has."""
    if not actor.may(Right.MEETING_SIGN):
        return
    query = meetings_query(actor, MeetingFilter(state=MeetingState.MINUTES_DRAFT.value))
    for row in session.scalars(query.limit(50)):
        given = approvals.standing(session, "minutes", row.id, row.minutes_version)
        signed = [one.bureau_id for one in given]
        if signed and actor.bureau_id not in signed:
            yield row, signed
