"""The schedule as a page: month, week, list, per officer, per vessel."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.availability.models import REASON_NAMES
from hub.bureaus.services import bureau
from hub.clock import SHANGHAI, local_day
from hub.db import read_only, utc_now
from hub.patrol_series.access import access_series
from hub.patrol_series.past import Became, DateFilter, past_dates
from hub.patrol_series.views import list_series, own_ids, rule_name
from hub.patrols.access import access_patrol
from hub.patrols.models import STATE_NAMES
from hub.patrols.plan_crew import able_craft, able_officers
from hub.stations.access import partners_of
from hub.web.identity import current_actor
from hub.web.list_pages import as_query
from hub.web.sheet_import import MOST_ROWS
from hub.zones.services import zones_of

bp = Blueprint("schedule", __name__)
PER_PAGE = 50
DATE_TONES = {
    Became.PATROL: "neutral",
    Became.MOVED: "info",
    Became.SKIPPED: "warn",
    Became.CALLED_OFF: "draft",
    Became.NOT_MADE: "danger",
}


@bp.get("/schedule")
def index() -> str:
    """The calendar; what stands on it is fetched from the API."""
    actor = current_actor()
    actor.require(Right.WORK_VIEW)
    with read_only() as session:
        found = _choices(session, actor)
    return render_template(
        "schedule/show.html",
        **found,
        officer_options=[(row["id"], row["name"]) for row in found["resources"]["officers"]],
        craft_options=[(row["id"], row["name"]) for row in found["resources"]["craft"]],
        states=STATE_NAMES,
        may_plan=actor.may(Right.PATROL_PLAN),
        may_craft=actor.may(Right.PATROL_PLAN) or actor.may(Right.STATION_EDIT),
        reasons=[(one.value, name) for one, name in REASON_NAMES.items()],
        data=found["resources"] | {"may_plan": actor.may(Right.PATROL_PLAN)},
    )


@bp.get("/schedule/absences/import")
def import_absences() -> str:
    """Bring absences in from a sheet: tried first."""
    current_actor().require(Right.WORK_VIEW)
    today = local_day(utc_now())
    return render_template(
        "schedule/absences_import.html",
        most=MOST_ROWS,
        since=today.isoformat(),
        until=(today + timedelta(days=365)).isoformat(),
    )


@bp.get("/schedule/series")
def series() -> str:
    """Series of patrols: their rule, who agreed, their next dates; a new one from a patrol."""
    actor = current_actor()
    with read_only() as session:
        rows = list_series(session, actor)
        officers, craft = (
            able_officers(session, actor.bureau_id),
            able_craft(session, actor.bureau_id),
        )
        asked = request.args.get("patrol")
        template = access_patrol(session, actor, asked) if asked else None
        own = {row["id"]: own_ids(session, actor, row["id"]) for row in rows if row["may"]["crew"]}
        return render_template(
            "schedule/series.html",
            rows=rows,
            tones={"proposed": "warn", "agreed": "ok", "ended": "draft"},
            officers=[(row.id, row.name) for row in officers],
            craft=[(row.id, row.name) for row in craft],
            own=own,
            template=template,
            edited=next(
                (
                    row
                    for row in rows
                    if row["id"] == request.args.get("edit") and row["may"]["change"]
                ),
                None,
            ),
            template_starts=_local_input(template.starts_at) if template else None,
            local_input=_local_input,
            may_plan=actor.may(Right.PATROL_PLAN),
        )


@bp.get("/schedule/series/<series_id>/dates")
def series_dates(series_id: str) -> str:
    """The dates of a series that are over, with who made exceptions of them, when and why."""
    actor = current_actor()
    wanted = DateFilter(exceptions=request.args.get("exceptions") == "true")
    with read_only() as session:
        row = access_series(session, actor, series_id)
        found = past_dates(session, actor, wanted, series_id).page(
            session, PER_PAGE, request.args.get("cursor") or None
        )
        return render_template(
            "schedule/series_dates.html",
            row={"id": row.id, "title": row.title, "rule_name": rule_name(row)},
            found=found,
            given=as_query(wanted),
            tones=DATE_TONES,
        )


def _local_input(at: datetime | str) -> str:
    """A moment (ISO 8601 in views) as a field of a form holds it, by the bureaus' clock."""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


def _choices(session: Session, actor: Actor) -> dict[str, Any]:
    """What the filters offer, and the rows of the boards."""
    partners = [bureau(session, one) for one in partners_of(session, actor.bureau_id)]
    return {
        "zones": [(zone.id, zone.name) for zone in zones_of(session, actor)],
        "partners": [
            (row.id, row.short_name) for row in sorted(partners, key=lambda row: row.adcode)
        ],
        "resources": {
            "officers": [
                {"id": row.id, "name": row.name, "sub": row.license_no or ""}
                for row in able_officers(session, actor.bureau_id)
            ],
            "craft": [
                {"id": row.id, "name": row.name, "sub": row.plate or ""}
                for row in able_craft(session, actor.bureau_id)
            ],
        },
    }
