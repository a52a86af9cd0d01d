"""What was asked of the bureau's head about a case, in words, for the owning bureau alone."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.approval_models import ApprovalKind, ApprovalState, CaseApproval
from hub.cases.approvals import approvals_of
from hub.cases.labels import CLASSIFICATIONS
from hub.cases.models import Case
from hub.deadlines.extensions import room_of
from hub.deadlines.models import Clock
from hub.deadlines.views import in_locale
from sharing.canonical import utc_text

STATES = {
    ApprovalState.ASKED: _l("待批准"),
    ApprovalState.GRANTED: _l("已批准"),
    ApprovalState.REFUSED: _l("未批准"),
    ApprovalState.WITHDRAWN: _l("已撤回"),
    ApprovalState.LAPSED: _l("已失效"),
}


def approval_views(session: Session, actor: Actor, case_id: str) -> list[dict[str, Any]]:
    """The questions about an own case, newest first, and whether the actor may answer them."""
    return [_view(session, actor, row) for row in reversed(approvals_of(session, case_id))]


def waiting_approvals(
    session: Session, actor: Actor, limit: int
) -> list[tuple[Case, dict[str, Any]]]:
    """What waits for this person's answer, oldest first, each with its case."""
    if not actor.may(Right.CASE_APPROVE):
        return []
    rows = session.execute(
        select(Case, CaseApproval)
        .join(CaseApproval, CaseApproval.case_id == Case.id)
        .where(
            Case.owner_bureau_id == actor.bureau_id,
            Case.classification <= actor.clearance,
            CaseApproval.state == ApprovalState.ASKED.value,
            CaseApproval.asked_by != actor.user_id,
        )
        .order_by(CaseApproval.id)
        .limit(limit)
    )
    return [(case, _view(session, actor, row)) for case, row in rows]


def _view(session: Session, actor: Actor, row: CaseApproval) -> dict[str, Any]:
    asked = row.state == ApprovalState.ASKED
    mine = row.asked_by == actor.user_id
    return {
        "id": row.id,
        "kind": row.kind,
        "title": _title(session, row),
        "subject_id": row.subject_id,
        "amount": row.amount,
        "ground": row.ground,
        "collective": row.collective,
        "state": row.state,
        "state_name": str(STATES[ApprovalState(row.state)]),
        "asked_at": utc_text(row.asked_at),
        "asked_by_name": row.asked_by_name,
        "answered_at": utc_text(row.answered_at) if row.answered_at else None,
        "answered_by_name": row.answered_by_name,
        "answer": row.answer,
        "minutes_number": row.minutes_number,
        "may_answer": asked and not mine and actor.may(Right.CASE_APPROVE),
        "may_withdraw": asked and mine,
    }


def _title(session: Session, row: CaseApproval) -> str:
    if row.kind == ApprovalKind.DECLASSIFY:
        return str(_("降低密级为%(level)s", level=CLASSIFICATIONS[row.amount]))
    clock = session.get_one(Clock, row.subject_id)
    return str(
        _(
            "“%(rule)s”延长%(amount)s%(unit)s",
            rule=in_locale(clock.rule.name, clock.rule.name_en),
            amount=row.amount,
            unit=room_of(clock).unit_name,
        )
    )
