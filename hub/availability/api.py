"""Absences and free times over JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.availability import free, schemas, services
from hub.availability.importing import COLUMNS, bring_in
from hub.db import utc_now
from hub.schedule.schemas import StretchQuery, moment
from hub.web.doors import reading, writing
from hub.web.list_doors import file_doors
from hub.web.sheet_doors import sheet_doors
from sharing.canonical import utc_text

bp = APIBlueprint("availability_api", __name__, url_prefix="/api/v1", tag="schedule")


@bp.get("/absences")
@bp.input(StretchQuery, location="query", arg_name="query")
@bp.output(schemas.AbsencesOut)
@bp.doc(summary="Absences of your bureau's people and craft")
@reading
def absences(session: Session, actor: Actor, query: StretchQuery) -> dict[str, Any]:
    """Absences in a stretch of time."""
    found = services.absences(session, actor, moment(query.since), moment(query.until))
    return {"items": found}


def _rows(session: Session, actor: Actor, query: StretchQuery) -> list[dict[str, Any]]:
    return services.absences(session, actor, moment(query.since), moment(query.until))


file_doors(bp, "/absences", query=StretchQuery, rows=_rows, columns=COLUMNS)
sheet_doors(
    bp,
    "/absences",
    right=Right.WORK_VIEW,
    columns=COLUMNS,
    bring_in=bring_in,
    what="absences",
)


@bp.post("/absences")
@bp.input(schemas.AbsenceIn, arg_name="body")
@bp.doc(summary="Enter that a person or craft of your bureau is not available")
@writing
def enter(session: Session, actor: Actor, body: schemas.AbsenceIn) -> tuple[dict[str, Any], int]:
    """Enter an absence; answers with what it clashes with."""
    given = body.model_dump() | {"note": body.note or ""}
    return services.enter(session, actor, **given), 201


@bp.delete("/absences/<absence_id>")
@bp.doc(summary="Take an absence back")
@writing
def withdraw(session: Session, actor: Actor, absence_id: str) -> dict[str, Any] | None:
    """The person or craft is available again."""
    return services.withdraw(session, actor, absence_id)


@bp.get("/free-times")
@bp.input(schemas.FreeQuery, location="query", arg_name="query")
@bp.output(schemas.FreeOut)
@bp.doc(
    summary="When the chosen people and craft of your bureau (and a patrol's partners) are free"
)
@reading
def free_times(session: Session, actor: Actor, query: schemas.FreeQuery) -> dict[str, Any]:
    """Stretches of time, soonest first."""
    sought = free.Sought(
        officers=[one for one in query.officers.split(",") if one],
        craft=[one for one in query.craft.split(",") if one],
        since=query.since or utc_now(),
        days=query.days,
        minutes=query.minutes,
        from_hour=query.from_hour,
        to_hour=query.to_hour,
        workdays=query.workdays,
        patrol_id=query.patrol_id,
    )
    found = free.free_times(session, actor, sought)
    items = [
        {"starts_at": utc_text(one.starts_at), "ends_at": utc_text(one.ends_at)} for one in found
    ]
    return {"items": items}
