"""Shapes, places and track files that no bureau means, at every door that takes one.

The doors are found in the hub's own description of itself, so that a new one is tried too.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest

from tests.hostile.shapes import PLACES, SHAPES, TRACKS, wrapped
from tests.oracle.calling import Route, a_record_of_each_kind, body_of, query_of, routes
from tests.support.exchange import send_file
from tests.support.meetings import in_days
from tests.support.patrols import plan_of, soon
from tests.support.world import Answer, Caller, World

pytestmark = [pytest.mark.once, pytest.mark.timeout(600)]

WRITERS = ("planner", "officer1", "mediator", "official", "liaison", "sysadmin")
# Seconds of this process: what has no bound takes minutes, what has one some seconds where others
# work beside it. The figures are in docs/security.md.
MOST_S = 30.0
LARGE = 500_000
# Each door gets a third of what there is, another one at each; all of it with LIANFANG_WHOLE=1.
THIRD = 1 if os.environ.get("LIANFANG_WHOLE") == "1" else 3
# A refusal of what was sent, before one of the state, of an absent record, of the role.
FURTHEST = {200: 0, 201: 0, 422: 1, 400: 2, 409: 3, 404: 4, 403: 5, 428: 6, 413: 7}
HERE, SPLIT = "the value stands here", "\x00"


@dataclass(frozen=True)
class Door:
    """An operation, and where in its body a shape or a place stands."""

    route: Route
    at: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.route.method} {self.route.rule} {'.'.join(self.at)}"

    def body(self, plainest: Any, text: str) -> str:
        """The plainest body with this JSON at that place; of a pair its two texts."""
        whole = json.loads(json.dumps(plainest or {}))
        inner = whole
        for name, following in pairwise(self.at):
            if name != "[]":
                if following == "[]":
                    inner[name] = [{}] if self.at[-1] != "[]" else []
                    inner = inner[name] if self.at[-1] == "[]" else inner[name][0]
                else:
                    inner = inner.setdefault(name, {})
        if self.at[-1] == "lon":
            inner["lon"], inner["lat"] = HERE, HERE + "2"
        elif isinstance(inner, list):
            inner.append(HERE)
        else:
            inner[self.at[-1]] = HERE
        first, _, second = text.partition(SPLIT)
        return json.dumps(whole).replace(f'"{HERE}"', first).replace(f'"{HERE}2"', second)


def forms(spec: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The forms that a schema allows, without references."""
    while "$ref" in schema:
        schema = spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    chosen = schema.get("anyOf") or schema.get("oneOf")
    for one in chosen or ():
        yield from forms(spec, one)
    if not chosen:
        yield schema


def carriers(
    spec: Mapping[str, Any], schema: Mapping[str, Any], at: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """Where in a body a place (lon, lat) or any object, so a geometry too, may stand."""
    if len(at) > 6:
        return
    for form in forms(spec, schema):
        fields = form.get("properties", {})
        if {"lon", "lat"} <= fields.keys():
            yield (*at, "lon")
        for name, sub in fields.items():
            yield from carriers(spec, sub, (*at, name))
        if isinstance(form.get("items"), dict):
            yield from carriers(spec, form["items"], (*at, "[]"))
        if form.get("type") == "object" and not fields and at:
            yield at


def doors(world: World) -> list[Door]:
    """Every operation of the API that takes a place or a shape in its body."""
    spec = world.app.spec
    found = []
    for route in routes(world):
        path = route.rule.replace("<int:", "<").replace("<", "{").replace(">", "}")
        operation = spec["paths"].get(path, {}).get(route.method.lower(), {})
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content:
            found += [Door(route, at) for at in dict.fromkeys(carriers(spec, content["schema"]))]
    return found


def test_the_doors_that_are_known_to_take_places_and_shapes_are_found(world):
    with world.app.app_context():
        found = {(door.route.endpoint, door.at[-1]) for door in doors(world)}
    assert found >= {
        ("patrols_api.propose", "route"), ("snap_api.add", "collection"),
        ("locate_api.locate_points", "[]"), ("cases_api.create_case", "lon"),
        ("petitions_api.register", "lon"), ("field_api.record", "lon"),
    }  # fmt: skip


def records(world: World) -> tuple[dict[str, str], dict[str, str]]:
    """For each argument of an address a record; the same with a patrol that is still planned."""
    ids = a_record_of_each_kind(world)
    planner, liaison = world.as_("wuxing-planner"), world.as_("wuxing-liaison")
    station = liaison.post("/stations", {"name": "新站", "lon": 120.25, "lat": 30.87})
    rule = {"title": "季度例会", "rule": "FREQ=MONTHLY", "agreement_id": ids["agreement_id"],
            "starts_at": in_days(60).isoformat(),
            "rotation": [planner.bureau_id, world.bureau_id("wujiang")]}  # fmt: skip
    series = planner.post("/meeting-series", rule)
    zone = planner.get(f"/zones/{ids['zone_id']}").body
    times = {"starts_at": soon(days=9).isoformat(), "ends_at": soon(days=9, hours=4).isoformat()}
    planned = planner.post("/patrols", plan_of(world, zone, **times))
    assert {answer.status for answer in (station, series, planned)} == {201}
    ids |= {"station_id": station.body["id"], "series_id": series.body["id"]}
    return ids, ids | {"patrol_id": planned.body["id"]}


def test_no_door_takes_a_hostile_shape_or_place(world):
    both = records(world)
    with world.app.app_context():
        spec, found = world.app.spec, doors(world)
    places = [(n, json.dumps(x) + SPLIT + json.dumps(y)) for n, (x, y) in PLACES.items()]
    shapes = [
        (f"{name} as {value.get('type')}", text)
        for name, shape in SHAPES.items()
        for value in wrapped(shape)
        # The largest once: in a collection it is too much for every door, whatever it takes.
        if len(text := json.dumps(value)) < LARGE or "features" in value
    ]
    wrong: dict[str, Any] = {}
    for number, door in enumerate(found):
        plainest = body_of(spec, door.route)
        who, ids = let_in(world, door.route, both, json.dumps(plainest))
        for name, text in (places if door.at[-1] == "lon" else shapes)[number % THIRD :: THIRD]:
            begin = time.process_time()
            status = answered(world, door.route, ids, door.body(plainest, text), who)
            spent = time.process_time() - begin
            if not 400 <= status < 500 or spent > MOST_S:
                wrong[f"{door}: {name}"] = status, round(spent, 2)
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


def let_in(
    world: World, route: Route, both: Sequence[Mapping[str, str]], text: str
) -> tuple[str, Mapping[str, str]]:
    """Who of the bureau, with which records, comes furthest: past role and state if possible."""
    # What is added belongs to a patrol under way, what is changed to a plan.
    kinds = both if route.method == "POST" else both[::-1]
    tries = [(role, ids) for ids in kinds for role in WRITERS]
    best, rank = tries[0], 9
    for role, ids in tries:
        found = FURTHEST.get(answered(world, route, ids, text, role), 9)
        if found < rank:
            best, rank = (role, ids), found
        if rank <= 2:  # what was sent is looked at
            break
    return best


def answered(world: World, route: Route, ids: Mapping[str, str], text: str, role: str) -> int:
    """The status of a call that is based on the version of now."""
    headers = {"Authorization": f"Bearer {world.as_(f'wuxing-{role}').token}", "If-Match": '"1"'}
    for _try in range(2):
        with world.app.test_client() as client:
            answer = client.open(route.path(ids), method=route.method, headers=headers,
                                 data=text, content_type="application/json")  # fmt: skip
            told = answer.get_json(silent=True) or {}
            answer.close()
        if "current_version" not in told:
            break
        headers["If-Match"] = f'"{told["current_version"]}"'
    return answer.status_code


def test_no_query_for_a_place_or_a_frame_breaks_a_door(world):
    ids = a_record_of_each_kind(world)
    with world.app.app_context():
        spec = world.app.spec
    # fmt: off
    bad = ("nan", "inf", "1e308", "-1e308", "9" * 400, "NaN,NaN,NaN,NaN", "1,2,3", "", "a,b,c,d",
           "120,30,119,29", "1e308,1e308,-1e308,-1e308", "inf,inf,inf,inf", "," * 5_000)
    # fmt: on
    wrong = {}
    count = 0
    for route in routes(world):
        path = route.rule.replace("<int:", "<").replace("<", "{").replace(">", "}")
        operation = spec["paths"].get(path, {}).get(route.method.lower(), {})
        names = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "query"}
        for name in names & {"bbox", "lon", "lat", "accuracy_m", "from_m", "to_m", "width_m"}:
            count += 1
            for text in bad:
                query = query_of(spec, route, ids) | {name: text}
                answer = world.as_("wuxing-official").call(
                    route.method, route.path(ids), headers={"Accept": "application/json"}, **query
                )
                if answer.status >= 500:
                    wrong[route.rule, name, text[:20]] = answer.status
    assert count > 3
    assert not wrong


def file_doors(world: World, ids: Mapping[str, str]) -> list[tuple[str, str]]:
    """Addresses that ask for a file, and who may send one there."""
    found = []
    spec = world.app.spec
    for route in routes(world):
        if route.method != "POST" or not route.rule.startswith("/api/") or body_of(spec, route):
            continue
        path = route.path(ids).removeprefix("/api/v1")
        for role in WRITERS:
            answer = send_empty(world.as_(f"wuxing-{role}"), path)
            if "file" in [error["field"] for error in (answer.body or {}).get("errors", [])]:
                found.append((path, f"wuxing-{role}"))
                break
    return found


def send_empty(caller: Caller, path: str) -> Answer:
    """A form without a file."""
    with caller.app.test_client() as client:
        answer = client.post(
            f"/api/v1{path}", data={"none": "1"}, content_type="multipart/form-data",
            headers={"Authorization": f"Bearer {caller.token}"},
        )  # fmt: skip
        body = answer.get_json(silent=True)
        answer.close()
    return Answer(answer.status_code, body, dict(answer.headers))


def test_no_file_door_takes_a_hostile_track(world):
    ids = a_record_of_each_kind(world)
    with world.app.app_context():
        found = file_doors(world, ids)
    tracks = f"/patrols/{ids['patrol_id']}/tracks"
    assert {tracks, f"{tracks}/preview"} <= {path for path, _who in found}
    assert len(found) > 6
    wrong = {}
    for number, (path, who) in enumerate(found):
        # All of it where tracks are looked at, which is what they are taken by as well.
        step = 1 if path.endswith("/tracks/preview") else THIRD
        for name, data in list(TRACKS.items())[number % step :: step]:
            begin = time.process_time()
            answer = send_file(world.as_(who), path, data, "track.gpx")
            spent = time.process_time() - begin
            if not 400 <= answer.status < 500 or spent > MOST_S:
                wrong[f"{path}: {name}"] = answer.status, round(spent, 2)
    assert not wrong
