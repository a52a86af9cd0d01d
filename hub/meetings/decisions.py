"""Decisions (议定事项) as text: adopted once the official of each party approved the same words."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.approvals import services as approvals
from hub.cases.texts import clean, refuse_secrets
from hub.db import utc_now
from hub.errors import Conflict, NotFound, field_error
from hub.meetings.minutes import open_minutes, touch
from hub.meetings.minutes_models import Decision
from hub.meetings.models import Meeting
from hub.meetings.steps import tell

KIND = "decision"
PROPOSED, ADOPTED, DROPPED = "proposed", "adopted", "dropped"


def decisions_of(session: Session, meeting_ids: Collection[str]) -> Sequence[Decision]:
    """The decisions of some meetings, in order."""
    return session.scalars(
        select(Decision)
        .where(Decision.meeting_id.in_(meeting_ids))
        .order_by(Decision.position, Decision.id)
    ).all()


def propose(session: Session, actor: Actor, meeting_id: str, text: str) -> Decision:
    """Put a decision on the table.

    Raises:
        NotFound, Forbidden, Conflict: as `open_minutes`.
        Invalid: no text, or a secret.
    """
    row = open_minutes(session, actor, meeting_id)
    last = session.scalar(select(func.max(Decision.position)).where(Decision.meeting_id == row.id))
    decision = Decision(
        meeting_id=row.id,
        position=(last or 0) + 1,
        text="",
        state=PROPOSED,
        version=0,
        content_hash="",
        proposed_by_name=actor.name,
        proposed_by_bureau=actor.bureau_id,
        changed_at=utc_now(),
    )
    _put(row, decision, text)
    session.add(decision)
    _entered(session, actor, row, "decision_proposed")
    return decision


def _put(row: Meeting, decision: Decision, text: str) -> None:
    decision.text = clean(text, lines=True)
    refuse_secrets("text", decision.text)
    if not decision.text:
        raise field_error("text", _l("请写明议定的内容。"))
    decision.version += 1
    decision.changed_at = utc_now()
    decision.content_hash = approvals.content_hash(
        {"meeting": row.number, "decision": decision.position, "text": decision.text}
    )


def change(
    session: Session, actor: Actor, meeting_id: str, decision_id: str, text: str
) -> Decision:
    """Give a decision other words; approvals of the earlier ones fall.

    Raises:
        NotFound, Forbidden, Conflict: as `open_minutes`; or it was adopted.
        Invalid: as `propose`.
    """
    row, decision = _on_table(session, actor, meeting_id, decision_id)
    approvals.withdraw_all(session, KIND, decision.id)
    decision.state = PROPOSED
    _put(row, decision, text)
    _entered(session, actor, row, "decision_proposed")
    return decision


def drop(session: Session, actor: Actor, meeting_id: str, decision_id: str) -> Decision:
    """Take a decision off the table.

    Raises:
        NotFound, Forbidden, Conflict: as `change`.
    """
    row, decision = _on_table(session, actor, meeting_id, decision_id)
    approvals.withdraw_all(session, KIND, decision.id)
    decision.state = DROPPED
    _entered(session, actor, row, "decision_dropped")
    return decision


def approve(
    session: Session, actor: Actor, meeting_id: str, decision_id: str, content_hash: str
) -> Decision:
    """Turn the key of the actor's bureau on the words that he read; with the last it is adopted.

    Raises:
        NotFound, Conflict: as `change`; the words changed; the bureau approved already.
        Forbidden: no official.
    """
    actor.require(Right.MEETING_SIGN)
    row, decision = _on_table(session, actor, meeting_id, decision_id)
    if decision.state != PROPOSED:
        raise Conflict(_l("此议定事项不在确认中。"))
    complete = approvals.approve(
        session,
        actor,
        kind=KIND,
        record_id=decision.id,
        version=decision.version,
        expected_hash=decision.content_hash,
        given_hash=content_hash,
        parties=row.party_ids,
    )
    if complete:
        decision.state, decision.adopted_at = ADOPTED, utc_now()
    _entered(session, actor, row, "decision_adopted" if complete else "decision_approved")
    return decision


def _on_table(
    session: Session, actor: Actor, meeting_id: str, decision_id: str
) -> tuple[Meeting, Decision]:
    row = open_minutes(session, actor, meeting_id)
    decision = session.get(Decision, decision_id, populate_existing=True)
    if decision is None or decision.meeting_id != row.id:
        raise NotFound
    if decision.state == ADOPTED:
        raise Conflict(_l("各方已确认的议定事项不能再改；可以另提一项。"))
    return row, decision


def _entered(session: Session, actor: Actor, row: Meeting, verb: str) -> None:
    session.flush()
    touch(session, row)
    tell(session, actor, row, verb)
