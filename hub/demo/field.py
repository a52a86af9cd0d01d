"""Demo of the field: a patrol of last week with tracks and findings, and one under way."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import shapely
import shapely.ops
from shapely.geometry import LineString
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.crs import local_metric_crs, project, unproject
from hub.access import Actor
from hub.accounts.access import make_actor
from hub.accounts.models import User
from hub.approvals import services as approvals
from hub.approvals.models import Approval
from hub.db import utc_now
from hub.patrols import conduct, findings, services
from hub.patrols.models import Patrol, PatrolEvent
from hub.patrols.plan import KIND, Draft, seal
from hub.patrols.schemas import FixIn, PositionReport
from hub.patrols.tracks import report_positions
from hub.zones.models import Zone

SPEED_M_S = 3.0
EVERY_S = 10
# How often, by fix, a boat stops, and for how long.
STOPS, STOP_S = 0.012, 70
BATCH = 200
People = dict[str, Actor]


@dataclass(frozen=True)
class Ground:
    """The demo zone and a way along its line, metric and back."""

    zone: Zone
    line: LineString

    def way(self, start: float, end: float, beside_m: float) -> LineString:
        """A way along one side of the line between two shares of its length, and back on the
        other side, `beside_m` metres from it (EPSG:4326)."""
        crs = local_metric_crs(self.line)
        part = shapely.ops.substring(project(self.line, crs), start, end, normalized=True)
        smooth = part.simplify(60)
        there = smooth.parallel_offset(beside_m, "left")
        back = smooth.parallel_offset(beside_m, "right")
        places = [*_longest(there).coords, *_longest(back).reverse().coords]
        route: LineString = unproject(LineString(places), crs)
        return route


def _longest(shape: shapely.geometry.base.BaseGeometry) -> LineString:
    line: LineString = max(shapely.get_parts(shape), key=lambda part: part.length)
    return line


def add_field(session: Session) -> None:
    """Add both patrols of Changxing and Yixing, with what their crews recorded."""
    people = {row.username: make_actor(row) for row in session.scalars(select(User))}
    zone = session.scalars(select(Zone).where(Zone.name.startswith("长兴"))).one()
    version = zone.binding or zone.current
    ground = Ground(zone, shapely.from_wkb(version.line))
    _last_week(session, people, ground)
    _under_way(session, people, ground)
    session.flush()


def _plan(
    session: Session, people: People, ground: Ground, title: str, route: LineString, note: str
) -> Patrol:
    """A proposal for the coming hours with two officers of each side."""
    now = utc_now()
    draft = Draft(
        title=title,
        starts_at=now + timedelta(minutes=1),
        ends_at=now + timedelta(hours=3),
        route=route,
        checklist=["入河排口", "沿岸企业雨水口", "河面漂浮物"],
        note=note,
    )
    patrol = services.propose(
        session,
        people["changxing-planner"],
        ground.zone.id,
        draft,
        officers=_ids(people, "changxing"),
        craft=[],
    )
    partner = people["yixing-planner"]
    services.set_crew(session, partner, patrol, officers=_ids(people, "yixing"), craft=[])
    return patrol


def _ids(people: People, bureau: str) -> list[str]:
    return [people[f"{bureau}-officer{number}"].user_id for number in (1, 2)]


def _approve(session: Session, people: People, patrol: Patrol) -> None:
    for username in ("changxing-planner", "yixing-planner"):
        approvals.approve(
            session,
            people[username],
            kind=KIND,
            record_id=patrol.id,
            version=patrol.plan_version,
            expected_hash=patrol.content_hash,
            given_hash=patrol.content_hash,
            parties=patrol.party_ids,
        )
    patrol.move("approve")


def _last_week(session: Session, people: People, ground: Ground) -> None:
    """A patrol that ended five days ago; its plan is dated back before it is approved."""
    route = ground.way(0.25, 0.55, 350)
    patrol = _plan(session, people, ground, "界河枯水期联合巡查（演示）", route, "重点看雨水口")
    back = timedelta(days=5)
    patrol.starts_at -= back
    patrol.ends_at -= back
    seal(patrol)
    _approve(session, people, patrol)
    patrol.move("start")
    patrol.started_at = patrol.starts_at + timedelta(minutes=4)
    units = ("changxing-officer1", "yixing-officer1")
    walks = [walk(route, shift, patrol.started_at) for shift in (0.0, 0.00025)]
    last = max(fix.t for fixes in walks for fix in fixes)
    patrol.ended_at = patrol.started_at + timedelta(seconds=last - patrol.started_at.timestamp())
    patrol.move("end")
    for username, fixes in zip(units, walks, strict=True):
        _report(session, people[username], patrol, fixes)
    _record(session, people["changxing-officer1"], patrol, walks[0], 0.2, "water",
            "雨水口有带色废水流出，气味明显。")  # fmt: skip
    _record(session, people["yixing-officer1"], patrol, walks[1], 0.45, "litter",
            "河湾处漂浮垃圾约二十平方米。")  # fmt: skip
    _record(session, people["changxing-officer1"], patrol, walks[0], 0.8, "outfall",
            "对岸一处未挂牌的入河排口，正在出水。")  # fmt: skip
    session.flush()
    of_approval = Approval.kind == KIND, Approval.record_id == patrol.id
    for approval in session.scalars(select(Approval).where(*of_approval)):
        approval.at -= back + timedelta(hours=20)
    of_patrol = PatrolEvent.patrol_id == patrol.id
    for event in session.scalars(select(PatrolEvent).where(of_patrol)):
        event.at -= back + timedelta(hours=21)


def _under_way(session: Session, people: People, ground: Ground) -> None:
    """A patrol whose crews were last heard of just before the demo was made."""
    route = ground.way(0.5, 0.8, 300)
    patrol = _plan(session, people, ground, "太湖西岸今日联合巡查（演示）", route, "两船并行")
    _approve(session, people, patrol)
    conduct.start(session, people["changxing-officer1"], patrol.id)
    patrol.started_at = utc_now() - timedelta(minutes=20)
    for username, shift in (("changxing-officer1", 0.0), ("yixing-officer1", 0.0003)):
        fixes = [f for f in walk(route, shift, patrol.started_at) if f.t <= utc_now().timestamp()]
        _report(session, people[username], patrol, fixes)


def walk(route: LineString, shift: float, start: datetime) -> list[FixIn]:
    """Fixes of a boat along a route as a phone makes them: about every ten seconds, faster and
    slower, drifting from side to side, standing now and then to look at something.

    Args:
        route: EPSG:4326.
        shift: degrees to the north-east, so that two boats do not cover each other.
    """
    crs = local_metric_crs(route)
    flat = project(route, crs)
    chance = random.Random(f"demo {shift}")  # noqa: S311 - the same demo every time
    times, places = [], []
    for at_s, along_m in _pace(flat.length, chance):
        beside = 9 * math.sin(along_m / 190) + chance.gauss(0, 1.6)
        here, ahead = flat.interpolate(along_m), flat.interpolate(min(along_m + 5, flat.length))
        turn = math.atan2(ahead.y - here.y, ahead.x - here.x) + math.pi / 2
        times.append(at_s)
        places.append((here.x + beside * math.cos(turn), here.y + beside * math.sin(turn)))
    line = unproject(LineString(places), crs)
    return [
        FixIn(
            t=start.timestamp() + at_s,
            lon=lon + shift,
            lat=lat + shift / 2,
            accuracy_m=round(max(2.5, chance.gauss(5.5, 1.4)), 1),
        )
        for at_s, (lon, lat) in zip(times, line.coords, strict=True)
    ]


def _pace(length_m: float, chance: random.Random) -> Iterator[tuple[float, float]]:
    """Seconds since the start and metres along the way, of one fix after the other."""
    at_s, along_m, speed = 0.0, 0.0, SPEED_M_S
    while along_m < length_m:
        yield at_s, along_m
        step_s = EVERY_S + chance.choice((-1, 0, 0, 0, 1, 2))
        # A boat keeps its pace for a while, and is slower where there is something to be seen.
        wish = SPEED_M_S * (0.75 + 0.5 * math.sin(at_s / 210) ** 2)
        speed = 0.8 * speed + 0.2 * wish + chance.gauss(0, 0.18)
        if chance.random() < STOPS:
            yield from _standing(at_s, along_m, chance)
            at_s += STOP_S
        at_s += step_s
        along_m += max(speed, 0.3) * step_s


def _standing(at_s: float, along_m: float, chance: random.Random) -> Iterator[tuple[float, float]]:
    for number in range(1, STOP_S // EVERY_S):
        yield at_s + number * EVERY_S, along_m + chance.uniform(0.0, 1.5)


def _report(session: Session, actor: Actor, patrol: Patrol, fixes: Sequence[FixIn]) -> None:
    for first in range(0, len(fixes), BATCH):
        part = list(fixes[first : first + BATCH])
        key = f"demo-{patrol.id[:8]}-{first}"
        report_positions(session, actor, PositionReport(patrol_id=patrol.id, key=key, fixes=part))


def _record(
    session: Session,
    actor: Actor,
    patrol: Patrol,
    fixes: Sequence[FixIn],
    share: float,
    category: str,
    text: str,
) -> None:
    """A finding where a unit was after a share of its way."""
    fix = fixes[int(share * (len(fixes) - 1))]

    seen = findings.Seen(
        category,
        text,
        fix.lon,
        fix.lat,
        fix.accuracy_m,
        found_at=datetime.fromtimestamp(fix.t, utc_now().tzinfo),
    )
    findings.record(session, actor, patrol.id, seen)
