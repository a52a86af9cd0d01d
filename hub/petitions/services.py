"""Registering a petition, changing what was written of it, and who brought it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from geo.limits import parse_position
from hub.access import Actor, Right
from hub.accounts.directory import colleagues
from hub.cases.texts import checked_uscc, clean, refuse_secrets
from hub.changes import record_act
from hub.db import utc_now
from hub.errors import Conflict, Forbidden, field_error
from hub.locate.services import place_of
from hub.numbering.services import next_number
from hub.petitions import clock, reporters
from hub.petitions.access import access_petition
from hub.petitions.labels import STATES
from hub.petitions.machine import FACTS_OPEN, REPLY_OPEN, SETTLEMENT_OPEN
from hub.petitions.models import Petition, PetitionState
from hub.petitions.steps import KIND, enter, tell, withdraw_approvals
from hub.petitions.views import GROUPS, INTERNAL
from hub.versions import outward

SERIES = "联访"  # data, not screen text
LINES = ("text", "settlement", "reply")
WORDS = ("title", "text", "place", "firm_name", "settlement", "reply")
# A clock of another machine may be a little ahead.
AHEAD = timedelta(minutes=10)


def create_petition(session: Session, actor: Actor, values: Mapping[str, Any]) -> Petition:
    """Register a complaint, with who brought it as far as he says.

    Raises:
        Forbidden: the actor takes no petitions.
        Invalid: no subject, a time ahead, a wrong code, a secret, or words that name him.
        GeoError: the place cannot be one, or lies outside the area of the hub.
    """
    actor.require(Right.PETITION_WORK)
    now = utc_now()
    row = Petition(
        number=next_number(session, SERIES, now),
        owner_bureau_id=actor.bureau_id,
        title="",
        category=values["category"],
        channel=values["channel"],
        text="",
        classification=2,
        lon=values["lon"],
        lat=values["lat"],
        place="",
        occurred_at=values.get("occurred_at") or now,
        received_at=values.get("received_at") or now,
        firm_name="",
        state=PetitionState.REGISTERED.value,
        handler_name="",
        settlement="",
        reply="",
        content_version=1,
        created_by=actor.user_id,
        created_by_name=actor.name,
        created_at=now,
        version=0,
        shared_version=0,
    )
    _fill(session, actor, row, values)
    session.add(row)
    session.flush()
    _enter_reporter(session, actor, row, values.get("reporter") or {})
    clock.on_registered(session, row)
    enter(session, actor, row, "created")
    return row


def change_petition(
    session: Session, actor: Actor, row: Petition, values: Mapping[str, Any]
) -> Petition:
    """Change given fields of an own petition; keys that were turned on it fall.

    Raises:
        Forbidden: the actor works on no petitions.
        Conflict: the state does not allow it any more.
        Invalid, GeoError: as `create_petition`.
    """
    actor.require(Right.PETITION_WORK)
    drafts = {"settlement", "reply"} & values.keys()
    facts = values.keys() - drafts
    state = PetitionState(row.state)
    for given, open_in in (
        (facts, FACTS_OPEN),
        (drafts & {"settlement"}, SETTLEMENT_OPEN),
        (drafts & {"reply"}, REPLY_OPEN),
    ):
        if given and state not in open_in:
            raise Conflict(
                _l("现为“%(state)s”，这一内容不能再改。", state=STATES[state]),
                extra={"state": row.state},
            )
    before = outward(row, GROUPS, INTERNAL)
    _fill(session, actor, row, values)
    texts = {name: getattr(row, name) for name in WORDS if name in values}
    reporters.refuse_named(session, actor, row, texts)
    withdraw_approvals(session, row)
    hidden = outward(row, GROUPS, INTERNAL) == before
    enter(session, actor, row, "updated" if facts else "drafted", hidden=hidden)
    return row


def change_reporter(
    session: Session, actor: Actor, row: Petition, values: Mapping[str, Any]
) -> Petition:
    """Seal anew who brought a petition; nothing given: it is forgotten.

    Raises:
        Forbidden: neither a mediator nor who registered it.
        Invalid: as `reporters.enter`.
    """
    if not reporters.may_look(actor, row):
        raise Forbidden(_l("只有登记人和信访调解员可以登记信访人。"))
    _enter_reporter(session, actor, row, values)
    tell(session, actor, row, "updated", hidden=True)
    return row


def read_petition(session: Session, actor: Actor, petition_id: str) -> Petition:
    """A petition to be read; a neighbour's reading is entered in both chains.

    Raises:
        NotFound, Forbidden: as `access_petition`.
    """
    row = access_petition(session, actor, petition_id)
    if row.owner_bureau_id != actor.bureau_id:
        note_reading(session, actor, row, "petition.read")
    return row


def note_reading(session: Session, actor: Actor, row: Petition, action: str) -> None:
    """Enter that somebody read a petition, or a letter of it."""
    chains = [row.owner_bureau_id]
    record_act(session, actor, action=action, kind=KIND, record_id=row.id, chains=chains)


def _enter_reporter(
    session: Session, actor: Actor, row: Petition, values: Mapping[str, Any]
) -> None:
    done = reporters.enter(session, actor, row, values)
    if done is not None:
        record_act(session, actor, action=f"petition.{done}", kind=KIND, record_id=row.id)


def _fill(session: Session, actor: Actor, row: Petition, values: Mapping[str, Any]) -> None:
    _write(row, values)
    for name in ("category", "channel", "classification"):
        if values.get(name) is not None:
            setattr(row, name, values[name])
    if row.classification > actor.clearance:
        raise field_error("classification", _l("不能高于您本人的可阅级别。"))
    if "firm_uscc" in values:
        row.firm_uscc = checked_uscc(values["firm_uscc"], "firm_uscc")
    for name in ("occurred_at", "received_at"):
        if values.get(name) is not None:
            setattr(row, name, _past(name, values[name]))
    if values.get("lon") is not None or values.get("lat") is not None:
        _place(session, row, values)
    if "handler_id" in values:
        row.handler_id, row.handler_name = _handler(session, actor, values["handler_id"])


def _write(row: Petition, values: Mapping[str, Any]) -> None:
    for name in WORDS:
        if values.get(name) is not None:
            text = clean(values[name], lines=name in LINES)
            refuse_secrets(name, text)
            setattr(row, name, text)
    if not row.title:
        raise field_error("title", _l("请填写事由。"))


def _place(session: Session, row: Petition, values: Mapping[str, Any]) -> None:
    for name in ("lon", "lat"):
        if values.get(name) is not None:
            setattr(row, name, values[name])
    parse_position(row.lon, row.lat)
    row.adcode = place_of(session, row.lon, row.lat).adcode


def _past(name: str, moment: datetime) -> datetime:
    if moment > utc_now() + AHEAD:
        raise field_error(name, _l("不能晚于现在。"))
    return moment


def _handler(session: Session, actor: Actor, user_id: str | None) -> tuple[str | None, str]:
    if not user_id:
        return None, ""
    for one in colleagues(session, actor.bureau_id, Right.WORK_VIEW):
        if one.user_id == user_id:
            return one.user_id, one.name
    raise field_error("handler_id", _l("请选择本单位的办理人。"))
