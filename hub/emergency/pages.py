"""Pages of emergency access: stating the reason, the list of uses, one use with its review."""

from __future__ import annotations

import re

from flask import Blueprint, render_template, request
from sqlalchemy import select

from hub.access import Right
from hub.accounts.models import User
from hub.db import read_only
from hub.emergency import services
from hub.emergency.access import access_use
from hub.emergency.models import VERDICTS, Verdict
from hub.emergency.views import use_view
from hub.web.days import day_begins, day_of
from hub.web.identity import current_actor

bp = Blueprint("emergency", __name__)
PER_PAGE = 50
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FILTERS = ("verdict", "show", "user_id", "from", "to")


@bp.get("/emergencies")
def index() -> str:
    """Uses: of the bureau for its reviewers, else the person's own."""
    actor = current_actor()
    given = {name: request.args.get(name, "")[:100] for name in FILTERS}
    wanted = services.Filters(
        verdict=given["verdict"] if given["verdict"] in set(Verdict) else None,
        overdue=given["show"] == "overdue",
        running=given["show"] == "running",
        user_id=given["user_id"] or None,
        since=day_begins(day_of(given["from"])),
        until=day_begins(day_of(given["to"]), after=1),
    )
    reviews = actor.may(Right.EMERGENCY_REVIEW)
    with read_only() as session:
        found = services.list_uses(
            session, actor, wanted, PER_PAGE, request.args.get("cursor") or None
        )
        people = session.execute(
            select(User.id, User.name).where(User.bureau_id == actor.bureau_id).order_by(User.name)
        ).all()
    export = {
        "verdict": wanted.verdict,
        "overdue": "true" if wanted.overdue else None,
        "running": "true" if wanted.running else None,
        "user_id": wanted.user_id,
        "since": wanted.since.isoformat() if wanted.since else None,
        "until": wanted.until.isoformat() if wanted.until else None,
    }
    return render_template(
        "emergency/list.html",
        found=found,
        given=given,
        query={name: value for name, value in given.items() if value},
        export={name: value for name, value in export.items() if value},
        verdicts=VERDICTS,
        people=[tuple(row) for row in people] if reviews else [],
        reviews=reviews,
        may_use=actor.may(Right.EMERGENCY_USE),
    )


@bp.get("/emergencies/new")
def new() -> str:
    """The form: which case, what the emergency is, what follows from it."""
    actor = current_actor()
    actor.require(Right.EMERGENCY_USE)
    asked = request.args.get("case", "")[:60]
    return render_template(
        "emergency/new.html",
        case=asked,
        # Whoever was refused a page knows its address and need not know the number.
        by_id=ID.fullmatch(asked) is not None,
        hours=int(services.LASTS.total_seconds() // 3600),
        days=services.REVIEWED_WITHIN.days,
        shortest=services.SHORTEST_REASON,
    )


@bp.get("/emergencies/<use_id>")
def show(use_id: str) -> str:
    """One use."""
    actor = current_actor()
    with read_only() as session:
        view = use_view(access_use(session, actor, use_id), actor)
    return render_template("emergency/show.html", use=view, own=view["user_id"] == actor.user_id)
