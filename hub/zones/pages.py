"""Pages of zones, and the map with the zone builder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, render_template, request
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.agreements.labels import STATES as AGREEMENT_STATES
from hub.agreements.labels import state_tone
from hub.bureaus import services as bureaus
from hub.db import read_only
from hub.locate.map_view import map_start
from hub.web.identity import current_actor
from hub.web.names import named
from hub.zones import services
from hub.zones.access import access_zone
from hub.zones.labels import CAPS, STATES, TONES
from hub.zones.views import version_view, zone_view

bp = Blueprint("zones", __name__)

# What other features put on the map, where they are installed.
COLLECTIONS = ("stations", "patrols", "cases", "petitions")
MODULES = ("live_units", "locate")


@bp.get("/map")
def hub_map() -> str:
    """The map: layers, zone builder, whose side is this."""
    actor = current_actor()
    actor.require(Right.WORK_VIEW)
    zone_id = request.args.get("zone")
    with read_only() as session:
        revised = zone_view(session, access_zone(session, actor, zone_id)) if zone_id else None
        data = map_data(session, actor) | {"zone": revised}
    data["agreement"] = request.args.get("agreement")
    data["may_draw"] = actor.may(Right.ZONE_DRAW)
    return render_template(
        "map/index.html",
        data=data,
        building=bool(zone_id or request.args.get("agreement") or request.args.get("build")),
        locating=request.args.get("locate") is not None,
        revised=revised,
        places=[(place["adcode"], named(place["name"])) for place in data["jurisdictions"]],
    )


def map_data(session: Session, actor: Actor) -> dict[str, Any]:
    """What the map's modules begin with."""
    places = bureaus.jurisdiction_views(session)
    own = next((p for p in places if p["bureau"] and p["bureau"]["id"] == actor.bureau_id), None)
    start = map_start(session, actor)
    rules = {rule.rule for rule in current_app.url_map.iter_rules()}
    modules = Path(str(current_app.static_folder)) / "js" / "pages"
    return {
        "own": own["adcode"] if own else None,
        "bounds": own["bbox"] if own else None,
        "near": start["near"],
        "sides": start["sides"],
        "jurisdictions": [
            {"adcode": p["adcode"], "name": p["name"], "bureau": p["bureau"]} for p in places
        ],
        "collections": [name for name in COLLECTIONS if f"/api/v1/{name}" in rules],
        "modules": [name for name in MODULES if (modules / f"{name}.js").exists()],
    }


def _own_first(view: dict[str, Any], actor: Actor) -> dict[str, str]:
    """Put the reader's own side first; the side of each district, the own one as a."""
    strips = view["current"]["strips"]
    strips.sort(key=lambda strip: (strip["bureau_id"] != actor.bureau_id, strip["adcode"]))
    sides = {s["adcode"]: "a" if s["bureau_id"] == actor.bureau_id else "b" for s in strips}
    for key in view["approvals"]:
        key["side"] = "a" if key["bureau_id"] == actor.bureau_id else "b"
    view["approvals"].sort(key=lambda key: key["side"])
    return sides


@bp.get("/zones")
def index() -> str:
    """Zones of the agreements of the reader's bureau."""
    actor = current_actor()
    with read_only() as session:
        zones = [zone_view(session, zone) for zone in services.zones_of(session, actor)]
    for view in zones:
        view["sides"] = _own_first(view, actor)
    return render_template(
        "zones/list.html",
        zones=zones,
        states=STATES,
        tones=TONES,
        may_draw=actor.may(Right.ZONE_DRAW),
    )


@bp.get("/zones/<zone_id>")
def show(zone_id: str) -> str:
    """One zone: map, figures, keys, versions."""
    actor = current_actor()
    actor.require(Right.WORK_VIEW)
    with read_only() as session:
        zone = access_zone(session, actor, zone_id)
        view = zone_view(session, zone)
        versions = [version_view(session, version) for version in reversed(zone.versions)]
    sides = _own_first(view, actor)
    own = next(key for key in view["approvals"] if key["bureau_id"] == actor.bureau_id)
    return render_template(
        "zones/show.html",
        zone=view,
        sides=sides,
        versions=versions,
        states=STATES,
        tones=TONES,
        caps=CAPS,
        agreement_states=AGREEMENT_STATES,
        agreement_tone=state_tone,
        may_approve=actor.may(Right.ZONE_APPROVE)
        and view["state"] == "proposed"
        and not own["approved"],
        may_draw=actor.may(Right.ZONE_DRAW),
    )
