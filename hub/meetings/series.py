"""Series of meetings: a rule, and whose turn it is to host and to chair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.agreements.access import access_agreement
from hub.agreements.effect import is_in_force
from hub.agreements.models import Agreement
from hub.bureaus.services import bureau, on_behalf_of
from hub.calendar.recurrence import checked_rule, dates
from hub.calendar.rule_words import words
from hub.cases.texts import clean, refuse_secrets
from hub.changes import record_change
from hub.db import utc_now
from hub.errors import Conflict, field_error
from hub.meetings.access import access_series, series_visible_to
from hub.meetings.models import Meeting, MeetingSeries
from hub.meetings.services import LONGEST, call_meeting
from sharing.canonical import utc_text

KIND = "meeting_series"
AHEAD = 4
# So long before its date the next meeting of a series is called by itself.
LEAD = timedelta(days=30)


def create_series(session: Session, actor: Actor, values: Mapping[str, Any]) -> MeetingSeries:
    """Begin a series of the parties of an agreement in force.

    Raises:
        Forbidden, NotFound, Conflict: as for a meeting.
        Invalid: the rule, the rotation or another field is wrong.
    """
    actor.require(Right.MEETING_WORK)
    agreement = access_agreement(session, actor, values["agreement_id"])
    if not is_in_force(agreement):
        raise Conflict(_l("备忘录未生效，不能召集联席会议。"), extra={"rule": "meeting.in_force"})
    now = utc_now()
    row = MeetingSeries(
        agreement_id=agreement.id,
        title="",
        rule="",
        starts_at=now,
        minutes=120,
        rotation=[],
        chair_shift=0,
        places={},
        quorum=1,
        made=0,
        created_by=actor.user_id,
        created_by_name=actor.name,
        created_at=now,
        version=0,
    )
    first = [actor.bureau_id, *sorted(agreement.party_ids - {actor.bureau_id})]
    _fill(row, agreement, {"rotation": first} | _given(values))
    session.add(row)
    _tell(session, actor, row, agreement, "created")
    return row


def change_series(
    session: Session, actor: Actor, row: MeetingSeries, values: Mapping[str, Any]
) -> MeetingSeries:
    """Change what is still to come; meetings that were called stay as they are.

    Raises:
        Forbidden: his role does not arrange meetings.
        Conflict: the series has ended.
        Invalid: a field is wrong.
    """
    _check_running(actor, row)
    agreement = session.get_one(Agreement, row.agreement_id)
    given = _given(values)
    if row.made and ({"rule", "starts_at"} & given.keys()):
        raise Conflict(_l("系列已召集过会议，日期规则不能再改；请结束此系列，另建一个。"))
    _fill(row, agreement, given)
    _tell(session, actor, row, agreement, "updated")
    return row


def end_series(session: Session, actor: Actor, row: MeetingSeries) -> MeetingSeries:
    """No further meetings come of it.

    Raises:
        Forbidden, Conflict: as `change_series`.
    """
    _check_running(actor, row)
    row.ended_at = utc_now()
    _tell(session, actor, row, session.get_one(Agreement, row.agreement_id), "ended")
    return row


def _check_running(actor: Actor, row: MeetingSeries) -> None:
    actor.require(Right.MEETING_WORK)
    if row.ended_at is not None:
        raise Conflict(_l("此系列已经结束。"))


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _fill(row: MeetingSeries, agreement: Agreement, given: Mapping[str, Any]) -> None:
    _fill_turns(row, agreement, given)
    if "title" in given:
        row.title = clean(given["title"])
        refuse_secrets("title", row.title)
    if not row.title:
        raise field_error("title", _l("请填写会议名称。"))
    for name in ("starts_at", "minutes", "quorum", "chair_shift"):
        if name in given:
            setattr(row, name, given[name])
    if timedelta(minutes=row.minutes) > LONGEST:
        raise field_error("minutes", _l("会议不超过三天；更长的请分次召开。"))
    if "rule" in given or "starts_at" in given:
        row.rule = checked_rule(given.get("rule") or row.rule, row.starts_at)


def _fill_turns(row: MeetingSeries, agreement: Agreement, given: Mapping[str, Any]) -> None:
    """Who hosts in which order, and where."""
    if "rotation" in given:
        if sorted(set(given["rotation"])) != sorted(agreement.party_ids):
            raise field_error("rotation", _l("轮值顺序应包括备忘录的每一方。"))
        row.rotation = list(given["rotation"])
    if "places" in given:
        unknown = given["places"].keys() - agreement.party_ids
        if unknown:
            raise field_error("places", _l("请选择备忘录的一方。"))
        row.places = {one: clean(text)[:300] for one, text in given["places"].items()}


def next_meeting(session: Session, actor: Actor, series_id: str) -> Meeting:
    """Call the next meeting of a series, hosted and chaired by those whose turn it is.

    Raises:
        NotFound, Forbidden: not of his agreements; his role does not call meetings.
        Conflict: the series or its agreement has ended, or no date is left.
    """
    row = access_series(session, actor, series_id, lock=True)
    _check_running(actor, row)
    return _call_next(session, actor, row)


def _call_next(session: Session, actor: Actor, row: MeetingSeries) -> Meeting:
    turn = next(iter(turns(row, 1)), None)
    if turn is None:
        raise Conflict(_l("此系列没有更多的日期。"))
    agreement = session.get_one(Agreement, row.agreement_id)
    values = {
        "title": row.title,
        "starts_at": turn["starts_at"],
        "ends_at": turn["starts_at"] + timedelta(minutes=row.minutes),
        "place": row.places.get(turn["host"], ""),
        "host_bureau_id": turn["host"],
        "chair_bureau_id": turn["chair"],
        "quorum": row.quorum,
        "series_id": row.id,
        "occurrence": row.made,
    }
    row.made += 1
    return call_meeting(session, actor, agreement, values)


def turns(row: MeetingSeries, count: int) -> list[dict[str, Any]]:
    """The next dates (UTC) of a series with whose turn it is to host and to chair."""
    if row.ended_at is not None:
        return []
    found = []
    for number, moment in enumerate(dates(row.rule, row.starts_at, count, row.made), row.made):
        host = row.rotation[number % len(row.rotation)]
        chair = row.rotation[(number + row.chair_shift) % len(row.rotation)]
        found.append({"starts_at": moment, "host": host, "chair": chair})
    return found


def series_view(session: Session, reader: ReaderClass, row: MeetingSeries) -> dict[str, Any] | None:
    """A series as a party of its agreement sees it."""
    agreement = session.get_one(Agreement, row.agreement_id)
    if Right.WORK_VIEW not in reader.rights or reader.bureau_id not in agreement.party_ids:
        return None
    return {
        "id": row.id,
        "version": row.version,
        "title": row.title,
        "agreement_id": agreement.id,
        "agreement_number": agreement.number,
        "rule": row.rule,
        "rule_name": words(row.rule),
        "starts_at": utc_text(row.starts_at),
        "minutes": row.minutes,
        "rotation": [
            {"bureau_id": one, "name": bureau(session, one).short_name,
             "own": one == reader.bureau_id, "place": row.places.get(one, "")}
            for one in row.rotation
        ],
        "chair_shift": row.chair_shift,
        "quorum": row.quorum,
        "made": row.made,
        "ended_at": utc_text(row.ended_at) if row.ended_at else None,
        "created_by_name": row.created_by_name,
        "next": [
            {"starts_at": utc_text(turn["starts_at"]),
             "host_name": bureau(session, turn["host"]).short_name,
             "chair_name": bureau(session, turn["chair"]).short_name}
            for turn in turns(row, AHEAD)
        ],
    }  # fmt: skip


def list_series(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """The series of the actor's bureau, newest first; they are few."""
    actor.require(Right.WORK_VIEW)
    rows: Sequence[MeetingSeries] = session.scalars(
        select(MeetingSeries)
        .where(series_visible_to(actor.bureau_id))
        .order_by(MeetingSeries.ended_at.is_not(None), MeetingSeries.id.desc())
        .limit(200)
    ).all()
    views = [series_view(session, actor.reader, row) for row in rows]
    return [view for view in views if view is not None]


def render_series(session: Session, reader: ReaderClass, series_id: str) -> dict[str, Any] | None:
    """The view that a change of a series carries in the feed."""
    row = session.get(MeetingSeries, series_id)
    return None if row is None else series_view(session, reader, row)


# --- the clock


def series_due(session: Session, at: datetime) -> Sequence[str]:
    """Ids of series whose next meeting is near and not called."""
    rows = session.scalars(select(MeetingSeries).where(MeetingSeries.ended_at.is_(None)))
    return [row.id for row in rows if _due(session, row, at)]


def _due(session: Session, row: MeetingSeries, at: datetime) -> bool:
    turn = next(iter(turns(row, 1)), None)
    if turn is None or not turn["starts_at"] - LEAD <= at:
        return False
    return is_in_force(session.get_one(Agreement, row.agreement_id), at)


def call_due(session: Session, series_id: str, at: datetime) -> bool:
    """Call the next meeting of a series on behalf of its host, if it is still due."""
    row = session.get(MeetingSeries, series_id, with_for_update=True)
    if row is None or row.ended_at is not None or not _due(session, row, at):
        return False
    turn = turns(row, 1)[0]
    if turn["starts_at"] <= at:
        row.made += 1  # a date that passed while nobody could call it is left out
        return True
    _call_next(session, on_behalf_of(session, turn["host"]), row)
    return True


def _tell(
    session: Session, actor: Actor, row: MeetingSeries, agreement: Agreement, verb: str
) -> None:
    row.version += 1
    session.flush()
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=row.id,
        version=row.version,
        verb=verb,
        bureaus=agreement.party_ids,
        detail={"title": row.title},
    )
