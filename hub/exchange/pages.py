"""Pages of packages: in and out, a new one, one with its records, what was received."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.agreements.effect import in_force_of
from hub.bureaus.services import bureaus
from hub.clock import SHANGHAI
from hub.db import read_only, unit_of_work, utc_now
from hub.documents.pdf import can_draw
from hub.exchange import archive, building, listing, received, views
from hub.exchange.judging import OUTCOMES
from hub.exchange.shown import districts, fields
from hub.meetings.access import access_meeting
from hub.web.identity import current_actor
from hub.web.list_pages import as_query, period_of, queried
from hub.zones.models import Zone

bp = Blueprint("packages", __name__)
PER_PAGE = 50
PACKAGE_FILTERS = ("direction", "partner", "state", "meeting", "q", "oldest")
RECEIVED_FILTERS = ("kind", "owner", "withdrawn", "q", "oldest")
WORDS = {"kinds": views.KINDS, "states": views.STATES, "outcomes": OUTCOMES}


@bp.get("/packages")
def index() -> str:
    """What went out and came in, with hashes and who approved."""
    actor = current_actor()
    given = {name: request.args.get(name) or None for name in PACKAGE_FILTERS}
    wanted = listing.PackageFilter(
        direction=given["direction"],
        partner=given["partner"],
        state=given["state"],
        meeting=given["meeting"],
        q=given["q"],
        oldest=bool(given["oldest"]),
        **period_of(request.args),
    )
    with read_only() as session:
        found = listing.packages(session, actor, wanted).page(
            session, PER_PAGE, request.args.get("cursor") or None
        )
        partners = _neighbours(session, actor)
    return render_template(
        "packages/list.html",
        found=found,
        given=request.args,
        query=queried(request.args),
        exported=as_query(wanted),
        partners=partners,
        directions=views.DIRECTIONS,
        may_build=actor.may(Right.PACKAGE_BUILD),
        may_import=actor.may(Right.PACKAGE_IMPORT),
        **WORDS,
    )


def _neighbours(session: Session, actor: Actor) -> list[tuple[str, str]]:
    return [(row.adcode, row.name) for row in bureaus(session) if row.id != actor.bureau_id]


@bp.get("/packages/new")
def new() -> str:
    """Choose agreement, period, zone and kinds; see what the partner gets."""
    actor = current_actor()
    actor.require(Right.PACKAGE_BUILD)
    today = utc_now().astimezone(SHANGHAI).date()
    with read_only() as session:
        choices = _choices(session, actor)
        meeting_id = request.args.get("meeting_id")
        meeting = access_meeting(session, actor, meeting_id) if meeting_id else None
        if meeting is not None:
            choices = [
                one
                for one in choices
                if one["partner_id"] in meeting.party_ids
                and one["agreement_id"] == meeting.agreement_id
            ]
        at = {"id": meeting.id, "title": meeting.title} if meeting else None
    return render_template(
        "packages/new.html",
        choices=choices,
        first_day=(today - timedelta(days=90)).isoformat(),
        last_day=today.isoformat(),
        meeting=at,
        kind_words={name: str(text) for name, text in views.KINDS.items()},
        **WORDS,
    )


def _choices(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """For each partner under each agreement in force: their names and its zones."""
    names = {row.id: row.name for row in bureaus(session)}
    found = []
    for row in in_force_of(session, actor.bureau_id):
        zones = session.scalars(select(Zone).where(Zone.agreement_id == row.id)).all()
        for partner in sorted(row.party_ids - {actor.bureau_id}):
            found.append(
                {
                    "agreement_id": row.id,
                    "agreement": f"{row.number} {row.title}",
                    "partner_id": partner,
                    "partner": names[partner],
                    "zones": [(zone.id, zone.name) for zone in zones],
                }
            )
    return found


@bp.get("/packages/<package_id>")
def show(package_id: str) -> str:
    """One package with its records."""
    actor = current_actor()
    with read_only() as session:
        row = building.own_package(session, actor, package_id)
        found = views.detail_view(session, actor, row)
    if row.direction == building.OUT:
        # The end of a choice is the first moment that is not in it.
        until = datetime.fromisoformat(row.choice["until"])
        found["last_moment"] = until - timedelta(seconds=1)
    return render_template(
        "packages/show.html",
        package=found,
        can_draw=can_draw(),
        may_build=actor.may(Right.PACKAGE_BUILD),
        may_approve=actor.may(Right.PACKAGE_APPROVE) and row.created_by != actor.user_id,
        **WORDS,
    )


@bp.get("/received")
def received_list() -> str:
    """Records that came by package."""
    actor = current_actor()
    given = {name: request.args.get(name) or None for name in RECEIVED_FILTERS}
    wanted = listing.ReceivedFilter(
        kind=given["kind"],
        owner=given["owner"],
        withdrawn={"1": True, "0": False}.get(given["withdrawn"] or ""),
        q=given["q"],
        oldest=bool(given["oldest"]),
        **period_of(request.args),
    )
    with read_only() as session:
        found = listing.received(session, actor, wanted).page(
            session, PER_PAGE, request.args.get("cursor") or None
        )
        owners = _neighbours(session, actor)
    return render_template(
        "packages/received.html",
        found=found,
        given=request.args,
        query=queried(request.args),
        exported=as_query(wanted),
        owners=owners,
        **WORDS,
    )


@bp.get("/received/<received_id>")
def received_one(received_id: str) -> str:
    """One of them: whose, when, by which package."""
    actor = current_actor()
    with unit_of_work() as session:
        found = received.read_received(session, actor, received_id)
        said = fields(found["kind"], found["view"], districts(session))
        carriers = archive.carriers(
            session, actor, received.access_received(session, actor, received_id)
        )
    return render_template(
        "packages/received_one.html", record=found, fields=said, carriers=carriers, **WORDS
    )
