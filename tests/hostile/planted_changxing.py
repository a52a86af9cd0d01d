"""What Changxing and Yixing write: cases, shares, letters, meetings, petitions, packages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hub.accounts.models import User
from hub.db import utc_now
from tests.hostile.planting import HostileWorld
from tests.hostile.sending import picture, put, send
from tests.support import meetings, petitions, requests
from tests.support.cases import in_zone, new_case, off_zone, share_of
from tests.support.exchange import approved, bring, built, carried

Ids = dict[str, str]
OFFICER, OFFICIAL, LIAISON = "changxing-officer1", "changxing-official", "changxing-liaison"
THEIRS, THEIR_LIAISON = "yixing-officer1", "yixing-liaison"


def plant_changxing(world: HostileWorld) -> Ids:
    """Write all this; the ids by the names that addresses give them."""
    ids = _case(world)
    ids |= _shares(world, ids["case_id"])
    ids |= _requests(world)
    ids |= _meeting(world)
    ids |= _petition(world)
    ids |= _agreement(world)
    ids |= _emergency(world)
    ids |= packed(world)
    return ids


def _handled(world: HostileWorld, **changes: Any) -> tuple[str, Any]:
    handlers = [world.as_(f"changxing-officer{n}").user_id for n in (1, 2)]
    made = new_case(world, handlers=handlers, **changes)
    return made.body["id"], made


def _case(world: HostileWorld) -> Ids:
    """A case on its way, with everything that stands beside one."""
    officer, text = world.as_(OFFICER), world.planter.text
    case_id, _made = _handled(world, own_number="长环2026-1")
    url = f"/cases/{case_id}"

    def version() -> int:
        return officer.get(url).version

    ids = {"case_id": case_id}
    for kind in ("opinion", "memo", "progress"):
        put(officer.post(f"{url}/notes", {"text": "现场已取样", "kind": kind}))
    notes = officer.get(f"{url}/notes").body.get("items", [])
    for note, verb, field in zip(notes, ("correct", "withdraw"), ("text", "reason"), strict=False):
        put(officer.post(f"{url}/notes/{note['id']}/{verb}", {field: "更正"}))
    for form, role in (("firm", "respondent"), ("person", "site_manager")):
        party = {"form": form, "role": role, "name": "周某", "phone": "0572-000", "address": "河东"}
        row = put(officer.post(f"{url}/parties", party))
        ids["party_id"] = row["id"]
    put(send(officer, f"{url}/files", picture(), text(150) + ".jpg"))
    put(send(officer, f"{url}/files", requests.pdf(), text(150) + ".pdf"))
    _walked(world, url, version)
    other, _ = _handled(world, own_number="长环2026-2")
    link = {"case_id": other, "kind": "related", "note": "同一暗管"}
    put(officer.post(f"{url}/links", link))
    raised = {"classification": 3, "reason": "涉及商业秘密"}
    put(officer.post(f"/cases/{other}/classification", raised, version=1), refused=True)
    step = {"to": "not_filed", "reason": "情节轻微"}
    put(officer.post(f"/cases/{other}/steps", step, version=officer.get(f"/cases/{other}").version))
    put(officer.post(f"/cases/{other}/reopen", {"reason": "有新线索"}))
    return ids


def _walked(world: HostileWorld, url: str, version: Any) -> None:
    officer, official = world.as_(OFFICER), world.as_(OFFICIAL)
    for stage in ("filed", "investigating"):
        step = {"to": stage, "reason": "理由", "document_number": "长环立1号"}
        put(officer.post(f"{url}/steps", step, version=version()))
    measure = {
        "kind": "order_correct", "days": 10, "document_number": "长环责改1号",
        "legal_ref": "水污染防治法", "description": "立即停止外排",
    }  # fmt: skip
    case = put(officer.post(f"{url}/measures", measure))
    one = case["measures"][-1]
    end = {"outcome": "fulfilled", "text": "已改正"}
    put(officer.post(f"{url}/measures/{one['id']}/end", end, version=version()), refused=True)
    put(officer.post(f"{url}/measures", measure | {"kind": "seizure"}))
    clocks = officer.get(f"{url}/steps").body["clocks"]
    clock = next(c for c in clocks if c["rule_code"] == "D2.decision")
    asked = put(
        officer.post(f"{url}/clocks/{clock['id']}/extension", {"amount": 30, "ground": "案情复杂"})
    )
    answer = f"{url}/approvals/{asked['items'][0]['id']}/refuse"
    put(official.post(answer, {"answer": "不予延长"}))


def _shares(world: HostileWorld, case_id: str) -> Ids:
    """The share asked about and answered; another recalled."""
    official, liaison = world.as_(OFFICIAL), world.as_(THEIR_LIAISON)
    share = share_of(world, case_id)["id"]
    url = f"/shares/{share}"
    put(liaison.post(f"{url}/acknowledge"), refused=True)
    put(liaison.post(f"{url}/accept"), refused=True)
    put(liaison.post(f"{url}/act", {"reason": "已派员"}), refused=True)
    wish = {"purpose": "joint_enforcement", "reason": "核对照片"}
    put(liaison.post(f"{url}/access-request", wish))
    until = (utc_now() + timedelta(days=3)).isoformat()
    given = {"field_groups": ["files"], "until": until}
    put(official.post(f"{url}/access-request/grant", given))
    body = {"bureau_id": world.bureau_id("nanxun"), "reason": "下游也受影响"}
    put(world.as_("yixing-official").post(f"{url}/onward", body), refused=True)
    gone = new_case(world, place=in_zone(world), title="收回的案件").body["id"]
    put(official.post(f"/shares/{share_of(world, gone)['id']}/recall", {"reason": "误发"}))
    return {"share_id": share}


def _requests(world: HostileWorld) -> Ids:
    """A letter that was answered, a lead, and a joint handling with its workspace."""
    text = world.planter.text
    row = requests.draft(world, requests.assistance(world, addressee="宜兴局"))
    put(requests.upload(world, OFFICER, row["id"], text(150) + ".pdf"))
    sent = [(OFFICIAL, "approve", {}), (LIAISON, "send", {})]
    requests.done(world, row["id"], *sent, (THEIR_LIAISON, "accept", {"text": "同意"}))
    answers = {"answers": ["未排水", "有"], "text": "见附件"}
    put(requests.act(world.as_(THEIR_LIAISON), row["id"], "reply", **answers))
    lon, lat = off_zone(world, "320282")
    facts = {"category": "air", "description": "夜间焚烧", "place": "村口", "party_name": "某厂",
             "pollutant": "烟尘", "lon": lon, "lat": lat}  # fmt: skip
    lead = requests.assistance(world, kind="referral", lead=facts)
    for name in ("questions", "wanted", "due_at"):
        lead.pop(name)
    requests.done(world, requests.draft(world, lead)["id"], *sent)
    _workspace(world, sent)
    _police(world)
    return {"request_id": row["id"]}


def _police(world: HostileWorld) -> None:
    """A case that the police body which had it sent on to another."""
    case_id = new_case(world, place=in_zone(world), title="移送的案件").body["id"]
    row = requests.handed_over(world, case_id=case_id)
    signed = requests.document(world, row, "回执.pdf")
    forward = {"addressee": "湖州市公安局", "text": "重大案件"}
    requests.done(world, row, (OFFICER, "receipt", signed), (OFFICER, "forward", forward))


def _workspace(world: HostileWorld, sent: list[Any]) -> None:
    case_id, _made = _handled(world, own_number="长环2026-3")
    body = {
        "kind": "joint_handling", "receiver_bureau_id": world.bureau_id("yixing"),
        "title": "联合办理", "case_id": case_id, "team": [world.as_(OFFICER).user_id],
    }  # fmt: skip
    answer = world.as_(OFFICER).post("/requests", body)
    row = put(answer)
    them = {"handlers": [world.as_(THEIRS).user_id]}
    requests.done(world, row["id"], *sent, (THEIR_LIAISON, "accept", them))
    url = f"/requests/{row['id']}/workspace/items"
    put(world.as_(OFFICER).post(url, {"sort": "note", "text": "我方已取样"}))
    task = {"sort": "task", "text": "采样", "assignee_id": world.as_(THEIRS).user_id}
    item = put(world.as_(OFFICER).post(url, task))["items"][-1]
    put(world.as_(THEIRS).post(f"{url}/{item['id']}/done", {"text": "已采"}))


def _meeting(world: HostileWorld) -> Ids:
    """A meeting that was held, its minutes, a decision, action items; a series."""
    row = meetings.called(world, note="会后现场查看", bring="巡查台账")
    url, host = f"/meetings/{row['id']}", world.as_(meetings.HOST)
    guest, text = world.as_(meetings.GUEST), world.planter.text
    point = put(host.post(f"{url}/agenda", {"title": "界河共管", "note": "通报"}))
    item = point["agenda"][-1]["id"]
    put(meetings.upload(host, f"{url}/agenda/{item}/files", text(150) + ".pdf"))
    put(guest.post(f"{url}/people", {"name": "王工", "organisation": "监测中心"}))
    mine = next(p for p in host.get(url).body["people"] if p["bureau_id"] == guest.bureau_id)
    said = {"answer": "accepted", "note": "准时"}
    put(world.as_("yixing-official").patch(f"{url}/people/{mine['id']}", said), refused=True)
    put(meetings.act(host, row["id"], "fix_agenda"))
    meetings.all_present(world, host.get(url).body)
    put(meetings.act(world.as_(OFFICIAL), row["id"], "convene"))
    put(host.post(f"{url}/sections", {"heading": "其他事项"}), refused=True)
    held = host.get(url).body
    put(meetings.write(host, held, "会议通报了界河水质情况。"))
    put(host.post(f"{url}/decisions", {"text": "每月三次联合巡查。"}))
    task = meetings.lay(world, row["id"], detail="南岸三处")
    put(meetings.act(world.as_(OFFICIAL), row["id"], "end"))
    put(meetings.countersign(world, row["id"]), refused=True)
    for name in ("note", "report"):
        put(meetings.do(guest, task["id"], name, text="已封堵"), refused=True)
    series = {
        "agreement_id": row["agreement_id"], "title": "季度例会", "rule": "FREQ=MONTHLY",
        "starts_at": meetings.in_days(60).isoformat(),
        "rotation": [world.bureau_id("changxing"), world.bureau_id("yixing")],
        "places": {world.bureau_id("yixing"): text(150)},
    }  # fmt: skip
    put(host.post("/meeting-series", series))
    return {"meeting_id": row["id"], "item_id": task["id"]}


def _petition(world: HostileWorld) -> Ids:
    """A petition settled together, and one that lies on the map of both."""
    row = petitions.mediated(world)
    mediator = world.as_(petitions.MEDIATOR)
    url = f"/petitions/{row['id']}/reporter"
    put(mediator.put(url, petitions.REPORTER, version=mediator.get(url[:-9]).version), refused=True)
    taken = petitions.taken(world, title="河面油污")
    petitions.acts(world, taken["id"], (petitions.MEDIATOR, "screen", {}))
    return {"petition_id": row["id"]}


def _emergency(world: HostileWorld) -> Ids:
    """A case that is above an officer's clearance, read by him all the same, and reviewed."""
    officer = world.as_("changxing-officer2")
    number = world.as_(OFFICER).get("/cases").body["items"][0]["number"]
    with world.unit_of_work() as session:
        session.get_one(User, officer.user_id).clearance = 1
    use = put(officer.post("/emergencies", {"case": number, "reason": "界河死鱼，承办人失联"}))
    remark = {"verdict": "justified", "remark": "情况属实"}
    put(officer.post(f"/emergencies/{use['id']}/end"))
    url = f"/emergencies/{use['id']}/review"
    put(world.as_(OFFICIAL).post(url, remark, version=2), refused=True)
    return {"use_id": use["id"]}


def _agreement(world: HostileWorld) -> Ids:
    """A text that waits for signatures, and one that was withdrawn; all its words typed."""
    official = world.as_(OFFICIAL)
    old = meetings.agreement_of(world, OFFICIAL)
    parties = [world.bureau_id("changxing"), world.bureau_id("nanxun")]
    text = world.planter.text
    words = {k: text() if isinstance(value, str) else value for k, value in old["text"].items()}
    body = {
        "title": "新协议", "title_en": "New", "party_ids": parties, "note": "先看看", "draft": True,
        "terms": old["terms"], "text": words, "valid_from": old["valid_from"],
        "valid_to": old["valid_to"],
    }  # fmt: skip
    row = put(official.post("/agreements", body))
    put(official.post(f"/agreements/{row['id']}/propose", version=row["version"]))
    wuxing = world.as_("wuxing-official")
    table = next(i for i in wuxing.get("/agreements").body["items"] if i["state"] == "in_force")
    amended = {name: table[name] for name in ("valid_from", "valid_to", "terms", "text")}
    url, version = f"/agreements/{table['id']}", table["version"]
    now = put(wuxing.put(url, amended | {"note": "收紧"}, version=version))
    put(wuxing.post(f"{url}/withdraw", {"reason": "另议"}, version=now["version"]))
    put(wuxing.post(f"{url}/suspend", {"reason": "暂停"}, version=now["version"] + 1), refused=True)
    put(wuxing.post(f"{url}/resume", version=now["version"] + 2), refused=True)
    return {"agreement_id": old["id"]}


def packed(world: HostileWorld) -> Ids:
    """All of it in a signed package, and brought in by the other side."""
    row = approved(world, built(world))
    got = bring(world, carried(world, row))
    assert got.status < 300, got.body
    received = world.as_("yixing-liaison").get("/received-records").body["items"]
    return {"package_id": row["id"]} | ({"received_id": received[0]["id"]} if received else {})
