"""What is exchanged at a meeting, over JSON: packages and audit checkpoints."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.exchange.schemas import Nothing
from hub.meetings.access import access_meeting
from hub.meetings.exchanged import exchanged_at, hand_over_at
from hub.web.doors import reading, writing
from hub.web.identity import settings

bp = APIBlueprint("meeting_exchange_api", __name__, url_prefix="/api/v1", tag="meetings")


class ExchangedPackage(BaseModel):
    """A package of a meeting: a partner's once it is sealed, to the bureau it is for."""

    id: str | None
    number: str
    own: bool
    from_name: str
    to_name: str
    records: int
    state: str
    state_name: str
    tone: str
    built_by: str | None
    approved_by: str | None
    approved_at: str | None
    digest: str | None
    root: str | None
    receipt_at: str | None


class MeetingCheckpoint(BaseModel):
    """Where a party's audit chain stood, who keeps it, and whether the chain says so still."""

    bureau_name: str
    own: bool
    id: str | None
    number: int | None
    hash: str | None
    issued_at: str | None
    handed_over_by: str | None
    kept_by: list[str]
    holds: bool | None


class MeetingRoot(BaseModel):
    """The common audit root as one party holds it."""

    bureau_name: str
    root: str


class ExchangedOut(BaseModel):
    """All that was exchanged at a meeting, as this reader may see it."""

    packages: list[ExchangedPackage]
    checkpoints: list[MeetingCheckpoint]
    roots: list[MeetingRoot]
    may: dict[str, bool]


@bp.get("/meetings/<meeting_id>/exchange")
@bp.output(ExchangedOut)
@bp.doc(summary="Packages and audit checkpoints exchanged at a meeting, with hashes")
@reading
def exchanged(session: Session, actor: Actor, meeting_id: str) -> dict[str, Any]:
    """Packages of the own bureau, partners' sealed ones for it; checkpoints of the parties."""
    return exchanged_at(session, actor, access_meeting(session, actor, meeting_id))


@bp.post("/meetings/<meeting_id>/checkpoint")
@bp.input(Nothing, arg_name="body")
@bp.output(ExchangedOut)
@bp.doc(summary="Sign where your audit chain stands, for all parties of the meeting (official)")
@writing
def checkpoint(
    session: Session,
    actor: Actor,
    meeting_id: str,
    body: Nothing,  # noqa: ARG001
) -> dict[str, Any]:
    """Every party keeps it at once."""
    row = hand_over_at(session, actor, meeting_id, settings().secret_key)
    return exchanged_at(session, actor, row)
