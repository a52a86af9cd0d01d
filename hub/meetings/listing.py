"""Lists of meetings, and what of them waits for a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.approvals import services as approvals
from hub.cases.texts import clean
from hub.errors import field_error
from hub.meetings.access import visible_to
from hub.meetings.briefs import meeting_brief
from hub.meetings.machine import BEFORE, MINUTES_OPEN
from hub.meetings.minutes_models import Decision
from hub.meetings.models import Answer, Meeting, MeetingParty, MeetingPerson, MeetingState
from hub.web.paging import decode_cursor, encode_cursor
from sharing.canonical import utc_text

EXPORT_LIMIT = 5000
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


def list_meetings(
    session: Session, actor: Actor, wanted: MeetingFilter, limit: int, cursor: str | None
) -> dict[str, Any]:
    """A page of meetings: those ahead soonest first, all others newest first."""
    statement = meetings_query(actor, wanted)
    after = decode_cursor(cursor, 2)
    if after is not None:
        statement = statement.where(_beyond(after, soonest_first=wanted.upcoming))
    rows = session.scalars(statement.limit(limit + 1)).all()
    shown, more = rows[:limit], len(rows) > limit
    views = [meeting_brief(session, actor.reader, row) for row in shown]
    key = [utc_text(shown[-1].starts_at), shown[-1].id] if more else None
    return {
        "items": [view for view in views if view is not None],
        "next": encode_cursor(key) if key else None,
    }


def _beyond(after: list[str], *, soonest_first: bool) -> ColumnElement[bool]:
    try:
        moment = datetime.fromisoformat(after[0])
    except ValueError as error:
        raise field_error("cursor", _l("游标无效，请从第一页重新开始。")) from error
    tie = Meeting.starts_at == moment
    if soonest_first:
        return or_(Meeting.starts_at > moment, and_(tie, Meeting.id > after[1]))
    return or_(Meeting.starts_at < moment, and_(tie, Meeting.id < after[1]))


def meetings_query(actor: Actor, wanted: MeetingFilter) -> Select[Meeting]:
    """The meetings that match.

    Raises:
        Forbidden: the actor does not work with records.
    """
    actor.require(Right.WORK_VIEW)
    statement = select(Meeting).where(visible_to(actor.reader))
    partner = select(MeetingParty.meeting_id).where(MeetingParty.bureau_id == wanted.bureau)
    conditions: list[tuple[Any, ColumnElement[bool]]] = [
        (wanted.state, Meeting.state == wanted.state),
        (wanted.agreement, Meeting.agreement_id == wanted.agreement),
        (wanted.series, Meeting.series_id == wanted.series),
        (wanted.bureau, Meeting.id.in_(partner)),
        (wanted.upcoming, Meeting.state.in_(UPCOMING)),
    ]
    for given, condition in conditions:
        if given:
            statement = statement.where(condition)
    if wanted.since is not None:
        statement = statement.where(Meeting.starts_at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(Meeting.starts_at < wanted.until)
    text = clean(wanted.q)
    if text:
        columns = (Meeting.number, Meeting.document_number, Meeting.title, Meeting.place)
        statement = statement.where(or_(*(c.icontains(text, autoescape=True) for c in columns)))
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
