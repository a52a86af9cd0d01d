"""The page of a zone's patrol effort."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, render_template, request

from hub.access import Right
from hub.db import read_only, utc_now
from hub.patrols.effort import SHANGHAI, USUAL
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
    today = utc_now().astimezone(SHANGHAI).date()
    return render_template(
        "patrols/effort.html",
        zone=view,
        sides={
            strip["adcode"]: "a" if strip["bureau_id"] == actor.bureau_id else "b"
            for strip in view["current"]["strips"]
        },
        since=_day("since") or today - USUAL,
        until=_day("until") or today,
        today=today,
        periods=[(days, today - timedelta(days=days)) for days in PERIODS],
        reach=request.args.get("reach_m", "100"),
        reaches=[(str(reach), f"{reach} m") for reach in REACHES],
    )


def _day(name: str) -> date | None:
    """A day of the address; one that is none is left out, as the form then shows."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
