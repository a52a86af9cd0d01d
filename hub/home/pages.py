"""The page that a person sees first."""

from __future__ import annotations

from flask import Blueprint, render_template

from hub.db import read_only
from hub.home.overview import overview
from hub.web.identity import current_actor

bp = Blueprint("home", __name__)


@bp.get("/")
def index() -> str:
    """What waits, what is under way, what was told."""
    actor = current_actor()
    with read_only() as session:
        return render_template("home/index.html", **overview(session, actor))
