"""Taking a case from stage to stage: checked, written down, its clocks following."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.directory import Colleague, colleagues
from hub.cases import terms
from hub.cases.guards import LATE_ENTRY, Situation, Step, check_guards, obstacles
from hub.cases.labels import STAGES
from hub.cases.lookups import KIND, measures_of
from hub.cases.models import Case, CaseStage, CaseStep
from hub.cases.stages import NEXT, check_order
from hub.cases.texts import clean, refuse_secrets
from hub.changes import record_act
from hub.db import utc_now
from hub.deadlines.services import clocks_of, open_clock
from sharing.canonical import utc_text


def team_of(session: Session, bureau_id: str) -> list[Colleague]:
    """Officers of a bureau who can handle a case."""
    return colleagues(session, bureau_id, Right.CASE_EDIT)


def staff_of(session: Session, bureau_id: str) -> list[Colleague]:
    """Everybody at a bureau who works with cases: may review one or chair its hearing."""
    return colleagues(session, bureau_id, Right.WORK_VIEW)


def advance(session: Session, actor: Actor, case: Case, step: Step) -> CaseStep:
    """Take a locked case one step further; the caller counts its version and tells of it.

    Raises:
        Conflict: the stage may not follow, or a condition is not met; carries `rule`.
        Invalid: something is missing or impossible; names the field.
    """
    came_from = CaseStage(case.stage)
    reason = clean(step.reason, lines=True)
    refuse_secrets("reason", reason)
    here = _situation(session, case)
    asked = Step(
        **vars(step)
        | {
            "at": here.now if step.at_once else step.at,
            "reason": reason,
            "document_number": clean(step.document_number),
            # The one who lets it pass is the one who reviewed it, unless another is named.
            "reviewer_id": step.reviewer_id or actor.user_id,
        }
    )
    check_order(came_from, asked.to)
    check_guards(here, asked)
    taken = _write(session, actor, case, asked)
    if asked.to is CaseStage.NOTIFIED:
        case.reviewer_id = asked.reviewer_id
    if asked.to is CaseStage.HEARING:
        case.chair_id = asked.chair_id
    if asked.to is CaseStage.DECIDED and asked.outcome is not None:
        case.outcome = asked.outcome.value
    terms.on_step(session, actor, case, came_from, asked)
    return taken


def _situation(session: Session, case: Case) -> Situation:
    taken = steps_of(session, case)
    last_at = max((step.at for step in taken), default=case.opened_at)
    hearing = open_clock(session, terms.subject_of(case), terms.HEARING)
    return Situation(
        case=case,
        officers=team_of(session, case.owner_bureau_id),
        colleagues={person.user_id for person in staff_of(session, case.owner_bureau_id)},
        now=max(utc_now(), last_at),
        last_at=last_at,
        went_to_police=any(step.to_stage == CaseStage.CRIMINAL for step in taken),
        hearing_until=hearing.due_at if hearing is not None else None,
        open_measures=sum(one.ended_at is None for one in measures_of(session, case.id)),
    )


def _write(session: Session, actor: Actor, case: Case, step: Step) -> CaseStep:
    taken = CaseStep(
        case_id=case.id,
        from_stage=case.stage,
        to_stage=step.to.value,
        at=step.at,
        entered_at=utc_now(),
        by=actor.user_id,
        by_name=actor.name,
        reason=step.reason,
        document_number=step.document_number,
    )
    session.add(taken)
    case.stage = step.to.value
    session.flush()
    record_act(
        session,
        actor,
        action="case.step",
        kind=KIND,
        record_id=case.id,
        chains=[case.owner_bureau_id],
        detail={"from": taken.from_stage, "to": taken.to_stage, "at": utc_text(step.at)},
    )
    return taken


def steps_of(session: Session, case: Case) -> Sequence[CaseStep]:
    """The steps of a case, oldest first."""
    rows = select(CaseStep).where(CaseStep.case_id == case.id).order_by(CaseStep.id)
    return session.scalars(rows).all()


def obstacles_of(session: Session, case: Case) -> dict[str, list[dict[str, str]]]:
    """Stage that may follow -> what must be put right first, in words and as the rule's code."""
    here = _situation(session, case)
    ways = {to: obstacles(here, to) for to in NEXT[CaseStage(case.stage)]}
    return {
        to.value: [{"rule": str(one.extra["rule"]), "text": str(one.detail)} for one in found]
        for to, found in ways.items()
        if found
    }


def steps_view(session: Session, case: Case) -> dict[str, Any]:
    """The steps of an own case, its deadlines, and what may follow."""
    return {
        "items": [_step_view(step) for step in steps_of(session, case)],
        "next": None,
        "clocks": [view.to_dict() for view in clocks_of(session, KIND, [case.id])[case.id]],
        "allowed": [stage.value for stage in NEXT[CaseStage(case.stage)]],
        "obstacles": obstacles_of(session, case),
    }


def _step_view(step: CaseStep) -> dict[str, Any]:
    return {
        "id": step.id,
        "from_stage": step.from_stage,
        "to_stage": step.to_stage,
        "stage_name": str(STAGES[CaseStage(step.to_stage)]),
        "at": utc_text(step.at),
        "entered_at": utc_text(step.entered_at),
        "late_entry": step.entered_at - step.at > LATE_ENTRY,
        "by_name": step.by_name,
        "reason": step.reason,
        "document_number": step.document_number,
    }
