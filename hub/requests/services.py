"""Drafting requests, changing drafts, reading them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from geo.limits import parse_position
from hub.access import Actor, Right
from hub.accounts.directory import colleagues
from hub.bureaus.services import bureau
from hub.cases.access import own_case
from hub.cases.texts import clean, refuse_secrets
from hub.changes import record_act
from hub.db import utc_now
from hub.errors import Conflict, field_error
from hub.locate.services import place_of
from hub.numbering.services import next_number
from hub.patrols.findings import access_finding
from hub.requests.access import access_request
from hub.requests.clock import start_after_opinion
from hub.requests.handover import check_may_change_hands
from hub.requests.machine import APPROVED, DRAFT, EDITABLE, SENT
from hub.requests.models import Kind, Request
from hub.requests.police import check_may_go, check_only_one
from hub.requests.sources import lead_from
from hub.requests.steps import enter, note_delivered, steps_of

SERIES = {
    Kind.ASSISTANCE: "联协",  # data, not screen text
    Kind.REFERRAL: "联索",  # data, not screen text
    Kind.TRANSFER: "联移",  # data, not screen text
    Kind.JOINT: "联办",  # data, not screen text
    Kind.POLICE: "联刑",  # data, not screen text
}
TEXTS = ("title", "body", "legal_basis", "contact_name", "contact_phone", "addressee")
LINES = ("body", "legal_basis")


def create_request(
    session: Session, actor: Actor, values: Mapping[str, Any], *, at: datetime | None = None
) -> Request:
    """Draft a request of the actor's bureau.

    Args:
        values: the fields of `schemas.RequestIn`.

    Raises:
        Invalid: a field is missing or cannot be used.
        NotFound: the case or finding is not the actor's.
        Conflict: the case cannot be handed over any more.
    """
    actor.require(Right.REQUEST_WORK)
    kind = Kind(values["kind"])
    now = at or utc_now()
    row = Request(
        number=next_number(session, SERIES[kind], now),
        kind=kind.value,
        state=DRAFT,
        sender_bureau_id=actor.bureau_id,
        title="",
        questions=[],
        wanted=[],
        details={},
        opens_case=True,
        classification=2,
        created_by=actor.user_id,
        created_by_name=actor.name,
        created_at=now,
        version=0,
        shared_version=0,
    )
    _bind(session, actor, row, values)
    fill(session, actor, row, values)
    session.add(row)
    session.flush()
    enter(session, actor, row, "created")
    if values.get("opinion_at"):
        start_after_opinion(session, row, values["opinion_at"])
    return row


def _bind(session: Session, actor: Actor, row: Request, values: Mapping[str, Any]) -> None:
    """To whom it goes and what it is about; neither changes later."""
    kind = Kind(row.kind)
    if kind is not Kind.POLICE:
        if not values.get("receiver_bureau_id"):
            raise field_error("receiver_bureau_id", _l("请选择收函单位。"))
        other = bureau(session, values["receiver_bureau_id"])
        if other.id == actor.bureau_id:
            raise field_error("receiver_bureau_id", _l("请选择其他单位。"))
        row.receiver_bureau_id = other.id
    if values.get("case_id"):
        _bind_case(session, actor, row, values["case_id"])
    elif kind in (Kind.TRANSFER, Kind.POLICE, Kind.JOINT):
        raise field_error("case_id", _l("请从案件发起。"))
    if values.get("finding_id"):
        row.finding_id = access_finding(session, actor, values["finding_id"]).id
    if values.get("opinion_at"):
        row.details = {"opinion_at": values["opinion_at"].isoformat()}


def _bind_case(session: Session, actor: Actor, row: Request, case_id: str) -> None:
    case = own_case(session, actor, case_id)
    row.case_id = case.id
    row.classification = case.classification
    if row.kind == Kind.TRANSFER:
        check_may_change_hands(case)
    if row.kind == Kind.POLICE:
        check_may_go(case)
        check_only_one(session, case)


def fill(session: Session, actor: Actor, row: Request, values: Mapping[str, Any]) -> None:
    """Put given fields into a draft, cleaned and checked; fields that are not given stay."""
    for name in TEXTS:
        if name in values:
            text = clean(values[name], lines=name in LINES)
            refuse_secrets(name, text)
            setattr(row, name, text)
    for name in ("questions", "wanted"):
        if values.get(name) is not None:
            texts = [clean(text) for text in values[name]]
            for text in texts:
                refuse_secrets(name, text)
            setattr(row, name, [text for text in texts if text])
    if "due_at" in values:
        row.due_at = values["due_at"]
    if values.get("opens_case") is not None:
        row.opens_case = values["opens_case"]
    if values.get("classification") is not None:
        if values["classification"] > actor.clearance:
            raise field_error("classification", _l("密级不能高于本人可阅的级别。"))
        row.classification = values["classification"]
    _fill_details(session, actor, row, values)
    _check(session, row)


def _fill_details(session: Session, actor: Actor, row: Request, values: Mapping[str, Any]) -> None:
    place = values.get("lead") or {}
    if place.get("lon") is not None and place.get("lat") is not None:
        parse_position(place["lon"], place["lat"])  # also where the kind of letter has no lead
    if row.kind in (Kind.POLICE, Kind.JOINT) and values.get("team") is not None:
        known = {one.user_id for one in colleagues(session, actor.bureau_id, Right.CASE_EDIT)}
        if not set(values["team"]) <= known:
            raise field_error("team", _l("办案人员应为本单位在职执法人员。"))
        row.name_handlers(row.sender_bureau_id, values["team"])
    details = dict(row.details)
    if row.kind == Kind.REFERRAL:
        details["lead"] = lead_from(session, actor, row, values.get("lead"))
    if values.get("major") is not None and row.kind in (Kind.REFERRAL, Kind.TRANSFER):
        details["major"] = values["major"]
    if values.get("absent") is not None:
        absent = {name: clean(text) for name, text in values["absent"].items()}
        details["absent"] = {name: text for name, text in absent.items() if text}
    row.details = details


def _check(session: Session, row: Request) -> None:
    if not row.title:
        raise field_error("title", _l("请填写事由。"))
    if row.kind == Kind.ASSISTANCE and not row.questions:
        raise field_error("questions", _l("请至少写明一个需要协查的问题。"))
    if row.kind == Kind.POLICE and not row.addressee:
        raise field_error("addressee", _l("请填写公安机关名称。"))
    if row.due_at is not None and row.due_at <= utc_now():
        raise field_error("due_at", _l("期限应晚于现在。"))
    if row.kind == Kind.REFERRAL:
        _check_place(session, row)


def _check_place(session: Session, row: Request) -> None:
    """A lead goes to the bureau of its place (行政处罚法 第二十二条)."""
    lead = row.details["lead"]
    place = place_of(session, lead["lon"], lead["lat"])
    receiver = bureau(session, row.receiver_bureau_id or "")
    if receiver.adcode != place.adcode and receiver.adcode not in place.candidates:
        raise field_error(
            "receiver_bureau_id", _l("此地点不在收函单位辖区内，线索应移交给发生地的单位。")
        )


def change_request(
    session: Session, actor: Actor, row: Request, values: Mapping[str, Any]
) -> Request:
    """Change a draft; an approval of the earlier text falls with it.

    Raises:
        NotFound, Conflict: not the own bureau's, or sent already.
    """
    actor.require(Right.REQUEST_WORK)
    _check_draft(actor, row)
    fill(session, actor, row, values)
    if row.state == APPROVED:
        row.state = DRAFT
        row.signed_by_name, row.signed_at = None, None
    enter(session, actor, row, "edited")
    return row


def own_draft(session: Session, actor: Actor, request_id: str) -> Request:
    """A draft of the actor's bureau, or one that is approved and not sent.

    Raises:
        NotFound, Conflict: not the actor's; sent already.
    """
    row = access_request(session, actor, request_id)
    _check_draft(actor, row)
    return row


def _check_draft(actor: Actor, row: Request) -> None:
    if row.sender_bureau_id != actor.bureau_id or row.state not in EDITABLE:
        raise Conflict(_l("已经发出的函件不能修改；可以留言说明，或撤回后重发。"))


def open_request(session: Session, actor: Actor, request_id: str) -> Request:
    """Read a request; the receiver's first reading is a receipt, told to both.

    Raises:
        NotFound: as `access_request`.
    """
    row = access_request(session, actor, request_id)
    if row.receiver_bureau_id != actor.bureau_id:
        return row
    row = access_request(session, actor, request_id, lock=True)
    if row.state == SENT:
        note_delivered(session, actor, row)
    if all(step.act != "opened" for step in steps_of(session, [row.id])):
        enter(session, actor, row, "opened")
    record_act(
        session,
        actor,
        action="request.read",
        kind="request",
        record_id=row.id,
        chains=[row.sender_bureau_id],
    )
    return row
