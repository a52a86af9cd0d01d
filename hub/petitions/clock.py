"""The statutory terms of petitions (信访工作条例; rules D11 of the table of deadlines)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from hub.access import Actor
from hub.deadlines.services import (
    Subject,
    cancel_clock,
    extend_clock,
    meet_clock,
    start_clock,
)
from hub.petitions.labels import STATES
from hub.petitions.models import Petition, PetitionState
from hub.petitions.steps import KIND

# 受理告知 15 日; 办结 60 日, 可延长 30 日; 对答复不服请求复查 30 日.
ACCEPTANCE = "D11.acceptance"
CONCLUSION = "D11.conclusion"
REVIEW = "D11.review_request"


def subject_of(row: Petition) -> Subject:
    """What the clocks of a petition run for."""
    return Subject(KIND, row.id)


def on_registered(session: Session, row: Petition) -> None:
    """From the day on which it was received the bureau has so long to say what it will do."""
    _start(session, row, ACCEPTANCE, row.received_at)


def on_step(session: Session, row: Petition, at: datetime) -> None:
    """Let the clocks follow the state that was reached."""
    subject = subject_of(row)
    state = PetitionState(row.state)
    if state in (PetitionState.ACCEPTED, PetitionState.REFERRED, PetitionState.NOT_ACCEPTED):
        meet_clock(session, subject, ACCEPTANCE, at=at)
    if state is PetitionState.ACCEPTED:
        _start(session, row, CONCLUSION, at)
    if state is PetitionState.ANSWERED:
        meet_clock(session, subject, CONCLUSION, at=at)
        _start(session, row, REVIEW, at)
    if state is PetitionState.CLOSED:
        reason = str(STATES[state])
        cancel_clock(session, subject, REVIEW, at=at, reason=reason)


def extend(session: Session, actor: Actor, row: Petition, days: int, ground: str) -> None:
    """More time to conclude it, as far as the rule allows.

    Raises:
        NotFound, Conflict, Invalid: as `extend_clock`.
    """
    extend_clock(session, subject_of(row), CONCLUSION, amount=days, ground=ground, actor=actor)


def _start(session: Session, row: Petition, rule: str, at: datetime) -> None:
    start_clock(
        session,
        subject_of(row),
        rule,
        starts_at=at,
        bureau_id=row.owner_bureau_id,
        person_id=row.handler_id,
    )
