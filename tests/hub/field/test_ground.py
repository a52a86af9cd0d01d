"""The phone's answer to "whose ground is this" is the hub's, place by place."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import shape

from tests.conftest import missing
from tests.support.patrols import approved_patrol, middle_of
from tests.support.world import World

RULE = Path(__file__).resolve().parents[3] / "hub" / "static" / "js" / "field" / "ground.js"
# Two ways to measure agree to this (metres, share of the distance); nearer than it to a limit
# either answer is right.
SLACK_M, SLACK = 0.1, 1e-4
ASK = """
import { readFileSync } from "node:fs";
import { locate, distanceToPaths } from "./ground.mjs";
const { ground, places } = JSON.parse(readFileSync(0));
const answers = places.map(([lon, lat, accuracy]) => ({
  ...locate(ground, lon, lat, accuracy),
  outlines: ground.units.map((unit) => distanceToPaths(unit.outline, lon, lat)),
  ends: ground.zones.map((zone) => distanceToPaths(zone.edge, lon, lat)),
}));
process.stdout.write(JSON.stringify(answers));
"""


def on_the_phone(folder: Path, ground: dict[str, Any], places: list[Any]) -> list[dict[str, Any]]:
    """The answers of the phone's own module, run by Node as it is."""
    node = shutil.which("node")
    if node is None:
        missing("Node")
    shutil.copy(RULE, folder / "ground.mjs")
    (folder / "ask.mjs").write_text(ASK)
    asked = json.dumps({"ground": ground, "places": places})
    done = subprocess.run(
        [str(node), "ask.mjs"], cwd=folder, input=asked, capture_output=True, text=True, check=True
    )
    return list(json.loads(done.stdout))


def at_the_hub(world: World, who: str, places: list[Any]) -> list[dict[str, Any]]:
    """The hub's answers for the same places."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": {"accuracy_m": accuracy},
        }
        for lon, lat, accuracy in places
    ]
    body = {"type": "FeatureCollection", "features": features}
    answer = world.as_(who).post("/locate", body)
    assert answer.status == 200, answer.body
    return [feature["properties"] for feature in answer.body["features"]]


def some_places(kit: dict[str, Any], count: int) -> list[list[float]]:
    """Places all over the ground, half of them about the line, with accuracies as phones give."""
    dice = random.Random(20261126)  # noqa: S311 - the same places each time
    west, south, east, north = kit["ground"]["box"]
    line = shape(kit["line"])
    places = []
    for number in range(count):
        accuracy = dice.choice([0.0, 3.0, 8.0, 25.0, 120.0, 900.0])
        if number % 2:
            at = line.interpolate(dice.random(), normalized=True)
            lon, lat = at.x + dice.gauss(0, 0.006), at.y + dice.gauss(0, 0.006)
        else:
            lon, lat = dice.uniform(west, east), dice.uniform(south, north)
        places.append([lon, lat, accuracy])
    return places


def on_a_limit(phone: dict[str, Any], accuracy: float) -> bool:
    """Whether a place is so near to a limit that the two measures may differ about it."""
    reach = phone["uncertainty_m"]
    limits = [(d, reach) for d in phone["outlines"]] + [(d, accuracy) for d in phone["ends"]]
    return any(
        d is not None and abs(d - limit) < SLACK_M + SLACK * limit for d, limit in limits
    ) or any(d is not None and d < 0.001 for d in phone["outlines"] + phone["ends"])


def differs(phone: dict[str, Any], hub: dict[str, Any]) -> list[str]:
    """What the two answers say differently."""
    said = {
        "adcode": (phone["adcode"], hub["adcode"]),
        "certain": (phone["certain"], hub["certain"]),
        "side": (phone["side"], hub["side"]),
        "may_act": (phone["may_act"], hub["may_act"]),
        "zones": (sorted(phone["zones"]), sorted(zone["id"] for zone in hub["zones"])),
        "zone_certain": (not phone["edges"], hub["zone_certain"]),
        "answers": (
            [(a["adcode"], a["may_act"]) for a in phone["answers"]],
            [(a["adcode"], a["may_act"]) for a in hub["answers"]],
        ),
    }
    found = [f"{name}: {a} != {b}" for name, (a, b) in said.items() if a != b]
    ours, theirs = phone["distance_to_line_m"], hub["distance_to_line_m"]
    if ours is not None and abs(ours - theirs) > SLACK_M + SLACK * theirs:
        found.append(f"distance: {ours} != {theirs}")
    if abs(phone["uncertainty_m"] - hub["uncertainty_m"]) > 0.06:
        found.append(f"uncertainty: {phone['uncertainty_m']} != {hub['uncertainty_m']}")
    return found


@pytest.mark.once
def test_the_phone_and_the_hub_give_one_answer_at_thousands_of_places(world: World, tmp_path: Path):
    patrol = approved_patrol(world)
    for who in ("wuxing-officer1", "wujiang-officer1"):
        kit = world.as_(who).get(f"/patrols/{patrol['id']}/field-kit").body
        places = some_places(kit, 3000)
        phones = on_the_phone(tmp_path, kit["ground"], places)
        known = [(p, a) for p, a in zip(places, phones, strict=True) if a["known"]]
        assert len(known) > 2500
        hubs = at_the_hub(world, who, [place for place, _answer in known])
        faults = [
            (place, wrong)
            for (place, phone), hub in zip(known, hubs, strict=True)
            if not on_a_limit(phone, place[2]) and (wrong := differs(phone, hub))
        ]
        assert faults == []
        assert {hub["certain"] for hub in hubs} == {True, False}
        assert {hub["side"] for hub in hubs} >= {"own", "partner", "other"}


def test_beyond_the_ground_of_its_kit_the_phone_says_nothing(world: World, tmp_path: Path):
    patrol = approved_patrol(world)
    kit = world.as_("wuxing-officer1").get(f"/patrols/{patrol['id']}/field-kit").body
    west, south, _east, _north = kit["ground"]["box"]
    places = [[west + 0.0001, south + 0.05, 5.0], [west - 1, south, 5.0]]
    answers = on_the_phone(tmp_path, kit["ground"], places)
    assert [answer["known"] for answer in answers] == [False, False]
    zone = world.as_("wuxing-officer1").get(f"/zones/{patrol['zone_id']}").body
    middle = middle_of(zone)
    (answer,) = on_the_phone(tmp_path, kit["ground"], [[middle.x, middle.y, 5.0]])
    assert answer["known"]
    assert not answer["certain"]
    assert {one["side"] for one in answer["answers"]} == {"own", "partner"}
