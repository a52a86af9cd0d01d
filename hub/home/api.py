"""Deadlines, and what is overdue, over JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.db import utc_now
from hub.deadlines import schemas
from hub.deadlines.listing import ClockFilter, clock_columns, clocks, list_clocks
from hub.deadlines.views import clock_view
from hub.home.overdue import overdue_records
from hub.realtime.seen import seen
from hub.web.doors import reading
from hub.web.exports import csv_response

bp = APIBlueprint("home_api", __name__, url_prefix="/api/v1", tag="deadlines")


class RecordOut(BaseModel):
    """A record by kind and id."""

    kind: str
    id: str


class OverdueOut(BaseModel):
    """Records on which a deadline has passed."""

    items: list[RecordOut]
    next: str | None


@bp.get("/overdue")
@bp.output(OverdueOut)
@bp.doc(summary="Records on which a deadline has passed that concerns your bureau")
@reading
def overdue(session: Session, actor: Actor) -> dict[str, Any]:
    """Kinds and ids; at most a thousand, in one page."""
    found = overdue_records(session, actor)
    return {"items": [{"kind": kind, "id": one} for kind, one in found], "next": None}


@bp.get("/clocks")
@bp.input(schemas.ClocksQuery, location="query", arg_name="query")
@bp.output(schemas.ClocksOut)
@bp.doc(summary="Deadlines that your bureau has to keep or follows, soonest first")
@reading
def list_(session: Session, actor: Actor, query: schemas.ClocksQuery) -> dict[str, Any]:
    """A page of clocks."""
    wanted = ClockFilter(query.state, query.kind)
    return list_clocks(session, actor, wanted, query.limit, query.cursor, sees=seen)


@bp.get("/clocks.csv")
@bp.input(schemas.ClocksQuery, location="query", arg_name="query")
@bp.doc(summary="The same for spreadsheets")
@reading
def clocks_csv(session: Session, actor: Actor, query: schemas.ClocksQuery) -> Response:
    """Clocks as CSV."""
    now = utc_now()
    rows = clocks(session, actor, ClockFilter(query.state, query.kind), 1000, sees=seen)
    views = [clock_view(row, now).to_dict() for row in rows]
    return csv_response("deadlines", clock_columns(), views)
