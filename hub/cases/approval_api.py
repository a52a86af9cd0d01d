"""Asking the bureau's head for more time or a lower classification, and his answer, over JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.schemas import Strict
from hub.cases import approvals, schemas
from hub.cases.access import own_case
from hub.cases.approval_views import approval_views
from hub.cases.services import own_view
from hub.web.doors import check_version, reading, required_version, writing

bp = APIBlueprint("case_approvals_api", __name__, url_prefix="/api/v1", tag="cases")


class ExtensionIn(Strict):
    """How much more time, in the rule's unit, and why."""

    amount: int = Field(ge=1, le=3650)
    ground: str = Field(min_length=1, max_length=1000)


class ClassificationIn(Strict):
    """Another classification: higher holds at once, lower waits for an official."""

    classification: int = Field(ge=1, le=4)
    reason: str = Field(min_length=1, max_length=1000)


class GrantIn(Strict):
    """Yes; after a collective discussion with the number of its minutes."""

    answer: str | None = Field(default=None, max_length=1000)
    minutes_number: str | None = Field(default=None, max_length=100)


class RefusalIn(Strict):
    """No, and why."""

    answer: str = Field(min_length=1, max_length=1000)


class ApprovalOut(BaseModel):
    """A question and its answer."""

    id: str
    kind: str
    title: str
    subject_id: str
    amount: int
    ground: str
    collective: bool
    state: str
    state_name: str
    asked_at: str
    asked_by_name: str
    answered_at: str | None
    answered_by_name: str | None
    answer: str
    minutes_number: str
    may_answer: bool
    may_withdraw: bool


class ApprovalsOut(BaseModel):
    """What was asked about an own case, newest first."""

    items: list[ApprovalOut]
    next: str | None


@bp.get("/cases/<case_id>/approvals")
@bp.output(ApprovalsOut)
@bp.doc(summary="What was asked of the bureau's head about an own case, newest first")
@reading
def list_approvals(session: Session, actor: Actor, case_id: str) -> dict[str, Any]:
    """The owning bureau's alone."""
    case = own_case(session, actor, case_id)
    return {"items": approval_views(session, actor, case.id), "next": None}


@bp.post("/cases/<case_id>/clocks/<clock_id>/extension")
@bp.input(ExtensionIn, arg_name="body")
@bp.output(ApprovalsOut, status_code=201)
@bp.doc(summary="Ask for more time for a deadline of a case or its measures; an official answers")
@writing
def ask_extension(
    session: Session, actor: Actor, case_id: str, clock_id: str, body: ExtensionIn
) -> tuple[dict[str, Any], int]:
    """The question waits; the deadline stays as it is."""
    case = own_case(session, actor, case_id, lock=True)
    approvals.ask_extension(session, actor, case, clock_id, body.amount, body.ground)
    return {"items": approval_views(session, actor, case.id), "next": None}, 201


@bp.post("/cases/<case_id>/classification")
@bp.input(ClassificationIn, arg_name="body")
@bp.output(schemas.CaseOut)
@bp.doc(summary="Raise the classification at once, or ask an official to lower it")
@writing
def classify(
    session: Session, actor: Actor, case_id: str, body: ClassificationIn
) -> dict[str, Any] | None:
    """Raising ends shares that the agreements do not cover any more."""
    case = own_case(session, actor, case_id, lock=True)
    check_version(required_version(), case.version, own_view(session, actor, case))
    approvals.classify(session, actor, case, body.classification, body.reason)
    return own_view(session, actor, case)


@bp.post("/cases/<case_id>/approvals/<approval_id>/grant")
@bp.input(GrantIn, arg_name="body")
@bp.output(ApprovalsOut)
@bp.doc(summary="Approve what was asked (an official who did not ask); it happens at once")
@writing
def grant(
    session: Session, actor: Actor, case_id: str, approval_id: str, body: GrantIn
) -> dict[str, Any]:
    """Yes."""
    case = own_case(session, actor, case_id, lock=True)
    row = approvals.access_approval(session, case, approval_id)
    approvals.grant(
        session,
        actor,
        case,
        row,
        answer=body.answer or "",
        minutes_number=body.minutes_number or "",
    )
    return {"items": approval_views(session, actor, case.id), "next": None}


@bp.post("/cases/<case_id>/approvals/<approval_id>/refuse")
@bp.input(RefusalIn, arg_name="body")
@bp.output(ApprovalsOut)
@bp.doc(summary="Refuse what was asked, with the reason")
@writing
def refuse(
    session: Session, actor: Actor, case_id: str, approval_id: str, body: RefusalIn
) -> dict[str, Any]:
    """No."""
    case = own_case(session, actor, case_id, lock=True)
    row = approvals.access_approval(session, case, approval_id)
    approvals.refuse(session, actor, case, row, body.answer)
    return {"items": approval_views(session, actor, case.id), "next": None}


@bp.post("/cases/<case_id>/approvals/<approval_id>/withdraw")
@bp.output(ApprovalsOut)
@bp.doc(summary="Take your own question back")
@writing
def withdraw(session: Session, actor: Actor, case_id: str, approval_id: str) -> dict[str, Any]:
    """Only while nobody answered."""
    case = own_case(session, actor, case_id, lock=True)
    row = approvals.access_approval(session, case, approval_id)
    approvals.withdraw(session, actor, case, row)
    return {"items": approval_views(session, actor, case.id), "next": None}
