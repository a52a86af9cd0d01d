"""The statutory clocks that the steps of a case start, stop and end (rules: hub/deadlines)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.cases.guards import Step
from hub.cases.labels import STAGES
from hub.cases.lookups import KIND, measures_of
from hub.cases.measure_models import MeasureKind, MeasureOutcome
from hub.cases.measure_views import KIND as MEASURE
from hub.cases.models import Case, CaseStage, Outcome
from hub.deadlines.models import ClockState
from hub.deadlines.services import (
    Subject,
    cancel_clock,
    meet_clock,
    open_clock,
    pause_clock,
    resume_clock,
    start_clock,
)

FILING = "D1.filing_review"
DECISION = "D2.decision"
HEARING = "D4.hearing_request"
SERVICE = "D5.service"
PAYMENT = "D5.payment"
# The time of these does not count towards the decision (行政处罚法 第六十条; 办法).
_LEFT_OUT = frozenset({CaseStage.HEARING, CaseStage.SUSPENDED, CaseStage.CRIMINAL})
_ENDS = frozenset({CaseStage.NOT_FILED, CaseStage.WITHDRAWN, CaseStage.REFERRED, CaseStage.CLOSED})


def subject_of(case: Case) -> Subject:
    """What the clocks of a case run for."""
    return Subject(KIND, case.id)


def subjects_of(session: Session, case: Case) -> list[Subject]:
    """All that clocks run for in a case: itself and its measures."""
    held = measures_of(session, case.id)
    return [subject_of(case), *(Subject(MEASURE, one.id) for one in held)]


def on_opened(session: Session, case: Case) -> None:
    """A lead is to be reviewed in time; a case that was filed at once is to be decided in time."""
    rule = FILING if case.stage == CaseStage.LEAD else DECISION
    _start(session, case, rule, case.opened_at)


def on_step(session: Session, actor: Actor, case: Case, came_from: CaseStage, step: Step) -> None:
    """Let the clocks follow a step that was taken."""
    subject = subject_of(case)
    if came_from is CaseStage.LEAD and step.to is not CaseStage.REFERRED:
        meet_clock(session, subject, FILING, at=step.at)
    if came_from in _LEFT_OUT:
        _resume(session, actor, subject, step.at)
    if step.to in _LEFT_OUT:
        _pause(session, actor, subject, step)
    if step.to in _ENDS:
        _end(session, subject, step)
    follow = _FOLLOWS.get(step.to)
    if follow is not None:
        follow(session, case, step)


def _on_filing(session: Session, case: Case, step: Step) -> None:
    _start(session, case, DECISION, step.at)


def _on_notice(session: Session, case: Case, step: Step) -> None:
    _start(session, case, HEARING, step.at)


def _on_hearing(session: Session, case: Case, step: Step) -> None:
    meet_clock(session, subject_of(case), HEARING, at=step.at)


def _on_service(session: Session, case: Case, step: Step) -> None:
    meet_clock(session, subject_of(case), SERVICE, at=step.at)
    # A fine that was entered as a measure has the clock of its own.
    if case.outcome == Outcome.PENALISE and not _has_fine(session, case):
        _start(session, case, PAYMENT, step.at)


def _has_fine(session: Session, case: Case) -> bool:
    fines = (one for one in measures_of(session, case.id) if one.kind == MeasureKind.FINE)
    return any(one.outcome != MeasureOutcome.MISTAKE for one in fines)


def _on_decision(session: Session, case: Case, step: Step) -> None:
    subject = subject_of(case)
    meet_clock(session, subject, DECISION, at=step.at)
    cancel_clock(session, subject, HEARING, at=step.at, reason=_("当事人没有要求听证"))
    _start(session, case, SERVICE, step.at)


def _end(session: Session, subject: Subject, step: Step) -> None:
    meet_clock(session, subject, PAYMENT, at=step.at)
    for rule in (FILING, DECISION, HEARING, SERVICE):
        cancel_clock(session, subject, rule, at=step.at, reason=str(STAGES[step.to]))


def _start(session: Session, case: Case, rule: str, at: datetime) -> None:
    person = case.handlers[0] if case.handlers else None
    start_clock(
        session,
        subject_of(case),
        rule,
        starts_at=at,
        bureau_id=case.owner_bureau_id,
        person_id=person,
    )


def _pause(session: Session, actor: Actor, subject: Subject, step: Step) -> None:
    clock = open_clock(session, subject, DECISION)
    if clock is not None and clock.state == ClockState.RUNNING:
        ground = str(STAGES[step.to])
        pause_clock(session, subject, DECISION, at=step.at, ground=ground, actor=actor)


def _resume(session: Session, actor: Actor, subject: Subject, at: datetime) -> None:
    clock = open_clock(session, subject, DECISION)
    if clock is not None and clock.state == ClockState.PAUSED:
        resume_clock(session, subject, DECISION, at=at, actor=actor)


_FOLLOWS: dict[CaseStage, Callable[[Session, Case, Step], None]] = {
    CaseStage.FILED: _on_filing,
    CaseStage.NOTIFIED: _on_notice,
    CaseStage.HEARING: _on_hearing,
    CaseStage.DECIDED: _on_decision,
    CaseStage.SERVED: _on_service,
}
