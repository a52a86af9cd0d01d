"""The page of deadlines: every clock of the bureau with the record it runs for."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.db import read_only, utc_now
from hub.deadlines.listing import ClockFilter, clocks
from hub.deadlines.views import STATE_NAMES, clock_view
from hub.home.subjects import describe
from hub.realtime.seen import seen
from hub.web.identity import current_actor
from hub.web.paging import decode_cursor, encode_cursor
from sharing.canonical import utc_text

bp = Blueprint("clock_pages", __name__)
PER_PAGE = 50
STATES = ("open", "overdue", "running", "paused", "met", "cancelled")


@bp.get("/deadlines")
def index() -> str:
    """Clocks, soonest first."""
    actor = current_actor()
    given = request.args.get("state") or "open"
    wanted = ClockFilter(
        state=None if given == "all" else given if given in STATES else "open",
        own=request.args.get("side") == "own",
    )
    cursor = request.args.get("cursor") or None
    with read_only() as session:
        rows = clocks(session, actor, wanted, PER_PAGE + 1, decode_cursor(cursor, 2), sees=seen)
        shown = [_row(session, actor, row) for row in rows[:PER_PAGE]]
        more = len(rows) > PER_PAGE
        last = rows[PER_PAGE - 1] if more else None
    return render_template(
        "deadlines/list.html",
        rows=shown,
        given=request.args,
        state=given,
        state_names=STATE_NAMES,
        next=encode_cursor([utc_text(last.due_at), last.id]) if last else None,
    )


def _row(session: Session, actor: Actor, clock: Any) -> dict[str, Any]:
    named = describe(session, actor.reader, clock.kind, clock.subject_id)
    return {
        "clock": clock_view(clock, utc_now()),
        "subject": named,
        "own": clock.bureau_id == actor.bureau_id,
    }
