"""Pages of petitions: the register beside its map, the form, one with its timeline and clocks."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.directory import colleagues
from hub.agreements.effect import in_force_of
from hub.bureaus.services import bureaus
from hub.cases.labels import CLASSIFICATIONS
from hub.db import read_only, unit_of_work
from hub.documents.pdf import can_draw
from hub.petitions import listing, services
from hub.petitions.access import own_petition
from hub.petitions.api import detail
from hub.petitions.labels import CATEGORIES, CHANNELS, STATES
from hub.petitions.machine import LADDER
from hub.petitions.views import petition_view
from hub.web.days import day_begins, day_of
from hub.web.identity import current_actor
from hub.web.sheet_import import MOST_ROWS
from hub.zones.pages import map_data

bp = Blueprint("petitions", __name__)
PER_PAGE = 50
TEXTS = ("scope", "state", "category", "channel", "handler", "bureau", "q")
DAYS = ("received_from", "received_to")
FLAGS = ("overdue", "open_only")
WORDS = {"states": STATES, "categories": CATEGORIES, "channels": CHANNELS}


@bp.get("/petitions")
def index() -> str:
    """The register beside its map."""
    actor = current_actor()
    given: dict[str, Any] = {name: request.args.get(name) or None for name in (*TEXTS, *DAYS)}
    flags = {name: bool(request.args.get(name)) for name in FLAGS}
    wanted = listing.PetitionFilter(
        **{name: given[name] for name in TEXTS},
        overdue=flags["overdue"],
        open_only=flags["open_only"],
        since=day_begins(day_of(given["received_from"])),
        until=day_begins(day_of(given["received_to"]), after=1),
    )
    cursor = request.args.get("cursor") or None
    with read_only() as session:
        found = listing.petitions(session, actor, wanted).page(session, PER_PAGE, cursor)
        todo = listing.waiting(session, actor, 20)
        names = {row.id: row.short_name for row in bureaus(session) if row.id != actor.bureau_id}
        team = colleagues(session, actor.bureau_id, Right.WORK_VIEW)
        data = map_data(session, actor)
    query = {name: value for name, value in given.items() if value}
    return render_template(
        "petitions/list.html",
        found=found,
        todo=todo,
        given=given | flags,
        query=query | {name: 1 for name in FLAGS if flags[name]},
        export=query | {name: "true" for name in FLAGS if flags[name]},
        cursor=cursor,
        bureau_names=names,
        team=team,
        may_take=actor.may(Right.PETITION_WORK),
        **WORDS,
        **{name: data[name] for name in ("sides", "bounds")},
    )


@bp.get("/petitions/new")
def new() -> str:
    """The form of a complaint."""
    actor = current_actor()
    actor.require(Right.PETITION_WORK)
    with read_only() as session:
        context = _form(session, actor)
    return render_template("petitions/form.html", row=None, **context)


@bp.get("/petitions/import")
def import_sheet() -> str:
    """Bring petitions in from a sheet: tried first."""
    current_actor().require(Right.PETITION_WORK)
    return render_template("petitions/import.html", most=MOST_ROWS)


@bp.get("/petitions/<petition_id>/edit")
def edit(petition_id: str) -> str:
    """The form of what was registered."""
    actor = current_actor()
    actor.require(Right.PETITION_WORK)
    with read_only() as session:
        row = own_petition(session, actor, petition_id)
        view = petition_view(session, actor.reader, row)
        context = _form(session, actor)
    return render_template("petitions/form.html", row=view, **context)


def _form(session: Session, actor: Actor) -> dict[str, Any]:
    data = map_data(session, actor)
    team = colleagues(session, actor.bureau_id, Right.WORK_VIEW)
    levels = list(CLASSIFICATIONS.items())
    return WORDS | {
        "sides": data["sides"],
        "bounds": data["bounds"],
        "team": [(one.user_id, one.name) for one in team],
        "levels": [(key, text) for key, text in levels if int(key) <= actor.clearance],
    }


@bp.get("/petitions/<petition_id>")
def show(petition_id: str) -> str:
    """One petition; a neighbour's reading is entered."""
    actor = current_actor()
    with unit_of_work() as session:
        row = services.read_petition(session, actor, petition_id)
        view = detail(session, actor, row)
        partners = _partners(session, actor)
        data = map_data(session, actor)
    return render_template(
        "petitions/show.html",
        row=view,
        ladder=_ladder(view or {}),
        partners=partners,
        bureau_id=actor.bureau_id,
        draws=can_draw(),
        **WORDS,
        **{name: data[name] for name in ("sides", "bounds")},
    )


def _partners(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Bureaus with which an agreement is in force, by name."""
    mine = {one for row in in_force_of(session, actor.bureau_id) for one in row.party_ids}
    return [
        (row.id, row.name)
        for row in bureaus(session)
        if row.id in mine and row.id != actor.bureau_id
    ]


def _ladder(view: dict[str, Any]) -> list[dict[str, Any]]:
    """The rungs with who reached them and when, as far as the reader is shown steps."""
    reached: dict[str, dict[str, Any]] = {}
    for step in view.get("steps") or ():
        reached.setdefault(step["state"], step)
    # What came before the neighbour was asked is no rung of his.
    first = min((n for n, state in enumerate(LADDER) if state in reached), default=0)
    last = max((n for n, state in enumerate(LADDER) if state in reached), default=-1)
    return [
        {
            "label": str(STATES[state]),
            "at": reached[state]["at"] if state in reached else None,
            "who": reached[state]["who"] if state in reached else None,
            "state": "done" if n <= last else None,
        }
        for n, state in enumerate(LADDER)
        if n >= first
    ]
