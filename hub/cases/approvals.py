"""What needs the bureau's head: more time for a deadline, a lower classification of a case.

An officer asks with the ground, an official who did not ask answers (Administrative Penalty Law,
Art. 60; Administrative Compulsion Law, Art. 25). Where the rule of a deadline says so, he answers
with the minutes of the collective discussion. Only the owning bureau learns of either.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.approval_models import ApprovalKind, ApprovalState, CaseApproval
from hub.cases.lookups import KIND
from hub.cases.models import Case
from hub.cases.terms import subjects_of
from hub.cases.texts import clean, refuse_secrets
from hub.changes import record_change
from hub.db import utc_now
from hub.deadlines.extensions import room_of
from hub.deadlines.models import Clock
from hub.deadlines.services import Subject, check_extension, extend_clock
from hub.errors import Conflict, Forbidden, NotFound, field_error
from hub.shares.services import after_update


def approvals_of(session: Session, case_id: str) -> Sequence[CaseApproval]:
    """What was asked about a case, oldest first."""
    rows = select(CaseApproval).where(CaseApproval.case_id == case_id).order_by(CaseApproval.id)
    return session.scalars(rows).all()


def access_approval(session: Session, case: Case, approval_id: str) -> CaseApproval:
    """A question about that case, locked.

    Raises:
        NotFound: absent, or about another case.
    """
    row = session.get(CaseApproval, approval_id, with_for_update=True, populate_existing=True)
    if row is None or row.case_id != case.id:
        raise NotFound
    return row


def ask_extension(
    session: Session, actor: Actor, case: Case, clock_id: str, amount: int, ground: str
) -> CaseApproval:
    """Ask for more time, in the rule's unit, for a clock of an own, locked case or its measures.

    Raises:
        NotFound: no such clock of this case runs.
        Conflict: the rule allows none, or somebody has asked already.
        Invalid: no ground, or more than the rule allows; names the field.
    """
    actor.require(Right.CASE_EDIT)
    clock = _clock_of(session, case, clock_id)
    check_extension(clock, amount, ground)
    collective = room_of(clock).collective(amount)
    return _ask(session, actor, case, ApprovalKind.EXTENSION, clock.id, amount, ground, collective)


def classify(
    session: Session, actor: Actor, case: Case, classification: int, reason: str
) -> CaseApproval | None:
    """Give an own, locked case another classification: higher at once, lower when approved.

    Raising ends the shares that the agreements do not cover any more, in the same moment.
    Returns the question that now waits for an official, or None when it was done.

    Raises:
        Invalid: the same as it has, above the actor's clearance, or no reason.
        Conflict: somebody has asked already.
    """
    actor.require(Right.CASE_EDIT)
    if classification == case.classification:
        raise field_error("classification", _l("与现在的密级相同。"))
    if classification > actor.clearance:
        raise field_error("classification", _l("密级不能高于本人可阅的级别。"))
    words = _words("reason", reason)
    if classification < case.classification:
        return _ask(
            session, actor, case, ApprovalKind.DECLASSIFY, case.id, classification, words, False
        )
    _set(session, actor, case, classification)
    return None


def grant(
    session: Session,
    actor: Actor,
    case: Case,
    row: CaseApproval,
    *,
    answer: str = "",
    minutes_number: str = "",
) -> None:
    """Say yes; what was asked for happens in the same moment.

    Raises:
        Forbidden: the actor is no official, or asked himself.
        Conflict: it was answered, or the clock has ended meanwhile.
        Invalid: the minutes of the collective discussion are missing.
    """
    _may_answer(actor, row)
    minutes = clean(minutes_number)
    refuse_secrets("minutes_number", minutes)
    if row.collective and not minutes:
        raise field_error(
            "minutes_number", _l("此项延长须经集体讨论决定，请填写集体讨论笔录编号。")
        )
    row.minutes_number = minutes
    _answered(row, ApprovalState.GRANTED, actor, clean(answer, lines=True))
    if row.kind == ApprovalKind.DECLASSIFY:
        _set(session, actor, case, row.amount)
    else:
        clock = _clock_of(session, case, row.subject_id)
        subject = Subject(clock.kind, clock.subject_id)
        ground = f"{row.ground}（{minutes}）" if minutes else row.ground
        extend_clock(
            session, subject, clock.rule_code, amount=row.amount, ground=ground, actor=actor
        )
    _tell(session, actor, case, row, "approval_granted")


def refuse(session: Session, actor: Actor, case: Case, row: CaseApproval, answer: str) -> None:
    """Say no, with the reason.

    Raises:
        Forbidden: the actor is no official, or asked himself.
        Conflict: it was answered.
        Invalid: no reason.
    """
    _may_answer(actor, row)
    _answered(row, ApprovalState.REFUSED, actor, _words("answer", answer))
    _tell(session, actor, case, row, "approval_refused")


def withdraw(session: Session, actor: Actor, case: Case, row: CaseApproval) -> None:
    """Take one's own question back.

    Raises:
        Forbidden: somebody else asked.
        Conflict: it was answered.
    """
    _still_open(row)
    if row.asked_by != actor.user_id:
        raise Forbidden(_l("只有申请人本人可以撤回。"))
    _answered(row, ApprovalState.WITHDRAWN, actor, "")
    _tell(session, actor, case, row, "approval_withdrawn")


def lapse(session: Session, actor: Actor, case: Case, reason: str) -> None:
    """Let the questions that wait about a case lapse, because it goes to another bureau.

    Whoever handles a case decides on its deadlines and its classification (Administrative Penalty
    Law, Art. 60): the head who was asked may not any more, and the other bureau's was never asked.
    """
    for row in approvals_of(session, case.id):
        if row.state == ApprovalState.ASKED:
            row.state, row.answer = ApprovalState.LAPSED.value, reason
            row.answered_at = utc_now()
            _tell(session, actor, case, row, "approval_lapsed")


def _clock_of(session: Session, case: Case, clock_id: str) -> Clock:
    clock = session.get(Clock, clock_id, with_for_update={"of": Clock}, populate_existing=True)
    known = subjects_of(session, case)
    if clock is None or (clock.kind, clock.subject_id) not in known:
        raise NotFound
    if not clock.open:
        raise Conflict(_l("此期限已经结束。"), extra={"rule": "clock.ended"})
    return clock


def _ask(
    session: Session,
    actor: Actor,
    case: Case,
    kind: ApprovalKind,
    subject_id: str,
    amount: int,
    ground: str,
    collective: bool,
) -> CaseApproval:
    asked = (one for one in approvals_of(session, case.id) if one.state == ApprovalState.ASKED)
    if any((one.kind, one.subject_id) == (kind, subject_id) for one in asked):
        raise Conflict(_l("已有同样的申请等待批准。"), extra={"rule": "approval.asked"})
    row = CaseApproval(
        case_id=case.id,
        kind=kind.value,
        subject_id=subject_id,
        amount=amount,
        ground=_words("ground", ground),
        collective=collective,
        state=ApprovalState.ASKED.value,
        asked_at=utc_now(),
        asked_by=actor.user_id,
        asked_by_name=actor.name,
        answer="",
        minutes_number="",
    )
    session.add(row)
    session.flush()
    _tell(session, actor, case, row, "approval_asked")
    return row


def _words(field: str, text: str) -> str:
    words = clean(text, lines=True)
    refuse_secrets(field, words)
    if not words:
        raise field_error(field, _l("请写明理由。"))
    return words


def _still_open(row: CaseApproval) -> None:
    if row.state != ApprovalState.ASKED:
        raise Conflict(_l("此申请已经答复。"), extra={"rule": "approval.answered"})


def _may_answer(actor: Actor, row: CaseApproval) -> None:
    actor.require(Right.CASE_APPROVE)
    _still_open(row)
    if row.asked_by == actor.user_id:
        raise Forbidden(_l("申请人不能批准自己的申请。"))


def _answered(row: CaseApproval, state: ApprovalState, actor: Actor, answer: str) -> None:
    refuse_secrets("answer", answer)
    row.state, row.answer = state.value, answer
    row.answered_at, row.answered_by, row.answered_by_name = utc_now(), actor.user_id, actor.name


def _set(session: Session, actor: Actor, case: Case, classification: int) -> None:
    case.classification = classification
    case.version += 1
    session.flush()
    after_update(session, actor, case)


def _tell(session: Session, actor: Actor, case: Case, row: CaseApproval, verb: str) -> None:
    session.flush()
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=case.id,
        version=case.version,
        verb=verb,
        bureaus=[case.owner_bureau_id],
        detail={"approval": row.kind, "amount": row.amount},
    )
