"""A patrol's judgement: the same reasons for both parties, none for anybody else."""

from __future__ import annotations

import time
from datetime import timedelta

import numpy as np
import pytest
from shapely.geometry import shape

from tests.support.field import OFFICER, PARTNER, STRANGERS, batch, began_ago, zone_of
from tests.support.patrols import approve, join, propose_patrol, soon, started_patrol

HOUR = timedelta(hours=1)


@pytest.fixture
def patrol(world):
    patrol = started_patrol(world)
    began_ago(world, patrol["id"], HOUR)
    return patrol


def drawn(patrol, ago_s=3000.0, count=200):
    """Fixes exactly on the planned route, to and fro at an even 1.5 m/s."""
    route = shape(patrol["route"])
    laps = np.arange(count) * 1.5e-4 / route.length % 2.0
    places = [route.interpolate(1 - abs(1 - lap), normalized=True).coords[0] for lap in laps]
    return timed(places, ago_s)


def timed(places, ago_s):
    begin = time.time() - ago_s
    return [
        {"t": begin + 10 * n, "lon": lon, "lat": lat, "accuracy_m": 4.0}
        for n, (lon, lat) in enumerate(places)
    ]


def walked(patrol, seed, ago_s=3000.0, count=240):
    """Fixes of somebody who walks about near the start of the route."""
    rng = np.random.default_rng(seed)
    turn = np.cumsum(rng.normal(0, 0.15, count))
    pace = 1e-5 * (1.5 + np.sin(np.arange(count) / 24 + seed))[:, None]
    steps = pace * np.column_stack([np.cos(turn), np.sin(turn)])
    start = np.array(patrol["route"]["coordinates"][0])
    return timed((start + np.cumsum(steps, axis=0)).tolist(), ago_s)


def ended(world, patrol, fixes):
    """The track is sent, the patrol ended."""
    world.as_(OFFICER).post(f"/patrols/{patrol['id']}/positions", batch(*fixes))
    answer = world.as_(OFFICER).post(f"/patrols/{patrol['id']}/end")
    assert answer.status == 200, answer.body


def truth(world, patrol, who=OFFICER):
    answer = world.as_(who).get(f"/patrols/{patrol['id']}/truth")
    assert answer.status == 200, answer.body
    return answer.body


def questioned(found):
    return {reason["code"] for reason in found["reasons"] if reason["stand"] == "questions"}


def test_a_patrol_under_way_is_not_judged(world, patrol):
    found = truth(world, patrol)
    assert (found["score"], found["level"], found["reasons"]) == (None, "unknown", [])


def test_a_line_drawn_and_played_is_questioned_and_both_parties_read_why(world, patrol):
    ended(world, patrol, drawn(patrol))
    ours, theirs = truth(world, patrol), truth(world, patrol, PARTNER)
    assert {"on_plan_exactly", "too_even"} <= questioned(ours)
    assert ours["level"] == "doubtful"
    assert [r["text"] for r in ours["reasons"]] == [r["text"] for r in theirs["reasons"]]
    reason = next(r for r in ours["reasons"] if r["code"] == "on_plan_exactly")
    assert "离计划路线通常只有" in reason["text"]
    assert (reason["unit_name"], reason["bureau_name"]) == ("姚海涛", "吴兴")


def test_reasons_are_said_in_the_readers_language(world, patrol):
    ended(world, patrol, drawn(patrol))
    headers = {"Authorization": f"Bearer {world.as_(OFFICER).token}"}
    with world.app.test_client() as client:
        with client.session_transaction() as cookie:
            cookie["locale"] = "en"
        found = client.get(f"/api/v1/patrols/{patrol['id']}/truth", headers=headers).json
    assert "planned route" in found["reasons"][2]["text"]
    assert all(reason["text"] and "%(" not in reason["text"] for reason in found["reasons"])


def test_a_track_played_again_names_the_patrol_it_was_taken_from(world, patrol):
    ended(world, patrol, walked(patrol, seed=1))
    assert "repeats_earlier" not in questioned(truth(world, patrol))
    again = next_patrol(world, patrol)
    ended(world, again, walked(patrol, seed=1, ago_s=2_500.0))
    found = truth(world, again, PARTNER)
    reason = next(r for r in found["reasons"] if r["code"] == "repeats_earlier")
    assert patrol["number"] in reason["text"]
    assert found["level"] != "sound"


def next_patrol(world, patrol):
    """Another patrol of the same zone, under way for three quarters of an hour."""
    times = {
        "starts_at": soon(minutes=1).isoformat(),
        "ends_at": soon(hours=2).isoformat(),
    }
    again = join(world, propose_patrol(world, zone_of(world, patrol), **times))
    for planner in ("wuxing-planner", "wujiang-planner"):
        assert approve(world, planner, again).status == 200
    assert world.as_(OFFICER).post(f"/patrols/{again['id']}/start").status == 200
    began_ago(world, again["id"], timedelta(minutes=45))
    return again


def test_a_patrol_without_a_track_has_no_score(world, patrol):
    assert world.as_(OFFICER).post(f"/patrols/{patrol['id']}/end").status == 200
    found = truth(world, patrol)
    assert found["score"] is None
    assert {r["code"] for r in found["reasons"]} == {"plan_covered", "observed", "together"}


@pytest.mark.parametrize("who", STRANGERS)
def test_a_third_bureau_reads_no_judgement(world, patrol, who):
    assert world.as_(who).get(f"/patrols/{patrol['id']}/truth").status == 404
