"""The page that answers "whose ground is this?" in the field."""

from __future__ import annotations

from flask import Blueprint, render_template

from hub.access import Right
from hub.db import read_only
from hub.locate.map_view import map_start
from hub.web.identity import current_actor

bp = Blueprint("locate", __name__)


@bp.get("/locate")
def index() -> str:
    """A map and the question."""
    actor = current_actor()
    actor.require(Right.WORK_VIEW)
    with read_only() as session:
        return render_template("locate/index.html", **map_start(session, actor))
