"""Units under way, told to who watches: described once, then moved, and gone when they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.support.field import OFFICER, PARTNER, batch, began_ago, fix, inside, zone_of
from tests.support.live import LiveHub
from tests.support.patrols import started_patrol
from tests.support.sockets import SocketReader
from tests.support.world import World

# Who hears what over which wire does not depend on the database.
pytestmark = pytest.mark.once

WATCHER, STRANGER = "wujiang-planner", "nanxun-planner"
Opener = Callable[..., SocketReader]


@pytest.fixture
def patrol(world: World) -> dict[str, Any]:
    """A patrol under way for an hour; one unit of either side has reported."""
    found = started_patrol(world)
    began_ago(world, found["id"], timedelta(hours=1))
    report(world, found)
    report(world, found, who=PARTNER)
    return found


@pytest.fixture
def watching(world: World, patrol: dict[str, Any], live_hub: LiveHub) -> Iterator[Opener]:
    """Opens sockets that watch, on a hub that runs."""
    live_hub.start()
    opened: list[SocketReader] = []

    def open_(who: str, **wanted: Any) -> SocketReader:
        auth = {"token": world.as_(who).token, "units": True}
        reader = SocketReader(live_hub.url, auth).connect()
        opened.append(reader)
        assert reader.call("watch", wanted) == {"ok": True}
        reader.wait(lambda r: bool(r.units), "the first telling")
        return reader

    yield open_
    for reader in opened:
        reader.close()


def report(world: World, patrol: dict[str, Any], *, who: str = OFFICER, east: float = 0.0) -> None:
    """Report where one is: well inside Wuxing's side, so far to the east."""
    lon, lat = inside(zone_of(world, patrol), "330502")
    fixes = [fix(lon, lat, ago_s=20), fix(lon + east, lat, ago_s=10)]
    sent = world.as_(who).post(f"/patrols/{patrol['id']}/positions", batch(*fixes))
    assert sent.status == 200, sent.body


def known(reader: SocketReader) -> dict[int, dict[str, Any]]:
    """Units as a client keeps them: by number, each with its latest `[lon, lat, accuracy, age]`."""
    found: dict[int, dict[str, Any]] = {}
    for told in reader.units:
        if told["reset"]:
            found = {}
        for number in told["left"]:
            found.pop(number)
        found |= {unit["n"]: unit for unit in told["units"]}
        for number, *place in told["moved"]:
            found[number]["place"] = place
    return found


def unit_of(reader: SocketReader, bureau: str) -> dict[str, Any] | None:
    """The unit of a bureau that a reader knows, of the patrol with one of each."""
    return next((u for u in known(reader).values() if u["bureau_name"] == bureau), None)


def test_a_unit_is_described_once_and_then_moves(world, patrol, watching):
    reader = watching(WATCHER, patrol_id=patrol["id"])
    first = unit_of(reader, "吴兴")
    assert first is not None
    assert first["side"] == "b"
    assert first["place"][2] == 5.0
    assert first["place"][3] >= 10_000  # the age of the place, not of the message
    report(world, patrol, east=0.001)
    reader.wait(lambda r: r.units[-1]["moved"] and len(r.units) > 1, "a move")
    last = reader.units[-1]
    assert last["units"] == []
    assert [row[0] for row in last["moved"]] == [first["n"]]
    assert last["moved"][0][1] - first["place"][0] == pytest.approx(0.001, abs=2e-6)
    assert reader.positions == []


def test_third_bureaus_and_unknown_patrols_get_nothing(world, patrol, watching):
    reader = watching(STRANGER)
    assert all(unit["patrol_id"] != patrol["id"] for unit in known(reader).values())
    answer = reader.call("watch", {"patrol_id": patrol["id"]})
    assert answer["error"]["status"] == 404
    assert reader.call("watch", {"patrol_id": 7})["error"]["status"] == 422
    assert reader.call("watch", None) == {"ok": True}


def test_who_ends_leaves_the_map_of_all(world, patrol, watching):
    reader = watching(WATCHER)
    assert unit_of(reader, "吴江")["patrol_id"] == patrol["id"]
    assert world.as_(OFFICER).post(f"/patrols/{patrol['id']}/end").status == 200
    reader.wait(lambda r: all(u["patrol_id"] != patrol["id"] for u in known(r).values()), "the end")


def test_a_partner_loses_sight_when_the_agreement_is_suspended(world, patrol, watching):
    reader = watching(WATCHER, patrol_id=patrol["id"])
    assert unit_of(reader, "吴兴") is not None
    path = f"/agreements/{patrol['agreement_id']}"
    version = world.as_("wuxing-official").get(path).version
    answer = world.as_("wuxing-official").post(
        f"{path}/suspend", {"reason": "暂停合作"}, version=version
    )
    assert answer.status == 200, answer.body
    reader.wait(lambda r: unit_of(r, "吴兴") is None, "the partner's unit to leave")
    assert unit_of(reader, "吴江") is not None


def test_a_pause_is_told_without_a_new_place(world, patrol, watching):
    reader = watching(WATCHER, patrol_id=patrol["id"])
    assert unit_of(reader, "吴兴")["paused"] is False
    (at,) = (
        one["at"]
        for one in world.as_(OFFICER).get("/positions", patrol_id=patrol["id"]).body["items"]
        if one["bureau_name"] == "吴兴"
    )
    marked = world.as_(OFFICER).post(f"/patrols/{patrol['id']}/log", {"kind": "pause", "at": at})
    assert marked.status == 201, marked.body
    reader.wait(lambda r: unit_of(r, "吴兴")["paused"], "the pause")
