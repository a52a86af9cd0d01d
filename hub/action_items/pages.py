"""Pages of action items: the list, and one with its course."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, render_template, request

from hub.access import Right
from hub.accounts.directory import colleagues
from hub.action_items import commitments, listing
from hub.action_items.access import access_action_item
from hub.action_items.api import detail
from hub.action_items.labels import ACTS, STATES
from hub.bureaus.services import bureaus
from hub.db import read_only
from hub.web.identity import current_actor
from hub.web.sheet_import import MOST_ROWS

bp = Blueprint("action_items", __name__)
PER_PAGE = 50
TEXTS = ("state", "side", "bureau", "q")
FLAGS = ("waiting", "overdue")


@bp.get("/action-items")
def index() -> str:
    """What was laid on whom, and where it stands."""
    actor = current_actor()
    given = {name: request.args.get(name) or None for name in TEXTS}
    flags = {name: bool(request.args.get(name)) for name in FLAGS}
    wanted = listing.ActionFilter(**given, **flags)  # type: ignore[arg-type]
    with read_only() as session:
        found = listing.action_items(session, actor, wanted).page(
            session, PER_PAGE, request.args.get("cursor") or None
        )
        todo = len(listing.waiting(session, actor, PER_PAGE))
        names = {row.id: row.short_name for row in bureaus(session) if row.id != actor.bureau_id}
    query = {name: value for name, value in asdict(wanted).items() if value}
    return render_template(
        "action_items/list.html",
        found=found,
        given=given | flags,
        query=query | {name: 1 for name in FLAGS if flags[name]},
        export=query | {name: "true" for name in FLAGS if flags[name]},
        todo=todo,
        bureau_names=names,
        states=STATES,
        may_import=actor.may(Right.MEETING_WORK),
    )


@bp.get("/action-items/import")
def import_sheet() -> str:
    """Bring action items in from a sheet: tried first."""
    current_actor().require(Right.MEETING_WORK)
    return render_template("action_items/import.html", most=MOST_ROWS)


@bp.get("/action-items/commitments")
def promised() -> str:
    """What each side promised the other, and what came of it."""
    actor = current_actor()
    names = ("bureau", "kind", "side", "status")
    given = {name: request.args.get(name) or None for name in names}
    with read_only() as session:
        found = commitments.dashboard(session, actor, commitments.Wanted(**given))
        known = {row.id: row.short_name for row in bureaus(session) if row.id != actor.bureau_id}
    return render_template(
        "action_items/commitments.html",
        found=found,
        given=given,
        query={name: value for name, value in given.items() if value},
        bureau_names=known,
        kinds=commitments.KINDS,
        statuses=commitments.STATUS,
        most=max([1, *(q[side]["due"] for q in found["quarters"] for side in ("ours", "theirs"))]),
    )


@bp.get("/action-items/<item_id>")
def show(item_id: str) -> str:
    """One action item: its course, its evidence, what can be done."""
    actor = current_actor()
    with read_only() as session:
        row = access_action_item(session, actor, item_id)
        view = detail(session, actor, row)
        team = colleagues(session, actor.bureau_id, Right.WORK_VIEW)
    return render_template(
        "action_items/show.html",
        row=view,
        act_names=ACTS,
        team=[(one.user_id, one.name) for one in team],
    )
