"""Pages on which an officer at a desk logs a finding, puts one right, completes it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.clock import SHANGHAI
from hub.db import read_only, utc_now
from hub.errors import Conflict
from hub.locate.map_view import map_start
from hub.patrols.finding_corrections import may_correct
from hub.patrols.finding_forms import form_views
from hub.patrols.finding_list import open_patrols
from hub.patrols.finding_views import CATEGORIES, view_for
from hub.patrols.findings import access_attaching
from hub.patrols.tracks import LATE
from hub.web.identity import current_actor

bp = Blueprint("finding_desk", __name__)


@bp.get("/findings/new")
def new() -> str:
    """The form of a finding of a patrol under way, or ended within the days that it may be late."""
    actor = current_actor()
    actor.require(Right.PATROL_LOG)
    with read_only() as session:
        patrols = open_patrols(session, actor)
        asked = request.args.get("patrol_id")
        chosen = next((one for one in patrols if one.id == asked), patrols[0] if patrols else None)
        return render_template(
            "findings/form.html",
            finding=None,
            patrols=[(one.id, f"{one.title} · {one.number}") for one in patrols],
            chosen=chosen.id if chosen else None,
            late_days=LATE // timedelta(days=1),
            now=_input(utc_now().isoformat()),
            **_words(session, actor, {}),
        )


@bp.get("/findings/<finding_id>/correct")
def correct(finding_id: str) -> str:
    """The same form with what stands there, and why it is put right."""
    actor = current_actor()
    with read_only() as session:
        row = access_attaching(session, actor, finding_id)
        if not may_correct(row, actor.bureau_id):
            raise Conflict(_l("此问题已立案、已销号或已由对方接手，不能再更正。"))
        view = view_for(session, actor.reader, row) or {}
        details = dict(row.details)
        return render_template(
            "findings/form.html",
            finding=view,
            found_at=_input(view["found_at"]),
            **_words(session, actor, details),
        )


def _input(moment: str) -> str:
    """A moment (ISO 8601) as a field of date and time takes it, by the bureaus' clock."""
    return datetime.fromisoformat(moment).astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M:%S")


def _words(session: Session, actor: Actor, details: dict[str, Any]) -> dict[str, Any]:
    start = map_start(session, actor)
    page = {"forms": form_views(), "details": details, "sides": start["sides"]}
    return {
        "categories": CATEGORIES,
        "page": page | {"bounds": start["near"] or start["bounds"], "layers": start["layers"]},
    }
