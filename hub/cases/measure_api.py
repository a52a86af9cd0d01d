"""Measures of a case over JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.cases import measure_schemas, measures, schemas
from hub.cases.access import access_case
from hub.cases.beside_doors import check_case, held_case
from hub.cases.services import own_view
from hub.web.doors import reading, writing

bp = APIBlueprint("case_measures_api", __name__, url_prefix="/api/v1", tag="cases")


@bp.get("/cases/<case_id>/measures")
@bp.output(measure_schemas.MeasuresOut)
@bp.doc(summary="The measures of a case that you may see, with their deadlines")
@reading
def list_measures(session: Session, actor: Actor, case_id: str) -> dict[str, Any]:
    """As far as the terms open them."""
    view = own_view(session, actor, access_case(session, actor, case_id)) or {}
    return {"items": view.get("measures", []), "next": None}


@bp.post("/cases/<case_id>/measures")
@bp.input(measure_schemas.MeasureIn, arg_name="body")
@bp.output(schemas.CaseOut, status_code=201)
@bp.doc(summary="Enter a measure of an own case; the deadlines of its kind begin")
@writing
def take(
    session: Session, actor: Actor, case_id: str, body: measure_schemas.MeasureIn
) -> tuple[dict[str, Any] | None, int]:
    """A new measure; the answer is the case."""
    case = held_case(session, actor, case_id)
    measures.take_measure(session, actor, case, body.model_dump(exclude_unset=True))
    return own_view(session, actor, case), 201


@bp.patch("/cases/<case_id>/measures/<measure_id>")
@bp.input(measure_schemas.MeasurePatch, arg_name="body")
@bp.output(schemas.CaseOut)
@bp.doc(summary="Change a measure's texts or amount; If-Match is the case's version")
@writing
def change(
    session: Session,
    actor: Actor,
    case_id: str,
    measure_id: str,
    body: measure_schemas.MeasurePatch,
) -> dict[str, Any] | None:
    """Given fields of a measure."""
    case = held_case(session, actor, case_id)
    measure = measures.access_measure(session, case, measure_id)
    check_case(session, actor, case)
    measures.change_measure(session, actor, case, measure, body.model_dump(exclude_unset=True))
    return own_view(session, actor, case)


@bp.post("/cases/<case_id>/measures/<measure_id>/end")
@bp.input(measure_schemas.MeasureEnd, arg_name="body")
@bp.output(schemas.CaseOut)
@bp.doc(summary="Say how a measure ended; its deadlines end. If-Match is the case's version")
@writing
def end(
    session: Session, actor: Actor, case_id: str, measure_id: str, body: measure_schemas.MeasureEnd
) -> dict[str, Any] | None:
    """Fulfilled, lifted, revoked, not fulfilled, or entered by mistake."""
    case = held_case(session, actor, case_id)
    measure = measures.access_measure(session, case, measure_id)
    check_case(session, actor, case)
    measures.end_measure(session, actor, case, measure, body.model_dump(exclude_unset=True))
    return own_view(session, actor, case)
