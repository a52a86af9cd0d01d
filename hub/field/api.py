"""What a phone in the field asks and tells beside positions and findings."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, g
from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.db import read_only, utc_now
from hub.field import kits, schemas, services
from hub.field.crossing_views import crossings_of
from hub.field.models import EntryKind
from hub.web.doors import json_response, reading, writing
from sharing import feed
from sharing.canonical import utc_text

bp = APIBlueprint("field_kit_api", __name__, url_prefix="/api/v1", tag="field")


@bp.get("/field/here")
@bp.output(schemas.HereOut)
@bp.doc(summary="Who is signed in on this device, and the hub's time", security=[])
def here() -> Response:
    """Open to everybody: it says of nobody but the one who asks."""
    actor: Actor | None = g.get("actor")
    now = utc_now()
    return json_response(
        {
            "user": None if actor is None else _user(actor),
            "csrf_token": generate_csrf(),
            "hub_time": utc_text(now),
            "hub_ms": now.timestamp() * 1000,
            "locale": "en" if str(get_locale()).startswith("en") else "zh-CN",
            "feed_seq": _feed_seq(actor),
        }
    )


def _user(actor: Actor) -> dict[str, Any]:
    return {
        "id": actor.user_id,
        "name": actor.name,
        "bureau_id": actor.bureau_id,
        "bureau_name": actor.bureau_name,
        "logs": actor.may(Right.PATROL_LOG) and not actor.read_only,
    }


def _feed_seq(actor: Actor | None) -> int | None:
    if actor is None or not actor.may(Right.WORK_VIEW):
        return None
    with read_only() as session:
        return feed.head(session, actor.bureau_id)


@bp.get("/field/patrols")
@bp.output(schemas.PatrolsOut)
@bp.doc(summary="Patrols that the caller goes on: soon, under way, just ended")
@reading
def own_patrols(session: Session, actor: Actor) -> dict[str, Any]:
    """By their beginning."""
    return {"items": kits.own_patrols(session, actor), "next": None}


@bp.get("/patrols/<patrol_id>/field-kit")
@bp.output(schemas.KitOut)
@bp.doc(summary="All that a phone needs for a patrol without a network")
@reading
def field_kit(session: Session, actor: Actor, patrol_id: str) -> dict[str, Any]:
    """Plan, map, ground and rules of this moment."""
    return kits.kit(session, actor, patrol_id)


@bp.get("/patrols/<patrol_id>/log")
@bp.output(schemas.EntriesOut)
@bp.doc(summary="Pauses and check-ins of a patrol, oldest first")
@reading
def log(session: Session, actor: Actor, patrol_id: str) -> dict[str, Any]:
    """Of partners as far as their tracks are open to the reader."""
    return {"items": services.entries(session, actor, patrol_id), "next": None}


@bp.post("/patrols/<patrol_id>/log")
@bp.input(schemas.EntryIn, arg_name="body")
@bp.output(schemas.EntryOut, status_code=201)
@bp.doc(summary="Add a line to the log (crew of a patrol under way, or late after its end)")
@writing
def add_entry(
    session: Session, actor: Actor, patrol_id: str, body: schemas.EntryIn
) -> tuple[dict[str, Any], int]:
    """Pause, resume, check in."""
    noted = services.Noted(**(body.model_dump() | {"kind": EntryKind(body.kind)}))
    row = services.record(session, actor, patrol_id, noted)
    session.flush()
    return services.entry_view(session, row, actor.bureau_id), 201


@bp.get("/patrols/<patrol_id>/crossings")
@bp.output(schemas.CrossingsOut)
@bp.doc(summary="When units of a patrol went to the other side, or into or out of the zone")
@reading
def crossings(session: Session, actor: Actor, patrol_id: str) -> dict[str, Any]:
    """Of partners as far as their tracks are open to the reader; oldest first."""
    return {"items": crossings_of(session, actor, patrol_id), "next": None}
