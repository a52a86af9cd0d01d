"""Steps with series of patrols: propose, agree, except a date."""

from __future__ import annotations

from hub.clock import SHANGHAI
from tests.support.patrols import join, propose_patrol, soon
from tests.support.story import binding_zone

WUXING, WUJIANG = "wuxing-planner", "wujiang-planner"


def first_date(**ahead):
    """Ten days from now at ten in the morning: half an hour later is the same day."""
    return soon(**({"days": 10} | ahead)).astimezone(SHANGHAI).replace(hour=10, minute=0, second=0)


def begun(world, **changes):
    """A series of Wuxing, every week from in ten days, with a patrol of both as its template."""
    patrol = join(world, propose_patrol(world, binding_zone(world)))
    body = {
        "patrol_id": patrol["id"],
        "title": "每周巡查",
        "rule": "FREQ=WEEKLY",
        "starts_at": first_date().isoformat(),
        "lead_days": 14,
    } | changes
    answer = world.as_(WUXING).post("/patrol-series", body)
    assert answer.status == 201, answer.body
    return answer.body


def agree(world, row, *who):
    answer = None
    for username in who or (WUXING, WUJIANG):
        caller = world.as_(username)
        key = {"plan_version": row["plan_version"], "content_hash": row["content_hash"]}
        answer = caller.post(f"/patrol-series/{row['id']}/approve", key)
        assert answer.status == 200, answer.body
    return answer.body


def read(world, row, who=WUXING):
    return world.as_(who).get(f"/patrol-series/{row['id']}")


def except_(world, row, original, who=WUXING, **given):
    body = {"original": original} | given
    return world.as_(who).post(f"/patrol-series/{row['id']}/exceptions", body)
