"""A track comes in from another device's file, once, and goes out in forms that come in again."""

from __future__ import annotations

import io
import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from hub.patrols.models import TrackBatch
from tests.support.field import OFFICER, PARTNER, STRANGERS, batch, began_ago, inside, zone_of
from tests.support.patrols import started_patrol
from tests.support.story import WUXING


@pytest.fixture
def patrol(world):
    patrol = started_patrol(world)
    began_ago(world, patrol["id"], timedelta(hours=1))
    return patrol


def send(world, patrol, data, who=OFFICER, path="tracks", key=None, **fields):
    """A file as a browser sends it: (status, body)."""
    file = FileStorage(io.BytesIO(data), "track.gpx")
    boundary, body = encode_multipart(fields | {"file": file})
    with world.app.test_client() as client:
        answer = client.post(
            f"/api/v1/patrols/{patrol['id']}/{path}",
            data=body,
            content_type=f"multipart/form-data; boundary={boundary}",
            headers={
                "Authorization": f"Bearer {world.as_(who).token}",
                "Idempotency-Key": key or uuid.uuid4().hex,
            },
        )
    return answer.status_code, answer.get_json()


def gpx(world, patrol, ago_s=1800.0, count=20, every=10.0):
    """A walk on Wuxing's side, a fix each ten seconds."""
    x, y = inside(zone_of(world, patrol), WUXING)
    points = "\n".join(
        f'<trkpt lat="{y}" lon="{x + n * 1e-4}"><time>'
        f"{datetime.fromtimestamp(time.time() - ago_s + n * every, UTC).isoformat()}</time></trkpt>"
        for n in range(count)
    )
    return f"<gpx><trk>\n<trkseg>{points}</trkseg></trk></gpx>".encode()


def units(world, patrol, who=PARTNER):
    return world.as_(who).get(f"/patrols/{patrol['id']}/track").body["features"]


def stored(world, patrol):
    with world.unit_of_work() as session:
        rows = session.scalars(select(TrackBatch).where(TrackBatch.patrol_id == patrol["id"])).all()
        session.expunge_all()
        return rows


def test_a_file_is_shown_first_and_then_is_the_officers_track_on_both_sides(world, patrol):
    data = gpx(world, patrol)
    status, seen = send(world, patrol, data, path="tracks/preview")
    assert (status, seen["fixes"], seen["outside"], seen["known"]) == (200, 20, 0, False)
    assert units(world, patrol) == []
    assert send(world, patrol, data)[0] == 201
    (feature,) = units(world, patrol)
    assert feature["properties"]["distance_m"] == pytest.approx(seen["distance_m"], abs=0.1)
    assert "track_imported" in [
        event["verb"] for event in world.as_(PARTNER).get(f"/patrols/{patrol['id']}").body["events"]
    ]


def test_the_same_file_twice_changes_nothing(world, patrol):
    data = gpx(world, patrol)
    send(world, patrol, data)
    version = world.as_(OFFICER).get(f"/patrols/{patrol['id']}").version
    status, again = send(world, patrol, data)
    assert (status, again["known"]) == (201, True)
    assert world.as_(OFFICER).get(f"/patrols/{patrol['id']}").version == version
    assert len(stored(world, patrol)) == 1


def test_another_file_under_the_same_key_is_refused_and_not_taken_for_the_first(world, patrol):
    key = uuid.uuid4().hex
    assert send(world, patrol, gpx(world, patrol), key=key)[0] == 201
    status, problem = send(world, patrol, gpx(world, patrol, ago_s=900.0), key=key)
    assert status == 422, problem
    assert len(stored(world, patrol)) == 1


def test_only_fixes_of_the_patrols_time_come_in(world, patrol):
    status, seen = send(world, patrol, gpx(world, patrol, 2 * 86_400, 10), path="tracks/preview")
    assert (status, seen["rule"]) == (422, "track.window")
    data = gpx(world, patrol, ago_s=4_000, count=40, every=60.0)
    seen = send(world, patrol, data)[1]
    assert seen["fixes"] + seen["outside"] == 40
    assert seen["outside"] > 0


def test_where_the_phone_recorded_the_file_adds_nothing(world, patrol):
    data = gpx(world, patrol, count=20)
    x, y = inside(zone_of(world, patrol), WUXING)
    fixes = [
        {"t": time.time() - 1800 + 10 * n, "lon": x, "lat": y, "accuracy_m": 5.0} for n in range(20)
    ]
    world.as_(OFFICER).post(f"/patrols/{patrol['id']}/positions", batch(*fixes))
    send(world, patrol, data)
    (feature,) = units(world, patrol)
    assert feature["properties"]["distance_m"] == 0.0


def test_a_wrong_file_names_its_line_and_changes_nothing(world, patrol):
    data = gpx(world, patrol).replace(b"<time>20", b"<time>never 20", 3)
    status, problem = send(world, patrol, data)
    assert status == 422
    assert "文件第2行" in problem["detail"]
    assert send(world, patrol, b"PK\x03\x04")[0] == 422
    assert units(world, patrol) == []


def test_shifted_places_come_back_to_where_they_were(world, patrol):
    data = gpx(world, patrol)
    straight = send(world, patrol, data, path="tracks/preview")[1]
    shifted = send(world, patrol, data, path="tracks/preview", gcj02="true")[1]
    assert shifted["seconds_inside"] <= straight["seconds_inside"]
    assert send(world, patrol, data, gcj02="true")[0] == 201
    (row,) = stored(world, patrol)
    assert (row.source, row.source_crs) == ("file", "gcj02")


@pytest.mark.parametrize("form", ["gpx", "kml", "geojson"])
def test_what_goes_out_comes_in_again(world, patrol, form):
    send(world, patrol, gpx(world, patrol))
    before = units(world, patrol)[0]["properties"]
    caller = world.as_(PARTNER)
    with world.app.test_client() as client:
        headers = {"Authorization": f"Bearer {caller.token}"}
        data = client.get(f"/api/v1/patrols/{patrol['id']}/track.{form}", headers=headers).data
    status, seen = send(world, patrol, data, who=PARTNER, path="tracks/preview")
    assert status == 200, seen
    assert seen["fixes"] == before["fixes"]
    assert seen["distance_m"] == pytest.approx(before["distance_m"], abs=0.5)


@pytest.mark.parametrize("who", [*STRANGERS, "wuxing-planner"])
def test_only_the_crew_brings_tracks_in(world, patrol, who):
    status, _problem = send(world, patrol, gpx(world, patrol), who=who)
    assert status in (403, 404)
