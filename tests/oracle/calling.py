"""Calling every route of the hub: addresses with the ids of real records, bodies that validate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hub.accounts.models import User
from tests.support.cases import case_body
from tests.support.field import find, inside, photo, upload
from tests.support.patrols import guide_body, started_patrol
from tests.support.petitions import petition_body
from tests.support.requests import assistance
from tests.support.world import World

ABSENT = "01900000-0000-7000-8000-000000000000"
# What a pattern of the description means in practice.
PATTERNS = {"^[0-9a-f]{64}$": "0" * 64, "^[0-9]{6}$": "330502"}
PARAMETERS = {
    "from": "2026-11-01", "to": "2026-11-30", "start": "2026-11-01", "end": "2026-11-30",
    "lon": 120.0, "lat": 30.9, "year": 2026, "against": 1, "with": 1, "a": "330502", "b": "320509",
}  # fmt: skip
FORMATS = {
    "date-time": "2026-11-26T00:00:00+08:00", "date": "2026-11-26", "uuid": ABSENT,
    "time": "22:00:00",
}  # fmt: skip


@dataclass(frozen=True)
class Route:
    """One method of one address."""

    endpoint: str
    method: str
    rule: str
    arguments: frozenset[str]

    def path(self, ids: Mapping[str, str]) -> str:
        """The address with these ids in the place of its arguments."""
        path = self.rule
        for name in self.arguments:
            for form in (f"<{name}>", f"<int:{name}>", f"<path:{name}>"):
                path = path.replace(form, ids.get(name, ABSENT))
        return path


def routes(world: World) -> Iterator[Route]:
    """Every route of the hub."""
    for rule in world.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Route(rule.endpoint, method, rule.rule, frozenset(rule.arguments))


def body_of(spec: Mapping[str, Any], route: Route) -> Any:
    """The plainest body that the hub's own description of a route accepts; None: it takes none."""
    path = route.rule.replace("<int:", "<").replace("<", "{").replace(">", "}")
    operation = spec["paths"].get(path, {}).get(route.method.lower(), {})
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return _plainest(spec, content["schema"]) if content else None


def query_of(spec: Mapping[str, Any], route: Route, ids: Mapping[str, str]) -> dict[str, Any]:
    """The parameters that a route's description asks for."""
    path = route.rule.replace("<int:", "<").replace("<", "{").replace(">", "}")
    operation = spec["paths"].get(path, {}).get(route.method.lower(), {})
    asked = [p for p in operation.get("parameters", ()) if p["in"] == "query" and p.get("required")]
    return {p["name"]: PARAMETERS.get(p["name"], _plainest(spec, p["schema"])) for p in asked}


def _plainest(spec: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _plainest(spec, spec["components"]["schemas"][name])
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return _plainest(spec, schema[choice][0])
    kind = schema.get("type")
    if kind == "object":
        wanted = schema.get("required", [])
        return {name: _plainest(spec, schema["properties"][name]) for name in wanted}
    if kind == "array":
        return [_plainest(spec, schema["items"])] * schema.get("minItems", 0)
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    if kind == "boolean":
        return False
    if "pattern" in schema:
        return PATTERNS.get(schema["pattern"], "a" * 12)
    return FORMATS.get(schema.get("format", ""), "a" * max(1, schema.get("minLength", 1)))


def a_record_of_each_kind(world: World) -> dict[str, str]:
    """Wuxing's records, and for each argument of an address the value that leads to one."""
    patrol = started_patrol(world)
    zone = world.as_("wuxing-official").get(f"/zones/{patrol['zone_id']}").body
    finding = find(world, patrol)
    officer, official = world.as_("wuxing-officer1"), world.as_("wuxing-official")
    file = upload(officer, finding["id"], photo()).body
    body = case_body(inside(zone, "330502"), party_name="演示印染厂")
    case = officer.post("/cases", body).body
    share = official.get("/shares", direction="given").body["items"][0]
    wish = assistance(world, receiver_bureau_id=world.bureau_id("wujiang"), title="协助核实")
    request = officer.post("/requests", wish)
    inspection = officer.post(
        "/inspections", {"patrol_id": patrol["id"], "finding_id": finding["id"]}
    )
    station = world.as_("wuxing-planner").get("/stations").body["items"]
    token = officer.get("/tokens").body["items"][0]
    guide = world.as_("wuxing-planner").post("/guide-lines", guide_body(zone)).body
    complaint = petition_body(inside(zone, "330502"))
    petition = world.as_("wuxing-mediator").post("/petitions", complaint).body
    use = _in_an_emergency(world, case["number"])
    bell = world.as_("wujiang-liaison").get("/notifications").body["items"]
    return {
        "patrol_id": patrol["id"], "zone_id": zone["id"], "finding_id": finding["id"],
        "file_id": file["id"], "case_id": case["id"], "party_id": case["parties"][0]["id"],
        "share_id": share["id"], "request_id": request.body.get("id", ABSENT),
        "agreement_id": zone["agreement_id"], "number": "1", "user_id": officer.user_id,
        "bureau_id": officer.bureau_id, "token_id": token["id"],
        "layer_id": guide["id"], "station_id": station[0]["id"] if station else ABSENT,
        "notification_id": bell[0]["id"] if bell else ABSENT,
        "inspection_id": inspection.body["id"], "form": "docx",
        "petition_id": petition["id"], "which": "reply",
        "use_id": use["id"], "craft_id": ABSENT, "duty_id": ABSENT, "scope": "person",
        "code": "H1.share_answer", "day": "2026-11-26",
        "name": "cases", "key": case["id"], "locale": "en", "filename": "css/base.css",
    }  # fmt: skip


def _in_an_emergency(world: World, number: str) -> dict[str, Any]:
    """The use by which an officer reads a case above his clearance."""
    caller = world.as_("wuxing-officer2")
    with world.unit_of_work() as session:
        session.get_one(User, caller.user_id).clearance = 1
    answer = caller.post(
        "/emergencies", {"case": number, "reason": "界河死鱼，承办人失联，须立即查明"}
    )
    assert answer.status == 201, answer.body
    return dict(answer.body)
