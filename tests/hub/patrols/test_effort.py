"""Patrol effort of a zone: from condensed tracks as from batches, each reader as far as he sees."""

from __future__ import annotations

import io
import time
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from hub.db import utc_now
from hub.patrols import condensed
from hub.patrols.condensed_models import CondensedTrack
from tests.support.field import (
    OFFICER,
    PARTNER,
    STRANGERS,
    batch,
    began_ago,
    find,
    inside,
    zone_of,
)
from tests.support.patrols import started_patrol
from tests.support.story import WUXING


@pytest.fixture
def patrol(world):
    """A patrol an hour under way, half an hour of it walked on Wuxing's side."""
    patrol = started_patrol(world)
    began_ago(world, patrol["id"], timedelta(hours=1))
    x, y = inside(zone_of(world, patrol), WUXING)
    send(world, patrol, [(x + n * 1e-4, y, 3_000 - 30 * n) for n in range(60)])
    return patrol


def send(world, patrol, places):
    fixes = [
        {"t": time.time() - ago, "lon": lon, "lat": lat, "accuracy_m": 5.0}
        for lon, lat, ago in places
    ]
    answer = world.as_(OFFICER).post(f"/patrols/{patrol['id']}/positions", batch(*fixes))
    assert answer.status == 200, answer.body


def effort(world, patrol, who=OFFICER, **query):
    answer = world.as_(who).get(f"/zones/{patrol['zone_id']}/effort", **query)
    assert answer.status == 200, answer.body
    return answer.body


def condense(world, patrol):
    """The clock's job, if it is due; whether it was."""
    with world.app.app_context(), world.unit_of_work() as session:
        if patrol["id"] not in condensed.due(session, utc_now()):
            return False
        return condensed.condense(session, patrol["id"], utc_now())


def test_a_walk_covers_its_band_and_the_rest_is_gaps(world, patrol):
    found = effort(world, patrol)
    assert found["patrols"] == 1
    assert found["observed_s"] == pytest.approx(1_770, abs=5)
    one = world.as_(OFFICER).get(f"/patrols/{patrol['id']}/coverage").body
    assert found["share"] == pytest.approx(one["share"], abs=found["error_share"] + 0.002)
    areas = [gap["properties"]["area_m2"] for gap in found["gaps"]["features"]]
    assert areas == sorted(areas, reverse=True)
    assert sum(areas) == pytest.approx(one["area_m2"] * (1 - found["share"]), rel=0.02)


def test_condensed_tracks_tell_the_same(world, patrol):
    world.as_(OFFICER).post(f"/patrols/{patrol['id']}/end")
    before = effort(world, patrol)
    assert condense(world, patrol)
    after = effort(world, patrol)
    assert after["share"] == pytest.approx(before["share"], abs=0.002)
    assert after["bureaus"] == before["bureaus"]
    assert not condense(world, patrol)


def test_a_patrol_without_a_track_is_looked_at_once(world):
    silent = started_patrol(world)
    began_ago(world, silent["id"], timedelta(hours=1))
    world.as_(OFFICER).post(f"/patrols/{silent['id']}/end")
    assert condense(world, silent)
    assert not condense(world, silent)
    x, y = inside(zone_of(world, silent), WUXING)
    send(world, silent, [(x, y + n * 1e-4, 600 - 10 * n) for n in range(60)])
    assert condense(world, silent)
    assert not condense(world, silent)


def test_what_a_phone_sends_late_makes_the_condensed_track_anew(world, patrol):
    world.as_(OFFICER).post(f"/patrols/{patrol['id']}/end")
    condense(world, patrol)
    x, y = inside(zone_of(world, patrol), WUXING)
    send(world, patrol, [(x, y + n * 1e-4, 1_100 - 10 * n) for n in range(60)])
    assert condense(world, patrol)
    with world.unit_of_work() as session:
        rows = select(CondensedTrack).where(CondensedTrack.patrol_id == patrol["id"])
        assert session.scalars(rows).one().batches == 2
    assert effort(world, patrol)["observed_s"] > 1_770


def test_findings_are_counted_per_hour_of_each_side(world, patrol):
    find(world, patrol)
    find(world, patrol, PARTNER)
    own, partner = effort(world, patrol)["bureaus"]
    assert (own["side"], own["findings"], partner["findings"]) == ("a", 1, 1)
    assert own["findings_per_hour"] == pytest.approx(1 / own["hours"], abs=0.1)
    assert partner["findings_per_hour"] is None


def test_another_period_is_empty(world, patrol):
    found = effort(world, patrol, since="2024-01-01", until="2024-02-01")
    assert (found["patrols"], found["share"], found["bureaus"]) == (0, 0.0, [])


@pytest.mark.parametrize(
    "query",
    [
        {"reach_m": 1},
        {"reach_m": "nan"},
        {"since": "2026-05-02", "until": "2026-05-01"},
        {"since": "2020-01-01", "until": "2026-01-01"},
        {"since": "soon"},
    ],
)
def test_a_question_out_of_range_is_refused(world, patrol, query):
    answer = world.as_(OFFICER).get(f"/zones/{patrol['zone_id']}/effort", **query)
    assert answer.status == 422


def test_the_picture_is_clear_outside_and_marks_where_somebody_was(world, patrol):
    with world.app.test_client() as client:
        headers = {"Authorization": f"Bearer {world.as_(PARTNER).token}"}
        answer = client.get(f"/api/v1/zones/{patrol['zone_id']}/effort.png", headers=headers)
    colours = Image.open(io.BytesIO(answer.data)).getcolors(1_000_000)
    kinds = {colour for _count, colour in colours}
    assert (0, 0, 0, 0) in kinds
    assert (214, 69, 65, 60) in kinds
    assert any(green > red for red, green, _blue, alpha in kinds if alpha)


def test_each_side_is_a_row_of_the_spreadsheet(world, patrol):
    text = world.as_(OFFICER).get(f"/zones/{patrol['zone_id']}/effort.csv").body
    assert "巡查小时" in text.splitlines()[0]
    assert len(text.splitlines()) == 3


@pytest.mark.parametrize("who", STRANGERS)
def test_a_third_bureau_learns_nothing(world, patrol, who):
    for ending in ("", ".png", ".csv"):
        path = f"/zones/{patrol['zone_id']}/effort{ending}"
        assert world.as_(who).get(path).status == 404
    assert world.as_(who).page(f"/zones/{patrol['zone_id']}/effort").status == 404


def test_the_page_opens_for_both_sides(world, patrol):
    for who in (OFFICER, PARTNER):
        page = world.as_(who).page(f"/zones/{patrol['zone_id']}/effort?since=nonsense")
        assert page.status == 200
        assert "巡查力度" in page.body
