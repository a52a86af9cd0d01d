"""Joint patrols over JSON: plan, crew, approvals, times, start and end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.patrols import conduct, plan_crew, plan_list, plan_times, schemas, services
from hub.patrols.access import access_patrol
from hub.patrols.models import Patrol
from hub.patrols.pace import Pace
from hub.patrols.plan import Draft, plan_clashes
from hub.patrols.plan_ground import parse_route
from hub.patrols.plan_preview import Asked, preview
from hub.patrols.sides import side_of
from hub.patrols.views import cut_view, detail_view, leg_views
from hub.web.doors import check_version, reading, required_version, writing
from hub.web.list_doors import list_doors
from hub.web.lists import Listing

bp = APIBlueprint("patrols_api", __name__, url_prefix="/api/v1", tag="patrols")
Body = dict[str, Any]


COLUMNS = {
    "number": _l("编号"),
    "title": _l("名称"),
    "state_name": _l("状态"),
    "starts": _l("开始（北京时间）"),
    "ends": _l("结束（北京时间）"),
    "zone_name": _l("区域"),
    "proposing_bureau_name": _l("提出单位"),
    "length_km": _l("路线长度（公里）"),
    "hosts": _l("主办"),
    "officers": _l("人员"),
    "boats": _l("船艇车辆"),
}


def _rows(_session: Session, _actor: Actor, views: Iterable[Body]) -> Iterator[Body]:
    return map(_row, views)


def _row(view: Body) -> Body:
    return view | {
        "starts": view["starts_at"],
        "ends": view["ends_at"],
        "length_km": round(view["route_length_m"] / 1000, 2),
        "hosts": "、".join(row["bureau_name"] for row in view["requirements"]),
        "officers": "、".join(row["name"] for row in view["crew"]),
        "boats": "、".join(row["name"] for row in view["craft"]),
    }


def _listed(session: Session, actor: Actor, query: schemas.PatrolsQuery) -> Listing[Patrol]:
    wanted = plan_list.Filters(
        states=plan_list.states_of(query.state),
        since=query.since,
        until=query.until,
        zone_id=query.zone_id,
        text=query.q,
    )
    return plan_list.patrols(session, actor, wanted)


list_doors(
    bp,
    "/patrols",
    query=schemas.PatrolsQuery,
    out=schemas.PatrolsOut,
    listed=_listed,
    columns=COLUMNS,
    rows=_rows,
    summary="Patrols of your bureau, latest first",
)


@bp.get("/patrols/options")
@bp.input(schemas.WindowQuery, location="query", arg_name="query")
@bp.output(schemas.OptionsOut)
@bp.doc(summary="Officers and craft of your bureau, and whether they are free in a window")
@reading
def options(session: Session, actor: Actor, query: schemas.WindowQuery) -> Body:
    """What the caller's bureau can send."""
    actor.require(Right.WORK_VIEW)
    patrol_id = access_patrol(session, actor, query.patrol_id).id if query.patrol_id else None
    return plan_crew.options(session, actor, query.starts_at, query.ends_at, patrol_id)


@bp.post("/patrols/preview")
@bp.input(schemas.PreviewIn, arg_name="body")
@bp.output(schemas.PreviewOut)
@bp.doc(summary="What a plan would be: legs, what hosts owe, clashes; nothing is kept")
@reading
def preview_plan(session: Session, actor: Actor, body: schemas.PreviewIn) -> Body:
    """Live feedback for the form."""
    window = (body.starts_at, body.ends_at) if body.starts_at and body.ends_at else None
    patrol = access_patrol(session, actor, body.patrol_id) if body.patrol_id else None
    route = parse_route(body.route) if body.route is not None else None
    asked = Asked(
        body.zone_id,
        route,
        window,
        body.officers,
        body.craft,
        patrol,
        [waypoint.draft() for waypoint in body.waypoints or ()],
        body.pace.pace() if body.pace is not None else Pace(),
    )
    made = preview(session, actor, asked)
    sides = {host: side_of(actor.bureau_id, host) for host in made.ground.hosts.values()}
    shape = cut_view(made.cut) if made.cut is not None else cut_view(None)
    return {
        "legs": leg_views(session, made.legs, made.ground.hosts.values(), sides),
        "requirements": made.requirements,
        "clashes": [clash.to_dict() for clash in made.clashes],
        "accuracy_m": made.ground.accuracy_m,
        "estimate": made.estimate,
        **shape,
    }


@bp.post("/patrols")
@bp.input(schemas.PatrolIn, arg_name="body")
@bp.output(schemas.PatrolOut, status_code=201)
@bp.doc(summary="Propose a joint patrol (planner)")
@writing
def propose(session: Session, actor: Actor, body: schemas.PatrolIn) -> tuple[Body, int]:
    """Put a plan on the table of the zone's parties."""
    made = services.propose(
        session, actor, body.zone_id, _draft(body), officers=body.officers, craft=body.craft
    )
    return detail_view(session, actor, made), 201


def _draft(body: schemas.PlanIn) -> Draft:
    return Draft(
        title=body.title,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        route=parse_route(body.route),
        checklist=body.checklist,
        note=body.note or "",
        waypoints=None if body.waypoints is None else [w.draft() for w in body.waypoints],
        pace=body.pace.pace() if body.pace is not None else None,
    )


@bp.get("/patrols/<patrol_id>")
@bp.output(schemas.PatrolOut)
@bp.doc(summary="One patrol")
@reading
def patrol(session: Session, actor: Actor, patrol_id: str) -> Body:
    """One patrol with its history."""
    return detail_view(session, actor, access_patrol(session, actor, patrol_id))


@bp.get("/patrols/<patrol_id>/clashes")
@bp.input(schemas.WindowQuery, location="query", arg_name="query")
@bp.output(schemas.ClashesOut)
@bp.doc(summary="All that speaks against a plan, as it is or at another time")
@reading
def clashes(session: Session, actor: Actor, patrol_id: str, query: schemas.WindowQuery) -> Body:
    """A dry run."""
    found = access_patrol(session, actor, patrol_id)
    window = (query.starts_at, query.ends_at) if query.starts_at and query.ends_at else None
    rows = plan_clashes(session, actor.bureau_id, found, window=window)
    return {"clashes": [clash.to_dict() for clash in rows]}


def _held(session: Session, actor: Actor, patrol_id: str) -> Patrol:
    """The patrol, locked, if the write is based on its present version."""
    found = access_patrol(session, actor, patrol_id, for_update=True)
    check_version(required_version(), found.version, detail_view(session, actor, found))
    return found


@bp.put("/patrols/<patrol_id>/plan")
@bp.input(schemas.PlanEditIn, arg_name="body")
@bp.output(schemas.PatrolOut)
@bp.doc(summary="Write the plan anew (proposing bureau); approvals are withdrawn")
@writing
def change_plan(session: Session, actor: Actor, patrol_id: str, body: schemas.PlanEditIn) -> Body:
    """An edit of the plan."""
    found = _held(session, actor, patrol_id)
    services.change_plan(
        session, actor, found, _draft(body), officers=body.officers, craft=body.craft
    )
    return detail_view(session, actor, found)


@bp.put("/patrols/<patrol_id>/crew")
@bp.input(schemas.CrewIn, arg_name="body")
@bp.output(schemas.PatrolOut)
@bp.doc(summary="Assign your bureau's people and craft; approvals are withdrawn")
@writing
def set_crew(session: Session, actor: Actor, patrol_id: str, body: schemas.CrewIn) -> Body:
    """Each party assigns its own."""
    found = _held(session, actor, patrol_id)
    services.set_crew(session, actor, found, officers=body.officers, craft=body.craft)
    return detail_view(session, actor, found)


@bp.post("/patrols/<patrol_id>/approve")
@bp.input(schemas.ApproveIn, arg_name="body")
@bp.output(schemas.PatrolOut)
@bp.doc(summary="Approve the plan that was read, for your bureau")
@writing
def approve(session: Session, actor: Actor, patrol_id: str, body: schemas.ApproveIn) -> Body:
    """One of the two keys."""
    found = services.approve(
        session,
        actor,
        patrol_id,
        plan_version=body.plan_version,
        content_hash=body.content_hash,
    )
    return detail_view(session, actor, found)


@bp.post("/patrols/<patrol_id>/propose-time")
@bp.input(schemas.TimeIn, arg_name="body")
@bp.output(schemas.PatrolOut)
@bp.doc(summary="Propose another time")
@writing
def propose_time(session: Session, actor: Actor, patrol_id: str, body: schemas.TimeIn) -> Body:
    """The plan and its approvals stay until the time is accepted."""
    found = plan_times.propose_time(
        session,
        actor,
        patrol_id,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        message=body.message or "",
    )
    return detail_view(session, actor, found)


@bp.post("/patrols/<patrol_id>/answer-time")
@bp.input(schemas.TimeAnswerIn, arg_name="body")
@bp.output(schemas.PatrolOut)
@bp.doc(summary="Accept or refuse a proposed time, or withdraw your own")
@writing
def answer_time(session: Session, actor: Actor, patrol_id: str, body: schemas.TimeAnswerIn) -> Body:
    """Accepting makes a new plan version."""
    found = _held(session, actor, patrol_id)
    plan_times.answer_time(session, actor, found, proposal_id=body.proposal_id, answer=body.answer)
    return detail_view(session, actor, found)


@bp.post("/patrols/<patrol_id>/start")
@bp.input(schemas.NotedIn, arg_name="body")
@bp.output(schemas.PatrolOut)
@bp.doc(summary="Start an approved patrol (an officer of its crew)")
@writing
def start(session: Session, actor: Actor, patrol_id: str, body: schemas.NotedIn) -> Body:
    """From now on positions and findings are taken."""
    _check_if_given(session, actor, patrol_id)
    return detail_view(session, actor, conduct.start(session, actor, patrol_id, _noted(body)))


@bp.post("/patrols/<patrol_id>/end")
@bp.input(schemas.NotedIn, arg_name="body")
@bp.output(schemas.PatrolOut)
@bp.doc(summary="End a patrol under way")
@writing
def end(session: Session, actor: Actor, patrol_id: str, body: schemas.NotedIn) -> Body:
    """The patrol is completed."""
    _check_if_given(session, actor, patrol_id)
    return detail_view(session, actor, conduct.end(session, actor, patrol_id, _noted(body)))


def _noted(body: schemas.NotedIn) -> conduct.Noted | None:
    if body.at is None:
        return None
    return conduct.Noted(body.at, body.clock_offset_s, body.plan_version)


def _check_if_given(session: Session, actor: Actor, patrol_id: str) -> None:
    """A phone in the field may act on what it knew; the state guards the act then."""
    if "If-Match" in request.headers:
        _held(session, actor, patrol_id)


@bp.post("/patrols/<patrol_id>/cancel")
@bp.input(schemas.ReasonIn, arg_name="body")
@bp.output(schemas.PatrolOut)
@bp.doc(summary="Call off a patrol that has not begun")
@writing
def cancel(session: Session, actor: Actor, patrol_id: str, body: schemas.ReasonIn) -> Body:
    """Either party may; the other is told why."""
    found = _held(session, actor, patrol_id)
    conduct.cancel(session, actor, found, body.reason)
    return detail_view(session, actor, found)
