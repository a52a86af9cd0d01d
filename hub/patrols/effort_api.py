"""Patrol effort of a zone over JSON, as a picture and for spreadsheets."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.clock import local_day
from hub.db import utc_now
from hub.files.services import aside
from hub.patrols.effort import USUAL, Asked, effort_view, raster_of
from hub.patrols.effort_picture import effort_png
from hub.patrols.effort_schemas import EffortOut, EffortQuery
from hub.web.days import stretch
from hub.web.doors import reading
from hub.web.list_doors import file_doors
from hub.zones.access import access_zone

bp = APIBlueprint("effort_api", __name__, url_prefix="/api/v1", tag="patrols")
# One row per bureau.
COLUMNS = (
    ("bureau_name", _l("单位")),
    ("patrols", _l("巡查次数")),
    ("units", _l("人员")),
    ("hours", _l("巡查小时")),
    ("distance_m", _l("航程（米）")),
    ("findings", _l("发现")),
    ("findings_per_hour", _l("每小时发现")),
)


def asked_for(query: EffortQuery) -> Asked:
    """The period from the start of its first day to the end of its last; by default the last
    thirty days."""
    last = query.until or local_day(utc_now())
    return Asked(*stretch(query.since or last - USUAL, last), query.reach_m)


def _view(session: Session, actor: Actor, zone_id: str, query: EffortQuery) -> dict[str, Any]:
    actor.require(Right.WORK_VIEW)
    zone = access_zone(session, actor, zone_id)
    return effort_view(session, actor.reader, zone, asked_for(query))


@bp.get("/zones/<zone_id>/effort")
@bp.input(EffortQuery, location="query", arg_name="query")
@bp.output(EffortOut)
@bp.doc(summary="Patrol effort in a zone: share covered, gaps, hours and findings of each side")
@reading
def zone_effort(session: Session, actor: Actor, zone_id: str, query: EffortQuery) -> dict[str, Any]:
    """As far as the caller sees tracks and findings."""
    return _view(session, actor, zone_id, query)


@bp.get("/zones/<zone_id>/effort.png")
@bp.input(EffortQuery, location="query", arg_name="query")
@bp.doc(summary="The same as a picture over its bounds")
@reading
def zone_effort_png(session: Session, actor: Actor, zone_id: str, query: EffortQuery) -> Response:
    """Strong where much time was spent, red where nobody was."""
    actor.require(Right.WORK_VIEW)
    zone = access_zone(session, actor, zone_id)
    raster = raster_of(session, actor.reader, zone, asked_for(query))
    response = Response(aside(effort_png, raster), mimetype="image/png")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _rows(session: Session, actor: Actor, query: EffortQuery, zone_id: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = _view(session, actor, zone_id, query)["bureaus"]
    return rows


file_doors(bp, "/zones/<zone_id>/effort", query=EffortQuery, rows=_rows, columns=COLUMNS)
