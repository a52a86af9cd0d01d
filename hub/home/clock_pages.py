"""The page of deadlines: every clock of the bureau with the record it runs for."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.db import read_only
from hub.deadlines.listing import ALL, ClockFilter, clock_list
from hub.home.subjects import describe
from hub.realtime.seen import seen
from hub.web.identity import current_actor

bp = Blueprint("clock_pages", __name__)
PER_PAGE = 50
STATES = ("open", "overdue", "running", "paused", "met", "cancelled", ALL)


@bp.get("/deadlines")
def index() -> str:
    """Clocks, soonest first."""
    actor = current_actor()
    given = request.args.get("state")
    state = given if given in STATES else "open"
    own = request.args.get("side") == "own"
    with read_only() as session:
        found = clock_list(session, actor, ClockFilter(state, own=own), sees=seen).page(
            session, PER_PAGE, request.args.get("cursor") or None
        )
        found["items"] = [_row(session, actor, view) for view in found["items"]]
    query = {"state": state if state != "open" else "", "side": "own" if own else ""}
    return render_template(
        "deadlines/list.html",
        found=found,
        state=state,
        query={name: value for name, value in query.items() if value},
    )


def _row(session: Session, actor: Actor, clock: dict[str, Any]) -> dict[str, Any]:
    return {
        "clock": clock,
        "subject": describe(session, actor.reader, clock["kind"], clock["subject_id"]),
        "own": clock["bureau_id"] == actor.bureau_id,
    }
