"""Demo of planning: a patrol of next week that one bureau approved and the other has yet to."""

from __future__ import annotations

from datetime import timedelta

import shapely
from shapely.geometry import mapping
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.access import make_actor
from hub.accounts.models import User
from hub.db import utc_now
from hub.demo.agreements import local_midnight
from hub.demo.field import Ground
from hub.patrols import guides, services
from hub.patrols.guide_models import GuideKind
from hub.patrols.plan import Draft
from hub.patrols.plan_crew import able_craft
from hub.zones.models import Zone

# The name is data of the demo, not screen text.
WATERS = "界河水道（演示，虚构）"


def _waters(session: Session, actor: Actor, ground: Ground) -> None:
    """Lines to draw routes along, where a river might be: made of the boundary, of no map."""
    lines = [ground.way(0.02, 0.98, beside) for beside in (60, 400)]
    features = [
        {"type": "Feature", "properties": {}, "geometry": mapping(line.simplify(0.0002))}
        for line in lines
    ]
    collection = {"type": "FeatureCollection", "features": features}
    guides.add_layer(session, actor, name=WATERS, kind=GuideKind.WATER, collection=collection)


def add_patrols(session: Session) -> None:
    """Yixing proposes and approves; Changxing named its crew and has not approved yet."""
    people = {row.username: make_actor(row) for row in session.scalars(select(User))}
    zone = session.scalars(select(Zone).where(Zone.name.startswith("长兴"))).one()
    version = zone.binding or zone.current
    ground = Ground(zone, shapely.from_wkb(version.line))
    for planner in ("changxing-planner", "yixing-planner"):
        _waters(session, people[planner], ground)
    day = local_midnight(utc_now()) + timedelta(days=7)
    # The texts are data of the demo, not screen text.
    draft = Draft(
        title="界河两岸企业雨水口夜查（演示）",
        starts_at=day + timedelta(hours=19),
        ends_at=day + timedelta(hours=22),
        route=ground.way(0.15, 0.4, 320),
        checklist=["企业雨水口", "夜间偷排", "码头油污"],
        note="两岸同时出发，各查本侧，会合后由属地主办复核。",
    )
    yixing, changxing = people["yixing-planner"], people["changxing-planner"]
    patrol = services.propose(
        session,
        yixing,
        zone.id,
        draft,
        officers=[people[f"yixing-officer{n}"].user_id for n in (1, 3)],
        craft=[craft.id for craft in able_craft(session, yixing.bureau_id)[:1]],
    )
    services.set_crew(
        session,
        changxing,
        patrol,
        officers=[people[f"changxing-officer{n}"].user_id for n in (1, 3)],
        craft=[craft.id for craft in able_craft(session, changxing.bureau_id)[:1]],
    )
    services.approve(
        session,
        yixing,
        patrol.id,
        plan_version=patrol.plan_version,
        content_hash=patrol.content_hash,
    )
