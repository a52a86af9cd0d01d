"""What Wuxing and Wujiang write: agreement, zone, patrol, findings, records, reviews, roster."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hub.db import utc_now
from tests.hostile.planting import HostileWorld
from tests.hostile.sending import picture, put, send
from tests.support.cases import case_body, off_zone
from tests.support.field import find, inside
from tests.support.inspections import complete, opened, sealed
from tests.support.patrols import (
    approve,
    guide_body,
    join,
    people,
    plan_of,
    propose_patrol,
    soon,
)
from tests.support.story import STRETCH, WUXING, binding_zone
from tests.support.world import Caller

Ids = dict[str, str]
DAY = timedelta(days=1)


def plant_wuxing(world: HostileWorld) -> Ids:
    """Write all this; the ids by the names that addresses give them."""
    zone = binding_zone(world)
    ids = {"zone_id": zone["id"], "agreement_id": zone["agreement_id"]}
    planner, officer = world.as_("wuxing-planner"), world.as_("wuxing-officer1")
    text = world.planter.text
    guide = guide_body(zone)
    guide["collection"]["features"][0]["properties"] = {text(): text(), "name": text()}
    ids["layer_id"] = put(planner.post("/guide-lines", guide))["id"]
    patrol = _patrol(world, zone)
    ids["patrol_id"] = patrol["id"]
    _series(world, patrol)
    _findings(world, patrol, ids)
    ids["inspection_id"] = _inspections(world, patrol)["id"]
    case = case_body(inside(zone, WUXING), party_name="演示印染厂")
    ids["case_id"] = put(officer.post("/cases", case))["id"]
    put(officer.post(f"/patrols/{patrol['id']}/end"))
    for who in ("wuxing-officer1", "wujiang-officer1"):
        words = {"went_well": "集合准时", "to_improve": "通信", "next_step": "统一频道"}
        marks = dict.fromkeys(
            ("preparation", "cooperation", "communications", "results", "safety"), 4
        )
        url = f"/patrols/{patrol['id']}/review"
        put(world.as_(who).put(url, {"ratings": marks, **words}, version=0))
    put(planner.post("/tokens", {"name": "台账", "scopes": ["read"]}))
    stretch = STRETCH | {"width_m": 800.0, "note": "收窄"}
    put(planner.post(f"/zones/{zone['id']}/versions", stretch, version=_version(planner, zone)))
    ids |= _around(world)
    return ids


def _version(caller: Caller, zone: dict[str, Any]) -> int:
    return caller.get(f"/zones/{zone['id']}").version


def _waypoint(place: tuple[float, float], key: str, **changes: Any) -> dict[str, Any]:
    return {
        "key": key, "name": "东桥排口", "lon": place[0], "lat": place[1], "task": "sample",
        "task_text": "上下游各一个样",
        "target": {"kind": "outfall", "name": "雨水口", "code": "WX-017"},
    } | changes  # fmt: skip


def _patrol(world: HostileWorld, zone: dict[str, Any]) -> dict[str, Any]:
    """A patrol under way, planned together, and another that was put off and called off."""
    place = inside(zone, WUXING)
    off = propose_patrol(world, zone, title="改期巡查")
    ours, theirs = world.as_("wuxing-planner"), world.as_("wujiang-planner")
    times = {"starts_at": soon(days=3).isoformat(), "ends_at": soon(days=3, hours=1).isoformat()}
    put(theirs.post(f"/patrols/{off['id']}/propose-time", times | {"message": "当天有会"}))
    version = ours.get(f"/patrols/{off['id']}").version
    put(ours.post(f"/patrols/{off['id']}/cancel", {"reason": "台风"}, version=version))
    plan = plan_of(
        world,
        zone,
        starts_at=soon(minutes=1).isoformat(),
        ends_at=soon(hours=2).isoformat(),
        officers=people(world, "wuxing", "officer1", "officer3"),
        waypoints=[_waypoint(place, "w1"), _waypoint((place[0] + 1e-4, place[1]), "w2")],
    )
    patrol = join(world, put(ours.post("/patrols", plan)), "officer1", "officer2")
    for who in ("wuxing-planner", "wujiang-planner"):
        put(approve(world, who, patrol))
    swap = {
        "out_id": world.as_("wuxing-officer3").user_id,
        "in_id": world.as_("wuxing-officer2").user_id,
        "reason": "发热",
    }
    version = ours.get(f"/patrols/{patrol['id']}").version
    put(ours.post(f"/patrols/{patrol['id']}/substitute", swap, version=version))
    officer = world.as_("wuxing-officer1")
    put(officer.post(f"/patrols/{patrol['id']}/start"))
    noted = {"kind": "check_in", "waypoint": "w1", "at": utc_now().isoformat(), "note": "有油膜"}
    put(officer.post(f"/patrols/{patrol['id']}/log", noted | {"lon": place[0], "lat": place[1]}))
    return dict(officer.get(f"/patrols/{patrol['id']}").body)


def _series(world: HostileWorld, patrol: dict[str, Any]) -> None:
    ours = world.as_("wuxing-planner")
    body = {
        "patrol_id": patrol["id"], "title": "每周巡查", "rule": "FREQ=WEEKLY", "lead_days": 14,
        "starts_at": soon(days=10).isoformat(), "checklist": ["排口"], "note": "沿河",
    }  # fmt: skip
    row = put(ours.post("/patrol-series", body))
    when = {"original": row["next"][0]["starts_at"], "title": "加查", "reason": "避开汛期"}
    put(ours.post(f"/patrol-series/{row['id']}/exceptions", when))


def _findings(world: HostileWorld, patrol: dict[str, Any], ids: Ids) -> None:
    officer, text = world.as_("wuxing-officer1"), world.planter.text
    lon, lat = off_zone(world, WUXING)
    facts = {"colour": "black", "firm_name": text(100)}
    row = find(world, patrol, category="water", lon=lon, lat=lat, details=facts)
    url = f"/findings/{row['id']}"
    ids["finding_id"] = row["id"]
    ids["file_id"] = put(send(officer, f"{url}/files", picture(), text(150) + ".jpg"))["id"]
    due = (utc_now() + 9 * DAY).date().isoformat()
    body = {"firm": "演示纺织厂", "task": "封堵暗管", "due_on": due}
    version = officer.get(url).version
    put(officer.patch(url, {"text": "暗管旁有废桶", "reason": "复核"}, version=version))
    put(officer.post(f"{url}/task", body))
    put(officer.post(f"{url}/close", {"note": "已封堵", "no_photo_reason": "夜间"}))
    put(officer.post(f"{url}/reopen", {"reason": "又在排水"}))
    find(world, patrol, who="wujiang-officer1")
    second = find(world, patrol)
    put(officer.post(f"/findings/{second['id']}/refer", {"note": "请对岸看"}), refused=True)


def _inspections(world: HostileWorld, patrol: dict[str, Any]) -> dict[str, Any]:
    """A sealed record and a voided one; the sealed one with all that can be typed."""
    first = opened(world, patrol)
    ready = complete(world, first)
    inspected = {"legal_representative": "周某", "address": "河东", "id_kind": "身份证"}
    content = ready["content"] | {
        "party": ready["content"]["party"] | inspected,
        "samples": [{"what": "废水", "place": "雨水口", "amount": "两瓶"}],
        "statement": "无异议",
        "cause": "涉嫌偷排",
        "weather": "多云",
    }
    officer = world.as_("wuxing-officer1")
    url = f"/inspections/{ready['id']}"
    done = put(officer.put(url, content, version=ready["version"]))
    row = sealed(world, done)
    other = opened(world, patrol)
    void = f"/inspections/{other['id']}/void"
    put(officer.post(void, {"reason": "填错"}, version=other["version"]))
    return row


def _around(world: HostileWorld) -> Ids:
    """Station, roster, absences, people, keys, calendar, deadlines."""
    liaison, planner = world.as_("wuxing-liaison"), world.as_("wuxing-planner")
    place = {"lon": 120.25, "lat": 30.87}
    station = {"name": "新站", "name_en": "New", "duty": "白天", "phone": "0572-1"} | place
    row = put(liaison.post("/stations", station))
    craft = {"name": "巡查艇", "kind": "boat", "plate": "浙湖1"}
    put(liaison.post(f"/stations/{row['id']}/craft", craft))
    begin = utc_now() + 30 * DAY
    times = {"starts_at": begin.isoformat(), "ends_at": (begin + DAY / 3).isoformat()}
    turn = times | {"note": "夜班"}
    person = {"user_id": world.as_("wuxing-officer1").user_id}
    put(liaison.post(f"/stations/{row['id']}/duties", turn | person))
    away = {"subject": "officer", "subject_id": person["user_id"], "reason": "sick", "note": "发热"}
    put(planner.post("/absences", away | times), refused=True)
    _administered(world.as_("wuxing-sysadmin"), world.as_("wuxing-secadmin"))
    _revised(world.as_("wuxing-official"))
    return {"station_id": row["id"]}


def _administered(system: Caller, security: Caller) -> None:
    new = put(system.post("/people", {"username": "wuxing-boo", "name": "沈某"}))
    rights = {"roles": ["officer"], "clearance": 2, "reason": "新到岗"}
    put(security.put(f"/people/{new['id']}/rights", rights))
    free = {"day": "2026-12-07", "workday": False, "name": "校庆", "source": "通知"}
    put(system.post("/calendar/days", free))


def _revised(official: Caller) -> None:
    current = official.get("/deadline-rules/H1.share_answer").body["items"][0]
    left_out = {"code", "version", "unit_name", "mark_name", "entered_by_name", "entered_at"}
    facts = {key: value for key, value in current.items() if key not in left_out}
    facts |= {"amount": 48, "mark": "model", "note": "说明", "source": "来源"}
    put(official.post("/deadline-rules/H1.share_answer", facts, version=current["version"]))
