"""Pages of joint patrols: list by day, form of a plan, one patrol."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

import shapely
from flask import Blueprint, render_template, request
from flask_babel import format_date
from flask_babel import lazy_gettext as _l
from shapely.geometry import mapping
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.clock import SHANGHAI, local_day
from hub.db import read_only, utc_now
from hub.inspections.listing import of_patrol
from hub.inspections.opening import offers
from hub.patrols import plan_crew
from hub.patrols.access import access_patrol
from hub.patrols.drafts import draft_view, may_draft, require_draft, standing
from hub.patrols.models import BOOKED, STATE_NAMES, Patrol, PatrolState
from hub.patrols.overdue_checks import overdue_points
from hub.patrols.pace import Pace
from hub.patrols.plan import plan_clashes, route_of
from hub.patrols.plan_ground import Ground, ground_of, open_ground
from hub.patrols.plan_list import Filters, patrols, states_of
from hub.patrols.substitution import stand_ins
from hub.patrols.views import cut_view, detail_view
from hub.patrols.waypoint_views import waypoint_words
from hub.reviews.page_part import review_part
from hub.web.days import day_begins, day_of
from hub.web.identity import current_actor
from hub.zones.services import zones_of

bp = Blueprint("patrols", __name__)
PER_PAGE = 50
TONES = {
    PatrolState.PROPOSED: "warn",
    PatrolState.APPROVED: "ok",
    PatrolState.IN_PROGRESS: "info",
    PatrolState.COMPLETED: "neutral",
    PatrolState.CANCELLED: "draft",
}
EVENTS = {
    "proposed": _l("提出了方案"),
    "edited": _l("修改了方案"),
    "crew": _l("调整本方人员船车"),
    "approved": _l("确认方案"),
    "substituted": _l("替换了人员或船艇"),
    "time_proposed": _l("建议了改期"),
    "time_accepted": _l("接受改期"),
    "time_refused": _l("不接受改期"),
    "time_withdrawn": _l("撤回改期建议"),
    "started": _l("开始了巡查"),
    "track_imported": _l("导入了轨迹文件"),
    "ended": _l("结束了巡查"),
    "cancelled": _l("取消了巡查"),
}
FIELDS = {
    "title": _l("名称"),
    "agreement": _l("依据的备忘录版本"),
    "zone": _l("区域版本"),
    "starts_at": _l("开始时间"),
    "ends_at": _l("结束时间"),
    "route": _l("路线"),
    "legs": _l("分段"),
    "crew": _l("人员"),
    "craft": _l("船艇车辆"),
    "checklist": _l("检查事项"),
    "note": _l("说明"),
    "waypoints": _l("途经点"),
    "pace": _l("行进方式"),
}
PROPOSALS = {
    "open": _l("待答复"),
    "accepted": _l("已接受"),
    "refused": _l("未接受"),
    "withdrawn": _l("已撤回"),
    "lapsed": _l("已失效"),
}


@bp.get("/patrols")
def index() -> str:
    """Patrols of the reader's bureau, grouped by local day."""
    actor = current_actor()
    given = {
        name: request.args.get(name, "")[:100] for name in ("state", "zone", "from", "to", "q")
    }
    filters = Filters(
        states=states_of(given["state"] or None),
        since=day_begins(day_of(given["from"])),
        until=day_begins(day_of(given["to"]), after=1),
        zone_id=given["zone"] or None,
        text=given["q"],
    )
    with read_only() as session:
        found = patrols(session, actor, filters).page(
            session, PER_PAGE, request.args.get("cursor") or None
        )
        zones = [(zone.id, zone.name) for zone in zones_of(session, actor)]
    return render_template(
        "patrols/list.html",
        found=found,
        days=_by_day(found["items"]),
        given=given,
        states=STATE_NAMES,
        tones=TONES,
        zones=zones,
        export=_export_query(filters, given),
        may_plan=actor.may(Right.PATROL_PLAN),
    )


def _export_query(filters: Filters, given: dict[str, str]) -> dict[str, str]:
    query = {"state": given["state"], "zone_id": given["zone"], "q": given["q"]}
    for name, moment in (("since", filters.since), ("until", filters.until)):
        if moment is not None:
            query[name] = moment.isoformat()
    return {name: value for name, value in query.items() if value}


def _by_day(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Items (latest first) under their local day."""
    today = utc_now().astimezone(SHANGHAI).date()

    def begins_on(item: dict[str, Any]) -> date:
        return datetime.fromisoformat(item["starts_at"]).astimezone(SHANGHAI).date()

    return [
        {
            "date": day.isoformat(),
            "weekday": format_date(day, "EEEE"),
            "today": day == today,
            "items": list(rows),
        }
        for day, rows in groupby(items, key=begins_on)
    ]


@bp.get("/patrols/new")
def new() -> str:
    """The form of a new plan."""
    actor = current_actor()
    actor.require(Right.PATROL_PLAN)
    with read_only() as session:
        grounds = [
            open_ground(session, actor, zone.id)
            for zone in zones_of(session, actor)
            if zone.binding is not None
            and actor.bureau_id in {strip.bureau_id for strip in zone.binding.strips}
        ]
        now = utc_now()
        return _form(session, actor, [g for g in grounds if g.in_force(now)], None)


@bp.get("/patrols/<patrol_id>/plan")
def plan(patrol_id: str) -> str:
    """The form of a plan that exists."""
    actor = current_actor()
    actor.require(Right.PATROL_PLAN)
    with read_only() as session:
        patrol = access_patrol(session, actor, patrol_id)
        require_draft(actor, patrol)
        return _form(session, actor, [open_ground(session, actor, patrol.zone_id)], patrol)


def _form(session: Session, actor: Actor, grounds: list[Ground], patrol: Patrol | None) -> str:
    view = None if patrol is None else detail_view(session, actor, patrol)
    starts, ends = (patrol.starts_at, patrol.ends_at) if patrol else _asked_window()
    return render_template(
        "patrols/plan.html",
        patrol=view,
        zones=[(ground.zone.id, ground.zone.name) for ground in grounds],
        chosen_zone=patrol.zone_id if patrol else request.args.get("zone"),
        starts=_local_input(starts),
        ends=_local_input(ends),
        options=plan_crew.options(session, actor, starts, ends, patrol.id if patrol else None),
        own_crew={o.user_id for o in patrol.crew}
        if patrol
        else set(request.args.getlist("officer")),
        own_craft={c.craft_id for c in patrol.craft}
        if patrol
        else set(request.args.getlist("craft")),
        data={
            "zones": [
                _ground_data(ground, actor.bureau_id)
                | {"overdue": [] if patrol else _overdue(session, ground, starts)}
                for ground in grounds
            ],
            "patrol_id": patrol.id if patrol else None,
            "route": mapping(route_of(patrol)) if patrol else None,
            "waypoints": view["waypoints"] if view else [],
            "pace": view["pace"] if view else Pace().view(),
            "words": waypoint_words(),
            "draft": draft_view(session, patrol, actor.reader) if patrol else None,
        },
    )


def _overdue(session: Session, ground: Ground, on: datetime) -> list[str]:
    """What a new plan's checklist begins with."""
    return overdue_points(session, ground.zone.id, ground.hosts.values(), local_day(on))


def _asked_window() -> tuple[datetime, datetime]:
    """The time that was pointed at on the schedule, or tomorrow morning."""
    try:
        given = [datetime.fromisoformat(request.args[name][:16]) for name in ("starts", "ends")]
    except (KeyError, ValueError):
        tomorrow = utc_now().astimezone(SHANGHAI) + timedelta(days=1)
        return tomorrow.replace(hour=9, minute=0), tomorrow.replace(hour=11, minute=0)
    return given[0].replace(tzinfo=SHANGHAI), given[1].replace(tzinfo=SHANGHAI)


def _local_input(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


def _ground_data(ground: Ground, reader_bureau_id: str) -> dict[str, Any]:
    """A zone as the map of a form or page draws it."""
    shapes, sides = ground.strips, ground.sides(reader_bureau_id)
    return {
        "id": ground.zone.id,
        "name": ground.zone.name,
        "agreement": ground.agreement.number,
        "accuracy_m": ground.accuracy_m,
        "sides": sides,
        "bounds": list(shapely.union_all(list(shapes.values())).bounds),
        "line": mapping(ground.line),
        "strips": {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "geometry": mapping(shape),
                    "properties": {"side": sides[adcode], "adcode": adcode},
                }
                for adcode, shape in shapes.items()
            ],
        },
    }


@bp.get("/patrols/<patrol_id>")
def show(patrol_id: str) -> str:
    """One patrol."""
    actor = current_actor()
    actor.require(Right.WORK_VIEW)
    with read_only() as session:
        patrol = access_patrol(session, actor, patrol_id)
        view = detail_view(session, actor, patrol)
        ground = ground_of(session, patrol)
        clashes = (
            plan_clashes(session, actor.bureau_id, patrol) if patrol.state in BOOKED[:2] else []
        )
        return render_template(
            "patrols/show.html",
            patrol=view,
            own=actor.bureau_id,
            clashes=[clash.to_dict() for clash in clashes],
            choice=_crew_choice(session, actor, patrol, view),
            instead=stand_ins(session, actor, patrol) if view["actions"]["substitute"] else [],
            accuracy_m=ground.accuracy_m,
            may_draft=may_draft(actor, patrol),
            draft_changed=bool(standing(session, patrol)[0].values),
            tones=TONES,
            events=EVENTS,
            fields=FIELDS,
            proposal_states=PROPOSALS,
            times=[_local_input(patrol.starts_at), _local_input(patrol.ends_at)],
            **review_part(session, actor, patrol),
            inspections=of_patrol(session, actor, patrol.id),
            inspection_offers=_inspection_offers(session, actor, patrol),
            data={
                "id": patrol.id,
                "sides": ground.sides(actor.bureau_id),
                "zone": _ground_data(ground, actor.bureau_id),
                "state": view["state"],
                "waypoints": view["waypoints"],
                "legs": view["legs"],
                "route": view["route"],
                "uncertain": cut_view(ground.cut(route_of(patrol)))["uncertain"],
            },
        )


def _inspection_offers(
    session: Session, actor: Actor, patrol: Patrol
) -> list[dict[str, Any]] | None:
    """What a record of an inspection can begin with; None for those who make none."""
    begun = patrol.state in (PatrolState.IN_PROGRESS, PatrolState.COMPLETED)
    return offers(session, actor, patrol) if begun and actor.may(Right.CASE_EDIT) else None


def _crew_choice(
    session: Session, actor: Actor, patrol: Patrol, view: dict[str, Any]
) -> dict[str, Any] | None:
    if not (view["actions"]["crew"] or view["actions"]["substitute"]):
        return None
    return plan_crew.options(session, actor, patrol.starts_at, patrol.ends_at, patrol.id)
