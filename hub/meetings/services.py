"""Calling a joint meeting and changing its arrangements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.agreements.access import access_agreement
from hub.agreements.effect import is_in_force
from hub.agreements.models import Agreement
from hub.cases.texts import clean, refuse_secrets
from hub.db import utc_now
from hub.errors import Conflict, field_error
from hub.meetings.machine import FACTS_OPEN
from hub.meetings.models import Meeting, MeetingParty, MeetingState
from hub.meetings.people import invite_by_post
from hub.meetings.steps import enter
from hub.numbering.services import next_number

SERIES = "联会"  # data, not screen text
TEXTS = {"title": False, "place": False, "note": True, "bring": True}
# What the invited must hear of: a change of these counts the invitation on (RFC 5545 SEQUENCE).
TOLD = ("title", "place", "starts_at", "ends_at")
LONGEST = timedelta(days=3)


def create_meeting(session: Session, actor: Actor, values: Mapping[str, Any]) -> Meeting:
    """Call a meeting of the parties of an agreement in force.

    Raises:
        Forbidden: the actor's role does not call meetings.
        NotFound: not an agreement of his bureau.
        Conflict: the agreement is not in force.
        Invalid: a field is missing or wrong.
    """
    actor.require(Right.MEETING_WORK)
    agreement = access_agreement(session, actor, values["agreement_id"])
    return call_meeting(session, actor, agreement, values)


def call_meeting(
    session: Session, actor: Actor, agreement: Agreement, values: Mapping[str, Any]
) -> Meeting:
    """The same for whom it was checked that he may: a person, or the clock of a series.

    Raises:
        Conflict, Invalid: as `create_meeting`.
    """
    if not is_in_force(agreement):
        raise Conflict(_l("备忘录未生效，不能召集联席会议。"), extra={"rule": "meeting.in_force"})
    now = utc_now()
    host = values.get("host_bureau_id") or actor.bureau_id
    row = Meeting(
        number=next_number(session, SERIES, now),
        agreement_id=agreement.id,
        series_id=values.get("series_id"),
        occurrence=values.get("occurrence"),
        title="",
        state=MeetingState.PROPOSED.value,
        starts_at=values["starts_at"],
        ends_at=values["ends_at"],
        host_bureau_id=_party(agreement, host, "host_bureau_id"),
        chair_bureau_id=_party(agreement, values.get("chair_bureau_id") or host, "chair_bureau_id"),
        classification=2,
        created_by=actor.user_id,
        created_by_name=actor.name,
        created_at=now,
        version=0,
        place="",
        note="",
        bring="",
        quorum=1,
        sequence=0,
        minutes_version=1,
    )
    row.parties = [MeetingParty(bureau_id=one) for one in sorted(agreement.party_ids)]
    fill(actor, row, agreement, values)
    session.add(row)
    session.flush()
    invite_by_post(session, row)
    enter(session, actor, row, "created")
    return row


def fill(actor: Actor, row: Meeting, agreement: Agreement, values: Mapping[str, Any]) -> None:
    """Put given fields into a meeting, cleaned and checked; fields that are not given stay.

    Raises:
        Invalid: says which field.
    """
    for name, lines in TEXTS.items():
        if values.get(name) is not None:
            text = clean(values[name], lines=lines)
            refuse_secrets(name, text)
            setattr(row, name, text)
    for name in ("starts_at", "ends_at", "quorum", "classification"):
        if values.get(name) is not None:
            setattr(row, name, values[name])
    for name in ("host_bureau_id", "chair_bureau_id"):
        if values.get(name) is not None:
            setattr(row, name, _party(agreement, values[name], name))
    _check(actor, row)


def _check(actor: Actor, row: Meeting) -> None:
    if not row.title:
        raise field_error("title", _l("请填写会议名称。"))
    if not row.starts_at < row.ends_at:
        raise field_error("ends_at", _l("结束时间应晚于开始时间。"))
    if row.ends_at - row.starts_at > LONGEST:
        raise field_error("ends_at", _l("会议不超过三天；更长的请分次召开。"))
    if row.classification > max(actor.clearance, 2):
        raise field_error("classification", _l("密级不能高于本人可阅的级别。"))


def _party(agreement: Agreement, bureau_id: str, field: str) -> str:
    if bureau_id not in agreement.party_ids:
        raise field_error(field, _l("请选择备忘录的一方。"))
    return bureau_id


def change_meeting(
    session: Session, actor: Actor, row: Meeting, values: Mapping[str, Any]
) -> Meeting:
    """Change the arrangements of a meeting that has not begun; the invited hear of it.

    Raises:
        Forbidden: his role does not arrange meetings.
        Conflict: another bureau hosts it; it has begun, ended or was cancelled.
        Invalid: a field is wrong.
    """
    check_host(actor, row)
    if row.state not in FACTS_OPEN:
        raise Conflict(_l("会议已经开始或结束，不能再改安排。"))
    before = _told(row)
    fill(actor, row, session.get_one(Agreement, row.agreement_id), values)
    if _told(row) != before:
        count_on(row)
    enter(session, actor, row, "updated")
    return row


def _told(row: Meeting) -> list[str | datetime]:
    return [getattr(row, name) for name in TOLD]


def count_on(row: Meeting) -> None:
    """Whoever was invited must hear of a change: the invitation gets its next number."""
    if row.invited_at is not None:
        row.sequence += 1


def check_host(actor: Actor, row: Meeting) -> None:
    """Refuse whoever does not arrange the meeting.

    Raises:
        Forbidden: his role does not arrange meetings.
        Conflict: another bureau hosts it.
    """
    actor.require(Right.MEETING_WORK)
    if actor.bureau_id != row.host_bureau_id:
        raise Conflict(_l("会议由轮值主办单位安排。"), extra={"rule": "meeting.host"})
