"""Measures of a case in words and as readers see them, with their deadlines."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from hub.cases.measure_models import CaseMeasure, MeasureKind, MeasureOutcome
from hub.deadlines.views import ClockView
from sharing.canonical import utc_text

KIND = "case_measure"
KINDS = {
    MeasureKind.ORDER_CORRECT: _l("责令改正"),
    MeasureKind.PRESERVATION: _l("先行登记保存"),
    MeasureKind.SEIZURE: _l("查封扣押"),
    MeasureKind.PRODUCTION_LIMIT: _l("限制生产"),
    MeasureKind.PRODUCTION_STOP: _l("停产整治"),
    MeasureKind.FINE: _l("罚款"),
    MeasureKind.CONFISCATION: _l("没收违法所得"),
    MeasureKind.DAILY_PENALTY: _l("按日连续处罚"),
    MeasureKind.DETENTION: _l("移送行政拘留"),
    MeasureKind.OTHER: _l("其他措施"),
}
OUTCOMES = {
    MeasureOutcome.FULFILLED: _l("已履行"),
    MeasureOutcome.LIFTED: _l("已解除"),
    MeasureOutcome.REVOKED: _l("已撤销"),
    MeasureOutcome.UNFULFILLED: _l("逾期未履行"),
    MeasureOutcome.MISTAKE: _l("登记有误"),
}
TONES = {
    MeasureOutcome.FULFILLED: "ok",
    MeasureOutcome.LIFTED: "ok",
    MeasureOutcome.REVOKED: "neutral",
    MeasureOutcome.UNFULFILLED: "danger",
    MeasureOutcome.MISTAKE: "neutral",
}
FEN = 100


def total_fen(measure: CaseMeasure) -> int | None:
    """What is to be paid in all: a daily penalty for each of its days."""
    if measure.amount_fen is None:
        return None
    daily = measure.kind == MeasureKind.DAILY_PENALTY
    return measure.amount_fen * (measure.days or 0) if daily else measure.amount_fen


def yuan(fen: int | None) -> float | None:
    """Yuan with two decimals from fen; exact up to ninety trillion."""
    return None if fen is None else fen / FEN


def measure_view(
    measure: CaseMeasure, clocks: list[ClockView], *, outside: bool
) -> dict[str, Any] | None:
    """A measure; a partner sees neither who entered it nor what was entered by mistake."""
    if outside and measure.outcome == MeasureOutcome.MISTAKE:
        return None
    outcome = MeasureOutcome(measure.outcome) if measure.outcome else None
    kind = MeasureKind(measure.kind)
    shown = {
        "id": measure.id,
        "kind": kind.value,
        "kind_name": str(KINDS[kind]),
        "active": measure.ended_at is None,
        "starts_at": utc_text(measure.starts_at),
        "document_number": measure.document_number,
        "legal_ref": measure.legal_ref,
        "description": measure.description,
        "amount": yuan(measure.amount_fen),
        "days": measure.days,
        "total": yuan(total_fen(measure)),
        "ended_at": utc_text(measure.ended_at) if measure.ended_at else None,
        "outcome": outcome.value if outcome else None,
        "outcome_name": str(OUTCOMES[outcome]) if outcome else None,
        "outcome_text": measure.outcome_text,
        "clocks": [_clock(view, outside=outside) for view in clocks],
    }
    if outside:
        return shown
    entered = {"entered_at": utc_text(measure.entered_at)}
    return shown | entered | {"entered_by_name": measure.entered_by_name}


def _clock(view: ClockView, *, outside: bool) -> dict[str, Any]:
    whole = view.to_dict()
    if not outside:
        return whole
    told = ("rule_code", "rule_name", "state", "state_name", "starts_at", "due_at", "near",
            "remaining", "late", "extended", "overdue", "provisional", "provisional_reason",
            "legal_ref")  # fmt: skip
    return {name: whole[name] for name in told}
