"""The schedule over JSON and as a sheet."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.patrols.plan_list import states_of
from hub.schedule import entries, schemas
from hub.web.doors import reading
from hub.web.list_doors import file_doors

bp = APIBlueprint("schedule_api", __name__, url_prefix="/api/v1", tag="schedule")
COLUMNS = (
    ("starts_at", _l("开始（北京时间）")),
    ("ends_at", _l("结束（北京时间）")),
    ("title", _l("名称")),
    ("number", _l("编号")),
    ("state_name", _l("状态")),
    ("where", _l("区域、地点或单位")),
    ("people", _l("人员")),
    ("boats", _l("船艇车辆")),
    ("trouble", _l("冲突")),
)


def _wanted(query: schemas.ScheduleQuery) -> entries.Wanted:
    return entries.Wanted(
        since=schemas.moment(query.since),
        until=schemas.moment(query.until),
        states=states_of(query.state),
        zone_id=query.zone_id or None,
        partner_id=query.partner or None,
        officer_id=query.officer or None,
        craft_id=query.craft or None,
        meetings=query.meetings,
        dues=query.dues,
    )


@bp.get("/schedule")
@bp.input(schemas.ScheduleQuery, location="query", arg_name="query")
@bp.output(schemas.ScheduleOut)
@bp.doc(summary="Patrols, coming dates of series, meetings and what is due in a stretch of time")
@reading
def schedule(session: Session, actor: Actor, query: schemas.ScheduleQuery) -> dict[str, Any]:
    """What the calendar shows."""
    return entries.schedule(session, actor, _wanted(query))


def _row(entry: dict[str, Any]) -> dict[str, Any]:
    return entry | {
        "where": entry.get("zone_name") or entry.get("place") or entry.get("bureau_name"),
        "people": "、".join(row["name"] for row in entry.get("crew", ())),
        "boats": "、".join(row["name"] for row in entry.get("craft", ())),
        "trouble": "".join(entry.get("clashes", ())),
    }


def _rows(session: Session, actor: Actor, query: schemas.ScheduleQuery) -> list[dict[str, Any]]:
    return [_row(entry) for entry in entries.schedule(session, actor, _wanted(query))["items"]]


file_doors(bp, "/schedule", query=schemas.ScheduleQuery, rows=_rows, columns=COLUMNS)
