"""Positions from the field: stored once, only from the crew, shown to the parties alone."""

from __future__ import annotations

import time
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.patrols.models import TrackBatch
from tests.support.field import (
    OFFICER,
    PARTNER,
    STRANGERS,
    batch,
    began_ago,
    fix,
)
from tests.support.patrols import approved_patrol, started_patrol
from tests.support.sockets import SocketReader

PLACE = (120.45, 30.87)


@pytest.fixture
def patrol(world):
    return started_patrol(world)


def batches(world) -> list[TrackBatch]:
    """What Wuxing's and Wujiang's crews sent; the demo's patrols have others."""
    senders = [world.bureau_id("wuxing"), world.bureau_id("wujiang")]
    with world.app.extensions["hub.db"].read_only() as session:
        rows = session.scalars(select(TrackBatch).where(TrackBatch.bureau_id.in_(senders)))
        return list(rows)


def test_a_batch_sent_twice_is_stored_once(world, patrol):
    sent = batch(fix(*PLACE, 20), fix(*PLACE, 10))
    url = f"/patrols/{patrol['id']}/positions"
    first = world.as_(OFFICER).post(url, sent)
    again = world.as_(OFFICER).post(url, sent)
    assert (first.status, first.body["stored"]) == (200, True)
    assert (again.status, again.body["stored"]) == (200, False)
    assert len(batches(world)) == 1


def test_only_the_crew_reports(world, patrol):
    url = f"/patrols/{patrol['id']}/positions"
    assert world.as_("wuxing-officer3").post(url, batch(fix(*PLACE))).status == 403
    assert world.as_("wuxing-planner").post(url, batch(fix(*PLACE))).status == 403
    for stranger in STRANGERS:
        assert world.as_(stranger).post(url, batch(fix(*PLACE))).status in (403, 404)
    assert batches(world) == []


def test_a_patrol_that_has_not_begun_takes_no_positions(world):
    patrol = approved_patrol(world)
    answer = world.as_(OFFICER).post(f"/patrols/{patrol['id']}/positions", batch(fix(*PLACE)))
    assert answer.status == 409
    assert answer.body["rule"] == "patrol.log"


def test_what_a_phone_kept_is_taken_after_the_end_but_moves_nobody(world, patrol):
    began_ago(world, patrol["id"], timedelta(minutes=30))
    assert world.as_(PARTNER).post(f"/patrols/{patrol['id']}/end").status == 200
    answer = world.as_(OFFICER).post(
        f"/patrols/{patrol['id']}/positions", batch(fix(*PLACE, 600), fix(*PLACE, 590))
    )
    assert answer.body == {"stored": True, "flagged": 0}
    assert world.as_(OFFICER).get("/positions").body["items"] == []


def test_fixes_of_an_impossible_time_are_kept_and_flagged(world, patrol):
    future = fix(*PLACE) | {"t": time.time() + 86_400}
    past = fix(*PLACE) | {"t": time.time() - 86_400}
    sent = batch(past, fix(120.46, 30.88), future)
    answer = world.as_(OFFICER).post(f"/patrols/{patrol['id']}/positions", sent)
    assert answer.body == {"stored": True, "flagged": 2}
    (row,) = batches(world)
    assert len(row.fixes) == 3
    (place,) = world.as_(PARTNER).get("/positions").body["items"]
    assert (place["lon"], place["clock_suspect"]) == (120.46, False)


def test_a_clock_that_runs_ahead_is_said_and_does_not_block_later_places(world, patrol):
    url = f"/patrols/{patrol['id']}/positions"
    ahead = fix(*PLACE) | {"t": time.time() + 86_400}
    world.as_(OFFICER).post(url, batch(ahead))
    (place,) = world.as_(PARTNER).get("/positions").body["items"]
    assert place["clock_suspect"] is True
    assert place["at"] == place["received_at"]
    world.as_(OFFICER).post(url, batch(fix(120.5, 30.9, ago_s=-1)))
    (place,) = world.as_(PARTNER).get("/positions").body["items"]
    assert (place["lon"], place["clock_suspect"]) == (120.5, False)


def test_an_older_batch_that_comes_late_moves_nothing(world, patrol):
    url = f"/patrols/{patrol['id']}/positions"
    world.as_(OFFICER).post(url, batch(fix(120.46, 30.88, 5)))
    world.as_(OFFICER).post(url, batch(fix(120.40, 30.80, 60)))
    (place,) = world.as_(OFFICER).get("/positions").body["items"]
    assert (place["lon"], place["lat"]) == (120.46, 30.88)
    assert place["unit_name"]
    assert place["side"] == "a"
    assert world.as_(PARTNER).get("/positions").body["items"][0]["side"] == "b"


def test_a_place_that_cannot_be_is_no_latest_place(world, patrol):
    url = f"/patrols/{patrol['id']}/positions"
    world.as_(OFFICER).post(url, batch(fix(*PLACE, 9)))
    world.as_(OFFICER).post(url, batch(fix(0.0, 0.0, 1)))
    (place,) = world.as_(OFFICER).get("/positions").body["items"]
    assert (place["lon"], place["lat"]) == PLACE


@pytest.mark.parametrize(
    "wrong",
    [
        {"lon": 181},
        {"lat": -91},
        {"t": 0},
        {"t": "nan"},
        {"lon": "NaN"},
        {"accuracy_m": -1},
        {"speed": 3},
    ],
)
def test_a_fix_out_of_range_is_refused(world, patrol, wrong):
    sent = batch(fix(*PLACE) | wrong)
    assert world.as_(OFFICER).post(f"/patrols/{patrol['id']}/positions", sent).status == 422


@pytest.mark.parametrize("count", [0, 501])
def test_a_batch_holds_one_to_500_fixes(world, patrol, count):
    sent = batch(*[fix(*PLACE)] * count)
    assert world.as_(OFFICER).post(f"/patrols/{patrol['id']}/positions", sent).status == 422


def test_positions_write_no_feed_row(world, patrol):
    before = world.as_(PARTNER).get("/changes", after=0).body["head"]
    world.as_(OFFICER).post(f"/patrols/{patrol['id']}/positions", batch(fix(*PLACE)))
    assert world.as_(PARTNER).get("/changes", after=0).body["head"] == before


@pytest.mark.parametrize("who", STRANGERS)
def test_a_third_bureau_sees_no_position_and_no_track(world, patrol, who):
    world.as_(OFFICER).post(f"/patrols/{patrol['id']}/positions", batch(fix(*PLACE)))
    third = world.as_(who)
    assert patrol["id"] not in {one["patrol_id"] for one in third.get("/positions").body["items"]}
    assert third.get("/positions", patrol_id=patrol["id"]).body["items"] == []
    for part in ("track", "track.gpx", "track.geojson", "coverage"):
        assert third.get(f"/patrols/{patrol['id']}/{part}").status == 404


def test_when_the_agreement_is_suspended_partners_lose_sight_at_once(world, patrol):
    url = f"/patrols/{patrol['id']}/positions"
    world.as_(OFFICER).post(url, batch(fix(*PLACE, 4), fix(120.4501, 30.8701, 2)))
    assert len(world.as_(PARTNER).get("/positions").body["items"]) == 1
    path = f"/agreements/{patrol['agreement_id']}/suspend"
    version = world.as_("wuxing-official").get(path.removesuffix("/suspend")).version
    answer = world.as_("wuxing-official").post(path, {"reason": "演示"}, version=version)
    assert answer.status == 200, answer.body
    assert world.as_(PARTNER).get("/positions").body["items"] == []
    track = f"/patrols/{patrol['id']}/track"
    assert world.as_(PARTNER).get(track).body["features"] == []
    assert len(world.as_(OFFICER).get("/positions").body["items"]) == 1
    assert len(world.as_(OFFICER).get(track).body["features"]) == 1


def test_what_was_acknowledged_survives_a_kill(world, live_hub, patrol):
    live_hub.start()
    reader = SocketReader(live_hub.url, {"token": world.as_(OFFICER).token}).connect()
    keys = [uuid.uuid4().hex for _ in range(20)]
    for key in keys:
        sent = batch(fix(*PLACE), key=key) | {"patrol_id": patrol["id"]}
        assert reader.call("position", sent) == {"ok": True}
    live_hub.kill()
    assert {row.batch_key for row in batches(world)} == set(keys)
    assert len(world.as_(PARTNER).get("/positions").body["items"]) == 1


def test_the_partner_hears_the_place_over_his_socket(world, live_hub, patrol):
    live_hub.start()
    partner = SocketReader(live_hub.url, {"token": world.as_(PARTNER).token}).connect()
    third = SocketReader(live_hub.url, {"token": world.as_("nanxun-officer1").token}).connect()
    reader = SocketReader(live_hub.url, {"token": world.as_(OFFICER).token}).connect()
    assert reader.call("position", batch(fix(*PLACE)) | {"patrol_id": patrol["id"]}) == {"ok": True}
    partner.wait(lambda heard: len(heard.positions) == 1, "the position")
    assert partner.positions[0]["bureau_name"]
    assert third.positions == []
    refused = third.call("position", batch(fix(*PLACE)) | {"patrol_id": patrol["id"]})
    assert refused["error"]["status"] == 404
    for one in (partner, third, reader):
        one.close()
