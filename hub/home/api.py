"""Deadlines, and what is overdue, over JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.deadlines import schemas
from hub.deadlines.listing import ClockFilter, clock_columns, clock_list
from hub.deadlines.models import Clock
from hub.home.overdue import overdue_records
from hub.realtime.seen import seen
from hub.web.doors import reading
from hub.web.exports import csv_response
from hub.web.lists import Listing

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


def _listed(session: Session, actor: Actor, query: schemas.ClockFilterQuery) -> Listing[Clock]:
    wanted = ClockFilter(query.state, query.kind, own=query.side == "own")
    return clock_list(session, actor, wanted, sees=seen)


@bp.get("/clocks")
@bp.input(schemas.ClocksQuery, location="query", arg_name="query")
@bp.output(schemas.ClocksOut)
@bp.doc(summary="Deadlines that your bureau has to keep or follows, soonest first")
@reading
def list_(session: Session, actor: Actor, query: schemas.ClocksQuery) -> dict[str, Any]:
    """A page of clocks."""
    return _listed(session, actor, query).page(session, query.limit, query.cursor)


@bp.get("/clocks.csv")
@bp.input(schemas.ClockFilterQuery, location="query", arg_name="query")
@bp.doc(summary="The same for spreadsheets")
@reading
def clocks_csv(session: Session, actor: Actor, query: schemas.ClockFilterQuery) -> Response:
    """Clocks as CSV."""
    rows = _listed(session, actor, query).all(session)
    return csv_response("deadlines", clock_columns(), rows)
