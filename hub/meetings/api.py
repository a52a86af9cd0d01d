"""Meetings over JSON: calling them, who is invited, what is done in them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from apiflask import APIBlueprint
from flask import Response, request
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.db import read_only
from hub.files import services as files
from hub.files.api import file_store
from hub.meetings import ical, listing, notice, people, schemas, series, services
from hub.meetings.access import access_meeting, access_series
from hub.meetings.acting import Given, completes, do, possible_acts
from hub.meetings.briefs import meeting_brief
from hub.meetings.models import Meeting
from hub.meetings.protocol import make_files, minutes_letter
from hub.meetings.titles import filed_title
from hub.meetings.views import meeting_view
from hub.web.doors import check_version, reading, required_version, writing
from hub.web.identity import current_actor
from hub.web.list_doors import list_doors
from hub.web.lists import Listing, filter_of

bp = APIBlueprint("meetings_api", __name__, url_prefix="/api/v1", tag="meetings")
CALENDAR = "text/calendar"
# How often a notice is drawn again when another one took its number meanwhile.
REDRAWN = 3
COLUMNS = {
    "number": _l("编号"),
    "document_number": _l("文号"),
    "title": _l("会议名称"),
    "state_name": _l("状态"),
    "starts_at": _l("开始时间"),
    "ends_at": _l("结束时间"),
    "place": _l("地点"),
    "host_name": _l("主办单位"),
    "chair_name": _l("主持单位"),
    "agreement_number": _l("备忘录"),
    "agenda_count": _l("议题数"),
}


def _listed(session: Session, actor: Actor, query: schemas.FilterQuery) -> Listing[Meeting]:
    return listing.meetings(session, actor, filter_of(listing.MeetingFilter, query))


list_doors(
    bp,
    "/meetings",
    query=schemas.FilterQuery,
    out=schemas.MeetingsOut,
    listed=_listed,
    columns=COLUMNS,
    summary="Joint meetings of your bureau, newest first; upcoming ones soonest first",
)


@bp.get("/meetings.ics")
@bp.doc(summary="Your bureau's meetings as iCalendar, to subscribe to")
@reading
def meetings_ics(session: Session, actor: Actor) -> Response:
    """A feed for calendars."""
    statement = listing.meetings_query(actor, listing.MeetingFilter())
    rows = session.scalars(statement.limit(1000)).all()
    return _calendar(ical.feed(session, rows, request.host_url.rstrip("/")), "meetings")


@bp.post("/meetings")
@bp.input(schemas.MeetingIn, arg_name="body")
@bp.output(schemas.MeetingOut, status_code=201)
@bp.doc(summary="Call a meeting of the parties of an agreement in force")
@writing
def call(
    session: Session, actor: Actor, body: schemas.MeetingIn
) -> tuple[dict[str, Any] | None, int]:
    """Call a meeting."""
    row = services.create_meeting(session, actor, body.model_dump(exclude_unset=True))
    return meeting_view(session, actor, row), 201


@bp.get("/meetings/<meeting_id>")
@bp.output(schemas.MeetingOut)
@bp.doc(summary="One meeting: people, agenda, minutes, decisions, action items")
@reading
def one(session: Session, actor: Actor, meeting_id: str) -> dict[str, Any] | None:
    """One meeting as the caller may see it."""
    return meeting_view(session, actor, access_meeting(session, actor, meeting_id))


@bp.patch("/meetings/<meeting_id>")
@bp.input(schemas.MeetingPatch, arg_name="body")
@bp.output(schemas.MeetingOut)
@bp.doc(summary="Change the arrangements (host, before it begins; If-Match)")
@writing
def change(
    session: Session, actor: Actor, meeting_id: str, body: schemas.MeetingPatch
) -> dict[str, Any] | None:
    """Change given fields; the invitation is counted on."""
    row = access_meeting(session, actor, meeting_id, lock=True)
    check_version(required_version(), row.version, meeting_brief(session, actor.reader, row))
    services.change_meeting(session, actor, row, body.model_dump(exclude_unset=True))
    return meeting_view(session, actor, row)


@bp.get("/meetings/<meeting_id>.ics")
@bp.doc(summary="The invitation as iCalendar (METHOD REQUEST, or CANCEL once it was cancelled)")
@reading
def invitation(session: Session, actor: Actor, meeting_id: str) -> Response:
    """The invitation."""
    row = access_meeting(session, actor, meeting_id)
    titles = [filed_title(session, actor.reader, item) for item in row.agenda]
    url = f"{request.host_url.rstrip('/')}/meetings/{row.id}"
    return _calendar(ical.invitation(session, row, titles, url), row.number)


def _calendar(data: bytes, name: str) -> Response:
    response = Response(data, mimetype=CALENDAR)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.ics"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/meetings/<meeting_id>/acts")
@bp.input(schemas.ActIn, arg_name="body")
@bp.output(schemas.MeetingOut)
@bp.doc(summary="Do one act: fix_agenda, notify, reopen, convene, end, countersign, cancel")
def act(meeting_id: str, body: schemas.ActIn) -> Response:
    """The documents are drawn before the transaction, which stays short."""
    given = Given(body.text, body.content_hash)
    for _again in range(REDRAWN):
        if body.act == "countersign":
            made, version = _documents(meeting_id)
            given = replace(given, documents=made, made_of=version)
        elif body.act in notice.ACTS:
            given = _with_notice(meeting_id, body.act, given)
        try:
            answer: Response = _do(meeting_id, body.act, given)
        except notice.NoticeOutdated:
            continue
        return answer
    raise notice.NoticeOutdated


def _with_notice(meeting_id: str, name: str, given: Given) -> Given:
    """An act with the notice that goes out with it, drawn of the meeting as it stands."""
    actor = current_actor()
    with read_only() as session:
        row = access_meeting(session, actor, meeting_id)
        if name not in dict(possible_acts(actor.reader, row)) or not row.agenda:
            return given  # Refused within the transaction, with the reason of that moment.
        letter = notice.notice_letter(session, actor, row)
        version = row.version
    made = tuple(files.aside(make_files, file_store(), letter))
    return replace(given, documents=made, made_of=version, number=letter.number)


def _documents(meeting_id: str) -> tuple[tuple[files.Prepared, ...], int | None]:
    """The minutes of which the caller is about to turn the last key, and what they were made of."""
    actor = current_actor()
    with read_only() as session:
        row = access_meeting(session, actor, meeting_id)
        may = "countersign" in dict(possible_acts(actor.reader, row))
        if not may or not completes(session, actor, row):
            return (), None
        letter = minutes_letter(session, row, also=(actor.bureau_id, actor.name))
        version = row.minutes_version
    return tuple(files.aside(make_files, file_store(), letter)), version


@writing
def _do(
    session: Session, actor: Actor, meeting_id: str, name: str, given: Given
) -> dict[str, Any] | None:
    return meeting_view(session, actor, do(session, actor, meeting_id, name, given))


# --- people


@bp.post("/meetings/<meeting_id>/people")
@bp.input(schemas.PersonIn, arg_name="body")
@bp.output(schemas.MeetingOut, status_code=201)
@bp.doc(summary="Invite a colleague of your bureau, or a guest by name")
@writing
def invite(
    session: Session, actor: Actor, meeting_id: str, body: schemas.PersonIn
) -> tuple[dict[str, Any] | None, int]:
    """Invite somebody."""
    row = people.invite(session, actor, meeting_id, body.model_dump(exclude_unset=True))
    return meeting_view(session, actor, row), 201


@bp.patch("/meetings/<meeting_id>/people/<person_id>")
@bp.input(schemas.PersonPatch, arg_name="body")
@bp.output(schemas.MeetingOut)
@bp.doc(summary="Accept, decline, name a substitute; give a role; note that he is present")
@writing
def change_person(
    session: Session, actor: Actor, meeting_id: str, person_id: str, body: schemas.PersonPatch
) -> dict[str, Any] | None:
    """Change somebody's entry."""
    values = body.model_dump(exclude_unset=True)
    row = people.change_person(session, actor, meeting_id, person_id, values)
    return meeting_view(session, actor, row)


@bp.delete("/meetings/<meeting_id>/people/<person_id>")
@bp.output(schemas.MeetingOut)
@bp.doc(summary="Take somebody of your bureau off the list")
@writing
def uninvite(
    session: Session, actor: Actor, meeting_id: str, person_id: str
) -> dict[str, Any] | None:
    """Take somebody off."""
    return meeting_view(session, actor, people.uninvite(session, actor, meeting_id, person_id))


# --- series


@bp.get("/meeting-series")
@bp.output(schemas.SeriesListOut)
@bp.doc(summary="Series of meetings with their next dates and whose turn it is")
@reading
def all_series(session: Session, actor: Actor) -> dict[str, Any]:
    """All series; they are few, so they come in one page."""
    return {"items": series.list_series(session, actor), "next": None}


@bp.post("/meeting-series")
@bp.input(schemas.SeriesIn, arg_name="body")
@bp.output(schemas.SeriesOut, status_code=201)
@bp.doc(summary="Begin a series by an RFC 5545 rule; host and chair go round the parties")
@writing
def begin_series(
    session: Session, actor: Actor, body: schemas.SeriesIn
) -> tuple[dict[str, Any] | None, int]:
    """Begin a series."""
    row = series.create_series(session, actor, body.model_dump(exclude_unset=True))
    return series.series_view(session, actor.reader, row), 201


@bp.get("/meeting-series/<series_id>")
@bp.output(schemas.SeriesOut)
@bp.doc(summary="One series")
@reading
def one_series(session: Session, actor: Actor, series_id: str) -> dict[str, Any] | None:
    """One series."""
    return series.series_view(session, actor.reader, access_series(session, actor, series_id))


@bp.patch("/meeting-series/<series_id>")
@bp.input(schemas.SeriesFields, arg_name="body")
@bp.output(schemas.SeriesOut)
@bp.doc(summary="Change what is still to come of a series (If-Match)")
@writing
def change_series(
    session: Session, actor: Actor, series_id: str, body: schemas.SeriesFields
) -> dict[str, Any] | None:
    """Change a series."""
    row = access_series(session, actor, series_id, lock=True)
    check_version(required_version(), row.version, series.series_view(session, actor.reader, row))
    series.change_series(session, actor, row, body.model_dump(exclude_unset=True))
    return series.series_view(session, actor.reader, row)


@bp.post("/meeting-series/<series_id>/meetings")
@bp.output(schemas.MeetingOut, status_code=201)
@bp.doc(summary="Call the next meeting of a series now")
@writing
def next_of_series(
    session: Session, actor: Actor, series_id: str
) -> tuple[dict[str, Any] | None, int]:
    """The next meeting; it is also called by itself 30 days before its date."""
    row: Meeting = series.next_meeting(session, actor, series_id)
    return meeting_view(session, actor, row), 201


@bp.post("/meeting-series/<series_id>/end")
@bp.output(schemas.SeriesOut)
@bp.doc(summary="End a series: no further meetings come of it")
@writing
def end_series(session: Session, actor: Actor, series_id: str) -> dict[str, Any] | None:
    """End a series."""
    row = series.end_series(session, actor, access_series(session, actor, series_id, lock=True))
    return series.series_view(session, actor.reader, row)
