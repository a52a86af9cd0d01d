"""The terms within which a share is answered, and a request to see more: rules, or the agreement's.

No statute sets them; the rules `H1.share_answer` and `H2.access_answer` are the hub's proposal,
and an agreement may give another term for answering (`answer_hours` of its terms).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session

from hub.agreements.models import Agreement
from hub.deadlines.models import Clock, ClockState
from hub.deadlines.services import (
    Start,
    Subject,
    cancel_clock,
    clocks_of,
    meet_clock,
    start_clock,
    start_clocks,
)
from hub.deadlines.views import ClockView
from hub.shares.models import AccessRequest, RequestState
from hub.shares.onward_models import OnwardRequest, OnwardState
from sharing.models import Rung, Share
from sharing.terms import Terms

SHARE = "share"
REQUEST = "access_request"
ANSWER = "H1.share_answer"
ACCESS = "H2.access_answer"
WISH = "onward_request"
ONWARD = "H4.onward_answer"


def start_answering(session: Session, rows: Collection[Share]) -> None:
    """From the moment of sharing each partner has so long to accept or refuse."""
    agreement_ids = {share.agreement_id for share in rows}
    held = [session.get_one(Agreement, one) for one in agreement_ids]
    hours = {row.id: Terms.from_dict(row.current.terms).answer_hours for row in held}
    start_clocks(
        session,
        ANSWER,
        [
            Start(
                Subject(SHARE, share.id),
                starts_at=share.created_at,
                bureau_id=share.partner_bureau_id,
                also_told=(share.owner_bureau_id,),
                amount=hours[share.agreement_id],
            )
            for share in rows
        ],
    )


def note_rung(session: Session, share: Share, rung: Rung, at: datetime) -> None:
    """Accepting or refusing is what was due."""
    if rung in (Rung.ACCEPTED, Rung.REFUSED):
        meet_clock(session, Subject(SHARE, share.id), ANSWER, at=at)


def note_ended(session: Session, share: Share, at: datetime) -> None:
    """Of a share that has ended nothing is due any more."""
    reason = share.end_reason or share.state.value
    cancel_clock(session, Subject(SHARE, share.id), ANSWER, at=at, reason=reason)
    for row in session.scalars(select(AccessRequest).where(AccessRequest.share_id == share.id)):
        cancel_clock(session, Subject(REQUEST, row.id), ACCESS, at=at, reason=reason)
        if row.state == RequestState.OPEN:
            row.state = RequestState.ENDED.value
    for wish in session.scalars(select(OnwardRequest).where(OnwardRequest.share_id == share.id)):
        cancel_clock(session, Subject(WISH, wish.id), ONWARD, at=at, reason=reason)
        if wish.state == OnwardState.OPEN:
            wish.state = OnwardState.LAPSED.value


def start_access(session: Session, share: Share, row: AccessRequest) -> datetime:
    """From the moment of asking the owner has so long to grant or refuse; until when (UTC)."""
    clock = start_clock(
        session,
        Subject(REQUEST, row.id),
        ACCESS,
        starts_at=row.asked_at,
        bureau_id=share.owner_bureau_id,
        also_told=[share.partner_bureau_id],
    )
    return clock.due_at


def note_access_answered(session: Session, row: AccessRequest, at: datetime) -> None:
    """Granting or refusing is what was due."""
    meet_clock(session, Subject(REQUEST, row.id), ACCESS, at=at)


def answer_clocks(session: Session, share_ids: Collection[str]) -> dict[str, ClockView]:
    """The clock of answering of each share that has one."""
    found = clocks_of(session, SHARE, share_ids)
    return {share_id: views[0] for share_id, views in found.items() if views}


def asks() -> ColumnElement[bool]:
    """Shares that ask for an answer: what the giver of a case goes on to read of it does not."""
    return exists().where(
        Clock.kind == SHARE, Clock.subject_id == Share.id, Clock.rule_code == ANSWER
    )


def unanswered_in_time(at: datetime) -> Select[str]:
    """Ids of shares whose term of answering has passed."""
    return select(Clock.subject_id).where(
        Clock.kind == SHARE,
        Clock.rule_code == ANSWER,
        Clock.state == ClockState.RUNNING,
        Clock.due_at < at,
    )
