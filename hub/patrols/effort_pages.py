"""The page of a zone's patrol effort."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template, request

from hub.access import Right
from hub.clock import SHANGHAI
from hub.db import read_only, utc_now
from hub.patrols.effort import USUAL
from hub.patrols.sides import ground_sides
from hub.web.days import day_of
from hub.web.identity import current_actor
from hub.zones.access import access_zone
from hub.zones.views import zone_view

bp = Blueprint("effort", __name__)
PERIODS = (30, 90, 365)
REACHES = (50, 100, 200, 500)


@bp.get("/zones/<zone_id>/effort")
def show(zone_id: str) -> str:
    """Map, figures, gaps; the figures come from the API."""
    actor = current_actor()
    actor.require(Right.WORK_VIEW)
    with read_only() as session:
        zone = access_zone(session, actor, zone_id)
        view = zone_view(session, zone)
        sides = ground_sides(zone.current, actor.bureau_id)
    today = utc_now().astimezone(SHANGHAI).date()
    return render_template(
        "patrols/effort.html",
        zone=view,
        sides=sides,
        since=day_of(request.args.get("since")) or today - USUAL,
        until=day_of(request.args.get("until")) or today,
        today=today,
        periods=[(days, today - timedelta(days=days)) for days in PERIODS],
        reach=request.args.get("reach_m", "100"),
        reaches=[(str(reach), f"{reach} m") for reach in REACHES],
    )
