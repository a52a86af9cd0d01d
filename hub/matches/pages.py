"""The page of matches."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from hub.agreements.labels import KINDS
from hub.db import read_only
from hub.errors import Forbidden
from hub.matches.services import STATES, listed, may_mark
from hub.matches.sides import KINDS as SORTS
from hub.web.identity import current_actor
from hub.web.sheet_import import MOST_ROWS

bp = Blueprint("matches", __name__)


@bp.get("/matches")
def index() -> str:
    """Records of both sides that seem to be of the same matter."""
    actor = current_actor()
    given = {name: request.args.get(name) or None for name in ("state", "kind")}
    with read_only() as session:
        rows = listed(session, actor, state=given["state"], kind=given["kind"])
    return render_template(
        "matches/list.html",
        rows=rows,
        given=given,
        query={name: value for name, value in given.items() if value},
        states=STATES,
        kinds=[(name, str(KINDS[name])) for name in SORTS],
        may_mark=may_mark(actor),
    )


@bp.get("/matches/import")
def import_sheet() -> str:
    """Bring in what the bureau says of matches: tried first."""
    if not may_mark(current_actor()):
        raise Forbidden
    return render_template("matches/import.html", most=MOST_ROWS)
