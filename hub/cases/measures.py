"""Taking, changing and ending measures of a case, each with the clocks that the law sets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases import terms
from hub.cases.guards import CLOCK_SLACK
from hub.cases.lookups import KIND, measures_of
from hub.cases.measure_models import CaseMeasure, MeasureKind, MeasureOutcome
from hub.cases.measure_views import FEN, OUTCOMES
from hub.cases.measure_views import KIND as MEASURE
from hub.cases.models import Case, CaseStage
from hub.cases.texts import clean, refuse_secrets
from hub.changes import record_act
from hub.db import utc_now
from hub.deadlines.services import Subject, cancel_clock, clocks_of, meet_clock, start_clock
from hub.errors import Conflict, NotFound, Text, field_error
from hub.shares.services import after_update

K = MeasureKind
MOST = 200
TEXTS = ("document_number", "legal_ref", "description")
# What the law sets a term for, by the rules of hub/deadlines.
RULES: dict[MeasureKind, tuple[str, ...]] = {
    K.ORDER_CORRECT: ("M1.correction", "M3.recheck"),
    K.PRESERVATION: ("D3.preservation",),
    K.SEIZURE: ("D7.seizure",),
    K.PRODUCTION_LIMIT: ("M2.production_limit",),
    K.FINE: ("D5.payment",),
    K.CONFISCATION: ("D5.payment",),
    K.DAILY_PENALTY: ("D5.payment", "M3.recheck"),
    K.DETENTION: ("D9.detention",),
}
MONEY = frozenset({K.FINE, K.CONFISCATION, K.DAILY_PENALTY})
# A penalty stands in a decision (行政处罚法 第四十四条); goods are held while it is looked into.
_DECIDED = frozenset({
    CaseStage.DECIDED, CaseStage.SERVED, CaseStage.EXECUTING, CaseStage.CLOSED, CaseStage.ARCHIVED,
})  # fmt: skip
_HOLDING = frozenset({K.PRESERVATION, K.SEIZURE})


def access_measure(session: Session, case: Case, measure_id: str) -> CaseMeasure:
    """A measure of that case.

    Raises:
        NotFound: absent, or another case's.
    """
    measure = session.get(CaseMeasure, measure_id)
    if measure is None or measure.case_id != case.id:
        raise NotFound
    return measure


def take_measure(
    session: Session, actor: Actor, case: Case, values: Mapping[str, Any]
) -> CaseMeasure:
    """Enter a measure of an own, locked case; its clocks begin.

    Args:
        values: the fields of `measure_schemas.MeasureIn`.

    Raises:
        Conflict: the stage, or what was not done before, forbids it; carries `rule`.
        Invalid: something is missing or impossible; names the field.
    """
    actor.require(Right.CASE_EDIT)
    kind = MeasureKind(values["kind"])
    now = utc_now()
    measure = CaseMeasure(
        case_id=case.id,
        kind=kind.value,
        starts_at=values.get("starts_at") or now,
        days=values.get("days"),
        outcome_text="",
        entered_at=now,
        entered_by=actor.user_id,
        entered_by_name=actor.name,
    )
    _check_order(session, case, kind)
    _check_time(case, measure.starts_at)
    _fill(measure, values)
    session.add(measure)
    session.flush()
    _start_clocks(session, case, measure)
    _tell(session, actor, case, measure, "measure_taken")
    return measure


def change_measure(
    session: Session, actor: Actor, case: Case, measure: CaseMeasure, values: Mapping[str, Any]
) -> None:
    """Change the texts or the amount of a measure of an own, locked case.

    What the clocks count from is not changed: a measure entered by mistake is ended as one.

    Raises:
        Conflict: it has ended.
        Invalid: as in `take_measure`.
    """
    actor.require(Right.CASE_EDIT)
    _still_active(measure)
    _fill(measure, values)
    _tell(session, actor, case, measure, "measure_changed")


def end_measure(
    session: Session, actor: Actor, case: Case, measure: CaseMeasure, values: Mapping[str, Any]
) -> None:
    """Say how a measure of an own, locked case ended; its clocks end with it.

    Raises:
        Conflict: it has ended.
        Invalid: the time lies before its beginning or ahead, or a reason is missing.
    """
    actor.require(Right.CASE_EDIT)
    _still_active(measure)
    outcome = MeasureOutcome(values["outcome"])
    at = values.get("at") or utc_now()
    if at < measure.starts_at or at > utc_now() + CLOCK_SLACK:
        raise field_error("at", _l("结束时间应在措施开始之后，且不能在将来。"))
    words = clean(values.get("text"), lines=True)
    refuse_secrets("text", words)
    if outcome not in (MeasureOutcome.FULFILLED, MeasureOutcome.LIFTED) and not words:
        raise field_error("text", _l("请写明理由。"))
    measure.outcome, measure.ended_at, measure.outcome_text = outcome.value, at, words
    _end_clocks(session, measure, outcome, at)
    _tell(session, actor, case, measure, "measure_ended")


def _still_active(measure: CaseMeasure) -> None:
    if measure.ended_at is not None:
        raise Conflict(_l("此措施已经结束。"), extra={"rule": "measure.ended"})


def _refuse(rule: str, words: Text) -> Conflict:
    return Conflict(words, extra={"rule": rule})


def _check_order(session: Session, case: Case, kind: MeasureKind) -> None:
    held = measures_of(session, case.id)
    if len(held) >= MOST:
        raise _refuse("case.measures", _l("一个案件最多登记%(most)s项措施。", most=MOST))
    if kind in MONEY and case.stage not in _DECIDED:
        raise _refuse("xcf.44", _l("作出处罚决定之后才能登记罚没（行政处罚法第四十四条）。"))
    if kind in _HOLDING and case.stage in _DECIDED:
        raise _refuse(
            "xcf.56", _l("先行登记保存和查封扣押用于作出决定之前的调查（行政处罚法第五十六条）。")
        )
    valid = {one.kind for one in held if one.outcome != MeasureOutcome.MISTAKE}
    if kind is K.DAILY_PENALTY and not {K.FINE, K.ORDER_CORRECT} <= valid:
        raise _refuse("daily.after_fine", _l("按日连续处罚之前，须已责令改正并处以罚款。"))


def _check_time(case: Case, starts_at: datetime) -> None:
    if starts_at > utc_now() + CLOCK_SLACK:
        raise field_error("starts_at", _l("起算时间不能在将来。"))
    if starts_at < case.opened_at - CLOCK_SLACK:
        raise field_error("starts_at", _l("起算时间不能早于案件登记。"))


def _fill(measure: CaseMeasure, values: Mapping[str, Any]) -> None:
    for name in TEXTS:
        if name in values or getattr(measure, name) is None:
            text = clean(values.get(name), lines=name == "description")
            refuse_secrets(name, text)
            setattr(measure, name, text)
    kind = MeasureKind(measure.kind)
    if values.get("amount") is not None:
        measure.amount_fen = round(values["amount"] * FEN)
    if kind in MONEY and not measure.amount_fen:
        raise field_error("amount", _l("请填写金额。"))
    if kind not in MONEY and measure.amount_fen:
        raise field_error("amount", _l("此类措施没有金额。"))
    if kind is K.DAILY_PENALTY and not measure.days:
        raise field_error("days", _l("请填写连续处罚的天数。"))
    if kind is K.OTHER and not measure.description:
        raise field_error("description", _l("请写明措施内容。"))


def _start_clocks(session: Session, case: Case, measure: CaseMeasure) -> None:
    kind = MeasureKind(measure.kind)
    person = case.handlers[0] if case.handlers else None
    for rule in RULES.get(kind, ()):
        # An order says itself within how many days; "at once" leaves only the re-inspection.
        ordered = measure.days if rule == "M1.correction" else None
        if ordered == 0:
            continue
        start_clock(
            session,
            Subject(MEASURE, measure.id),
            rule,
            starts_at=measure.starts_at,
            bureau_id=case.owner_bureau_id,
            person_id=person,
            amount=ordered,
        )
    if kind is K.FINE:
        reason = _("由登记的罚款计时")
        cancel_clock(session, terms.subject_of(case), terms.PAYMENT, at=utc_now(), reason=reason)


def _end_clocks(
    session: Session, measure: CaseMeasure, outcome: MeasureOutcome, at: datetime
) -> None:
    done = outcome in (MeasureOutcome.FULFILLED, MeasureOutcome.LIFTED)
    subject = Subject(MEASURE, measure.id)
    for view in clocks_of(session, MEASURE, [measure.id])[measure.id]:
        if done:
            meet_clock(session, subject, view.rule_code, at=at)
        else:
            reason = str(OUTCOMES[outcome])
            cancel_clock(session, subject, view.rule_code, at=at, reason=reason)


def _tell(session: Session, actor: Actor, case: Case, measure: CaseMeasure, verb: str) -> None:
    """The case changed; the own chain also names the measure."""
    case.version += 1
    session.flush()
    detail = {"measure_id": measure.id, "measure": measure.kind}
    record_act(session, actor, action=f"case.{verb}", kind=KIND, record_id=case.id, detail=detail)
    after_update(session, actor, case)
