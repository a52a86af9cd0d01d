"""Pages of meetings: the list, series, the form, one meeting with its tabs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.directory import colleagues
from hub.agreements.effect import in_force_of
from hub.bureaus.services import bureaus
from hub.cases.labels import CLASSIFICATIONS
from hub.db import read_only
from hub.documents.pdf import can_draw
from hub.meetings import listing, series
from hub.meetings.access import access_meeting
from hub.meetings.agenda_api import proposed_view
from hub.meetings.exchanged import count_at, exchanged_at
from hub.meetings.labels import ROLES, STATES
from hub.meetings.proposals import GAP_DAYS
from hub.meetings.services import check_host
from hub.meetings.views import meeting_view
from hub.reviews.labels import KIND as REVIEW
from hub.reviews.models import PatrolReview
from hub.shares.clock import SHARE
from hub.web.identity import current_actor
from hub.web.sheet_import import MOST_ROWS
from hub.zones.pages import map_data
from sharing.models import Share

bp = Blueprint("meetings", __name__)
PER_PAGE = 50
TEXTS = ("state", "agreement", "bureau", "series", "q")
TABS = ("agenda", "people", "minutes", "exchange", "record")


@bp.get("/meetings")
def index() -> str:
    """Meetings ahead, or all of them."""
    actor = current_actor()
    given = {name: request.args.get(name) or None for name in TEXTS}
    every = bool(request.args.get("all")) or any(given.values())
    wanted = listing.MeetingFilter(**given, upcoming=not every)  # type: ignore[arg-type]
    with read_only() as session:
        found = listing.meetings(session, actor, wanted).page(
            session, PER_PAGE, request.args.get("cursor") or None
        )
        names = {row.id: row.short_name for row in bureaus(session) if row.id != actor.bureau_id}
        agreements = [(row.id, row.title) for row in in_force_of(session, actor.bureau_id)]
    query = {name: value for name, value in asdict(wanted).items() if value and name != "upcoming"}
    return render_template(
        "meetings/list.html",
        found=found,
        given=given,
        every=every,
        query=query,
        export=query if every else query | {"upcoming": "true"},
        bureau_names=names,
        agreements=agreements,
        states=STATES,
        may_call=actor.may(Right.MEETING_WORK),
    )


@bp.get("/meetings/series")
def all_series() -> str:
    """The series, their next dates, and whose turn it is."""
    actor = current_actor()
    with read_only() as session:
        rows = series.list_series(session, actor)
        agreements = _agreements(session, actor)
    return render_template(
        "meetings/series.html",
        rows=rows,
        agreements=agreements,
        may_call=actor.may(Right.MEETING_WORK),
    )


def _agreements(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """Agreements in force with their parties, for the forms."""
    names = {row.id: row.short_name for row in bureaus(session)}
    return [
        {
            "id": row.id,
            "title": row.title,
            "number": row.number,
            "parties": [
                {"id": one, "name": names[one]}
                for one in sorted(row.party_ids, key=lambda one: (one != actor.bureau_id, one))
            ],
        }
        for row in in_force_of(session, actor.bureau_id)
    ]


@bp.get("/meetings/new")
def new() -> str:
    """The form of a single meeting."""
    actor = current_actor()
    actor.require(Right.MEETING_WORK)
    with read_only() as session:
        agreements = _agreements(session, actor)
    return render_template(
        "meetings/form.html",
        row=None,
        values={"quorum": 1, "classification": 2},
        agreements=agreements,
        classifications=list(CLASSIFICATIONS.items())[: max(actor.clearance, 2)],
    )


@bp.get("/meetings/import")
def import_sheet() -> str:
    """Bring meetings in from a sheet: tried first."""
    current_actor().require(Right.MEETING_WORK)
    return render_template("meetings/import.html", most=MOST_ROWS)


@bp.get("/meetings/<meeting_id>/edit")
def edit(meeting_id: str) -> str:
    """The form of a meeting that has not begun."""
    actor = current_actor()
    with read_only() as session:
        row = access_meeting(session, actor, meeting_id)
        check_host(actor, row)
        agreements = [one for one in _agreements(session, actor) if one["id"] == row.agreement_id]
        view = meeting_view(session, actor, row)
    return render_template(
        "meetings/form.html",
        row=row,
        values=view,
        agreements=agreements,
        classifications=list(CLASSIFICATIONS.items())[: max(actor.clearance, 2)],
    )


@bp.get("/meetings/<meeting_id>")
def show(meeting_id: str) -> str:
    """One meeting: what comes next first."""
    actor = current_actor()
    with read_only() as session:
        row = access_meeting(session, actor, meeting_id)
        view = meeting_view(session, actor, row) or {}
        asked = request.args.get("tab")
        tab = asked if asked in TABS else _first_tab(view)
        gap_days = _days(request.args.get("gap_days"))
        proposed = None
        if tab == "agenda" and view["may"]["agenda"]:
            proposed = proposed_view(session, actor, row, gap_days)
        exchanged = exchanged_at(session, actor, row) if tab == "exchange" else None
        packages = count_at(session, actor, row)
        team = colleagues(session, actor.bureau_id, Right.WORK_VIEW)
        parties = {
            one["bureau_id"]: [
                (person.user_id, person.name)
                for person in colleagues(session, one["bureau_id"], Right.WORK_VIEW)
            ]
            for one in view["parties"]
        }
    invited = {one["user_id"] for one in view["people"]}
    return render_template(
        "meetings/show.html",
        row=view,
        tab=tab,
        exchanged=exchanged,
        packages=packages,
        proposed=proposed,
        proposed_groups=_groups(proposed["items"] if proposed else []),
        gap_days=gap_days,
        roles=ROLES,
        team=[(one.user_id, one.name) for one in team if one.user_id not in invited],
        people_of=parties,
        party_options=[(one["bureau_id"], one["short_name"]) for one in view["parties"]],
        own_bureau=actor.bureau_id,
        me=next((one for one in view["people"] if one["me"]), None),
        no_font=not can_draw(),
    )


@bp.get("/meetings/<meeting_id>/room")
def room(meeting_id: str) -> str:
    """The shared screen: a map that the chair leads and others follow or leave."""
    actor = current_actor()
    with read_only() as session:
        row = access_meeting(session, actor, meeting_id)
        view = meeting_view(session, actor, row) or {}
        data = map_data(session, actor)
        points = [_point(session, one) for one in view["agenda"]]
    return render_template(
        "meetings/room.html",
        row=view,
        data=data
        | {
            "meeting": row.id,
            "may_lead": view["chairs"] and actor.may(Right.MEETING_WORK),
            "agenda": points,
        },
    )


def _point(session: Session, item: dict[str, Any]) -> dict[str, Any]:
    """A point of the agenda in the room, with the record that is looked at when it is chosen.

    A share or a review of a patrol has no face of its own there: looked at is what it is about,
    each by his own rights.
    """
    kind, record_id = item["kind"], item["record_id"]
    if kind == SHARE:
        share = session.get_one(Share, record_id)
        kind, record_id = share.kind, share.record_id
    elif kind == REVIEW:
        kind, record_id = "patrol", session.get_one(PatrolReview, record_id).patrol_id
    return {"title": item["title"], "kind": kind, "id": record_id}


def _groups(items: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """By why they are proposed, in the order of the sources."""
    found: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        found.setdefault(item["code_name"], []).append(item)
    return list(found.items())


def _first_tab(view: dict[str, Any]) -> str:
    return "minutes" if view["convened_at"] else "agenda"


def _days(text: str | None) -> int:
    return min(max(int(text), 1), 3650) if text and text.isascii() and text.isdigit() else GAP_DAYS
