"""Geofence notices: certain, once, to those who may know, and no flicker on the line."""

from __future__ import annotations

import io
import time
from datetime import timedelta
from typing import Any

import pytest
from docx import Document
from sqlalchemy import select

from hub.jobs.runner import Runner
from hub.patrols.models import UnitPosition
from tests.support.field import (
    OFFICER,
    PARTNER,
    STRANGERS,
    batch,
    began_ago,
    fetch,
    inside,
    zone_of,
)
from tests.support.patrols import middle_of, started_patrol
from tests.support.world import World

WUXING, WUJIANG = "330502", "320509"


@pytest.fixture
def patrol(world: World) -> dict[str, Any]:
    """A patrol under way for an hour."""
    found = started_patrol(world)
    began_ago(world, found["id"], timedelta(hours=1))
    return found


def places_of(world: World, patrol: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """A place well inside each side, one on the line, one far from the zone."""
    zone = zone_of(world, patrol)
    line = middle_of(zone)
    found = {code: inside(zone, code) for code in (WUXING, WUJIANG)}
    return found | {"line": (line.x, line.y), "far": (found[WUXING][0] - 0.06, found[WUXING][1])}


def walk(world: World, patrol: dict[str, Any], *names: str, ago_s: float = 1800) -> None:
    """Report a fix at each place, ten seconds apart, then let the clock of the hub look."""
    places = places_of(world, patrol)
    start = time.time() - ago_s
    fixes = [
        {"t": start + 10 * n, "lon": places[name][0], "lat": places[name][1], "accuracy_m": 5}
        for n, name in enumerate(names)
    ]
    sent = world.as_(OFFICER).post(f"/patrols/{patrol['id']}/positions", batch(*fixes))
    assert sent.status == 200, sent.body
    look(world)


def look(world: World) -> None:
    """What is due is done."""
    Runner(world.app, world.app.extensions["hub.db"]).run_due()


def crossings(world: World, patrol: dict[str, Any], who: str = OFFICER) -> list[tuple[Any, ...]]:
    """What a reader sees of them."""
    items = world.as_(who).get(f"/patrols/{patrol['id']}/crossings").body["items"]
    return [(one["kind"], one["from_adcode"], one["to_adcode"]) for one in items]


def test_going_to_the_other_side_is_told_once_to_both(world: World, patrol: dict[str, Any]):
    walk(world, patrol, WUXING, WUXING, "line", WUJIANG, WUJIANG, WUJIANG)
    look(world)
    assert crossings(world, patrol) == [("side", WUXING, WUJIANG)]
    assert crossings(world, patrol, PARTNER) == crossings(world, patrol)
    for planner in ("wuxing-planner", "wujiang-planner"):
        told = world.as_(planner).get("/notifications").body["items"]
        assert len([one for one in told if one["kind"] == "crossing"]) == 1
        feed = world.as_(planner).get("/changes", after=0, limit=500).body["items"]
        views = [one["view"] for one in feed if one["kind"] == "crossing"]
        assert [view["patrol_id"] for view in views] == [patrol["id"]]


def test_third_bureaus_learn_nothing(world: World, patrol: dict[str, Any]):
    walk(world, patrol, WUXING, WUJIANG, WUJIANG)
    path = f"/patrols/{patrol['id']}/crossings"
    told = {one["id"] for one in world.as_(OFFICER).get(path).body["items"]}
    assert told
    for who in STRANGERS:
        assert world.as_(who).get(path).status == 404
        # The unit of the demo that is under way may cross meanwhile: of that some may know.
        feed = world.as_(who).get("/changes", after=0, limit=500).body["items"]
        assert told.isdisjoint(one["id"] for one in feed)


def test_walking_along_the_line_tells_nothing(world: World, patrol: dict[str, Any]):
    walk(world, patrol, WUXING, *["line"] * 12, WUXING, "line", WUXING)
    assert crossings(world, patrol) == []


def test_a_single_jump_of_the_receiver_is_no_crossing(world: World, patrol: dict[str, Any]):
    walk(world, patrol, WUXING, WUJIANG, WUXING, WUJIANG, WUXING, WUXING)
    assert crossings(world, patrol) == []


def test_entering_and_leaving_the_zone_are_told(world: World, patrol: dict[str, Any]):
    walk(world, patrol, "far", "far", WUXING, WUXING, "far", "far")
    assert [kind for kind, *_codes in crossings(world, patrol)] == ["entered", "left"]


def test_what_arrives_in_pieces_is_judged_as_one_walk(world: World, patrol: dict[str, Any]):
    walk(world, patrol, WUXING, WUXING, ago_s=1800)
    walk(world, patrol, WUJIANG, ago_s=1700)
    assert crossings(world, patrol) == []
    walk(world, patrol, WUJIANG, ago_s=1600)
    walk(world, patrol, WUXING, WUXING, ago_s=1500)
    assert [one[2] for one in crossings(world, patrol)] == [WUJIANG, WUXING]


def test_a_unit_that_paused_is_quiet_and_not_lost(world: World, patrol: dict[str, Any]):
    walk(world, patrol, WUXING, ago_s=60)
    (unit,) = world.as_(PARTNER).get("/positions").body["items"]
    assert unit["paused"] is False
    at = unit["at"]
    world.as_(OFFICER).post(f"/patrols/{patrol['id']}/log", {"kind": "pause", "at": at})
    answer = world.as_(PARTNER).get("/positions").body
    assert answer["items"][0]["paused"] is True
    assert answer["lost_after_s"] == 300


def silent_for(world: World, length: timedelta) -> None:
    """The last that was heard of every unit came so long ago."""
    with world.app.extensions["hub.db"].unit_of_work() as session:
        for row in session.scalars(select(UnitPosition)):
            row.received_at -= length


def test_lost_contact_and_its_end_are_told_once_to_both(world: World, patrol: dict[str, Any]):
    walk(world, patrol, WUXING, ago_s=5)
    assert crossings(world, patrol) == []
    silent_for(world, timedelta(minutes=6))
    look(world)
    look(world)
    assert [kind for kind, *_codes in crossings(world, patrol, PARTNER)] == ["lost"]
    for planner in ("wuxing-planner", "wujiang-planner"):
        told = world.as_(planner).get("/notifications").body["items"]
        (told,) = [one for one in told if one["kind"] == "crossing"]
        assert told["verb"] == "contact_lost"
        # Its title says it all, in the notification and on the overview: nothing is said twice.
        assert told["text"].count("失去联系") == 1
        assert world.as_(planner).page("/").body.count("失去联系") == 1
    assert world.as_(STRANGERS[0]).get(f"/patrols/{patrol['id']}/crossings").status == 404
    walk(world, patrol, WUXING, ago_s=5)
    look(world)
    assert [kind for kind, *_codes in crossings(world, patrol)] == ["lost", "heard"]


def test_the_report_names_crossings_and_lost_contact_in_their_order(
    world: World, patrol: dict[str, Any]
):
    walk(world, patrol, WUXING, WUXING, WUJIANG, WUJIANG, ago_s=600)
    silent_for(world, timedelta(minutes=6))
    look(world)
    walk(world, patrol, WUJIANG, ago_s=5)
    officer = world.as_(OFFICER)
    ended = officer.post(f"/patrols/{patrol['id']}/end", {})
    assert ended.status == 200, ended.body
    for who in (OFFICER, PARTNER):
        log = world.as_(who).get(f"/patrols/{patrol['id']}/report.json").body["content"]["log"]
        assert [one["kind"] for one in log] == ["side", "lost", "heard"]
        assert log[0]["subject"].endswith("进入吴江一侧")
        assert log[0]["at"] < log[1]["at"] < log[2]["at"]
    word = fetch(officer, f"/api/v1/patrols/{patrol['id']}/report.docx")[1]
    cells = [c.text for t in Document(io.BytesIO(word)).tables for r in t.rows for c in r.cells]
    assert {"越过分界线", "失去联系", "恢复联系"} <= set(cells)


def test_who_paused_is_not_lost(world: World, patrol: dict[str, Any]):
    walk(world, patrol, WUXING, ago_s=5)
    (unit,) = world.as_(PARTNER).get("/positions").body["items"]
    mark = {"kind": "pause", "at": unit["at"]}
    assert world.as_(OFFICER).post(f"/patrols/{patrol['id']}/log", mark).status < 300
    silent_for(world, timedelta(minutes=6))
    look(world)
    assert crossings(world, patrol) == []
