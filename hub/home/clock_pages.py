"""The page of deadlines: every clock of the bureau with the record it runs for."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.db import read_only
from hub.deadlines.listing import ALL, ClockFilter, clock_list
from hub.home.subjects import describe_all, subject_key
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
        found["items"] = _rows(session, actor, found["items"])
    query = {"state": state if state != "open" else "", "side": "own" if own else ""}
    return render_template(
        "deadlines/list.html",
        found=found,
        state=state,
        query={name: value for name, value in query.items() if value},
    )


def _rows(session: Session, actor: Actor, clocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    subjects = describe_all(session, actor.reader, map(subject_key, clocks))
    return [
        {
            "clock": clock,
            "subject": subjects[subject_key(clock)],
            "own": clock["bureau_id"] == actor.bureau_id,
        }
        for clock in clocks
    ]
