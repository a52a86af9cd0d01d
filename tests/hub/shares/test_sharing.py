"""What a partner sees of a case: through every door the same, and nothing beyond the terms."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
import shapely
from PIL import Image
from sqlalchemy import select, update

from hub.accounts.models import User
from hub.agreements.models import Agreement, AgreementVersion
from hub.approvals.services import content_hash
from sharing.models import Share
from tests.support.cases import (
    SECRET_WORDS,
    YIXING,
    case_body,
    in_zone,
    last_changes,
    new_case,
    off_zone,
    share_of,
)
from tests.support.story import approve_zone, memorandum, propose_zone, sign

EXISTENCE = {"id", "number", "version", "owner_bureau_id", "owner_name", "contact"}
BASICS = {"title", "category", "stage", "classification", "opened_at", "adcode", "zone", "links"}
PLACE = {"lon", "lat", "place"}
OPEN_IN_ZONE = (
    EXISTENCE
    | BASICS
    | PLACE
    | {
        "party_name",
        "party_uscc",
        "parties",
        "pollutant",
        "waste_code",
        "description",
        "measures",
        "progress",
    }
)
META = {"own", "access"}
NEVER = {
    "handler_notes",
    "bureau_notes",
    "own_number",
    "handlers",
    "finding_id",
    "created_by_name",
    "files",
}


def shown(view: dict) -> set[str]:
    return set(view) - META


def set_agreement(world, **values: object) -> None:
    """Move an agreement's state or dates, as time and signatures do."""
    with world.app.app_context(), world.unit_of_work() as session:
        row = session.scalars(
            select(Agreement).where(Agreement.title_en.startswith("Changxing"))
        ).one()
        row.version += 1
        if "state" in values:
            row.state = str(values.pop("state"))
        if values:
            session.execute(
                update(AgreementVersion)
                .where(AgreementVersion.agreement_id == row.id)
                .values(**values)
            )


def test_a_case_in_the_zone_is_shared_at_once_field_by_field(world):
    case = new_case(world).body
    seen = world.as_("yixing-liaison").get(f"/cases/{case['id']}")
    assert seen.status == 200
    assert shown(seen.body) == OPEN_IN_ZONE
    assert seen.body["access"]["clause"] == "第五条"
    assert seen.body["access"]["agreement_number"].startswith("联防协")


def test_every_door_shows_the_partner_the_same(world):
    officer = world.as_("changxing-officer1")
    case = new_case(world, handlers=[officer.user_id]).body
    officer.post(f"/cases/{case['id']}/notes", {"text": SECRET_WORDS})
    partner = world.as_("yixing-liaison")
    detail = partner.get(f"/cases/{case['id']}").body
    listed = next(c for c in partner.get("/cases").body["items"] if c["id"] == case["id"])
    told = last_changes(world, "yixing-liaison", case["id"])[-1]["view"]
    assert detail == listed == told
    everything = json.dumps([detail, listed, told], ensure_ascii=False)
    everything += partner.get("/cases.csv").body + json.dumps(partner.get("/cases.geojson").body)
    everything += partner.page(f"/cases/{case['id']}").body + partner.page("/cases").body
    assert SECRET_WORDS not in everything
    assert officer.user_id not in everything
    assert not NEVER & set(detail)


def test_the_preview_is_exactly_what_the_partner_gets(world):
    case = new_case(world).body
    yixing = world.bureau_id("yixing")
    preview = world.as_("changxing-official").get(f"/cases/{case['id']}/preview", bureau=yixing)
    assert preview.body["view"] == world.as_("yixing-liaison").get(f"/cases/{case['id']}").body
    levels = {item["field"]: item["level"] for item in preview.body["fields"]}
    assert {name for name, level in levels.items() if level == "white"} == OPEN_IN_ZONE
    assert levels["files"] == "gray"
    assert levels["handler_notes"] == levels["handlers"] == "black"


def test_a_third_bureau_gets_nothing_through_any_door(world):
    case = new_case(world, title="绝无仅有的案由").body
    share = share_of(world, case["id"])
    for name in ("nanxun-liaison", "nanxun-official", "wuxing-official"):
        stranger = world.as_(name)
        absent = stranger.get("/cases/00000000-0000-7000-8000-000000000000")
        hidden = stranger.get(f"/cases/{case['id']}")
        assert hidden.status == 404
        assert {k: v for k, v in hidden.body.items() if k != "request_id"} == {
            k: v for k, v in absent.body.items() if k != "request_id"
        }
        assert stranger.page(f"/cases/{case['id']}").status == 404
        assert stranger.get(f"/shares/{share['id']}").status == 404
        assert stranger.get("/cases", q="绝无仅有").body == {"items": [], "next": None}
        assert "绝无仅有" not in stranger.get("/cases.csv").body
        assert case["id"] not in json.dumps(stranger.get("/cases.geojson").body)
        assert "绝无仅有" not in stranger.page("/cases").body
        assert last_changes(world, name, case["id"]) == []
        assert last_changes(world, name, share["id"]) == []
    stranger = world.as_("nanxun-official")
    reason = {"reason": "x"}
    assert stranger.post(f"/shares/{share['id']}/recall", reason).status == 404
    assert stranger.post(f"/shares/{share['id']}/accept").status == 404
    assert stranger.get(f"/cases/{case['id']}/preview", bureau=stranger.bureau_id).status == 404


def test_outside_the_zone_nothing_is_shared_by_itself(world):
    case = new_case(world, off_zone(world)).body
    assert world.as_("yixing-liaison").get(f"/cases/{case['id']}").status == 404
    assert last_changes(world, "yixing-liaison", case["id"]) == []


def test_an_official_shares_outside_the_zone_what_the_clause_allows(world):
    case = new_case(world, off_zone(world)).body
    yixing = {"bureau_id": world.bureau_id("yixing")}
    path = f"/cases/{case['id']}/shares"
    assert world.as_("changxing-officer1").post(path, yixing).status == 403
    made = world.as_("changxing-official").post(path, yixing)
    assert (made.status, made.body["clause"], made.body["purpose"]) == (
        201,
        "第六条",
        "information",
    )
    seen = world.as_("yixing-liaison").get(f"/cases/{case['id']}").body
    assert shown(seen) == EXISTENCE | BASICS


def test_hidden_fields_match_no_filter_and_no_search(world):
    case = new_case(world, off_zone(world), description="独此一词", category="air").body
    yixing = {"bureau_id": world.bureau_id("yixing")}
    world.as_("changxing-official").post(f"/cases/{case['id']}/shares", yixing)
    partner = world.as_("yixing-liaison")
    assert partner.get("/cases", q="独此一词").body["items"] == []
    assert case["id"] in {c["id"] for c in partner.get("/cases", category="air").body["items"]}
    shown_places = partner.get("/cases.geojson", category="air").body["features"]
    assert case["id"] not in {feature["id"] for feature in shown_places}


@pytest.mark.parametrize("code", ["nanxun", "wuxing"])
def test_sharing_without_an_agreement_is_refused_in_words(world, code):
    case = new_case(world).body
    body = {"bureau_id": world.bureau_id(code)}
    answer = world.as_("changxing-official").post(f"/cases/{case['id']}/shares", body)
    assert (answer.status, answer.body["reason"]) == (409, "no_agreement")
    assert "没有协作备忘录" in answer.body["detail"]


def test_a_classification_above_the_terms_ends_the_share(world):
    case = new_case(world).body
    officer = world.as_("changxing-officer1")
    with world.app.app_context(), world.unit_of_work() as session:
        row = session.scalars(
            select(Agreement).where(Agreement.title_en.startswith("Changxing"))
        ).one()
        terms = dict(row.current.terms) | {"max_classification": 2}
        row.current.terms = terms
        row.current.content_hash = content_hash(terms)
    assert officer.patch(f"/cases/{case['id']}", {"classification": 3}, version=1).status == 200
    assert world.as_("yixing-liaison").get(f"/cases/{case['id']}").status == 404
    assert share_of(world, case["id"])["state"] == "expired"
    assert last_changes(world, "yixing-liaison", case["id"])[-1]["verb"] == "tombstone"


@pytest.mark.parametrize(
    "values",
    [
        {"state": "suspended"},
        {"state": "terminated"},
        {"valid_to": datetime.now(UTC) - timedelta(seconds=1)},
        {"valid_from": datetime.now(UTC) + timedelta(days=1)},
    ],
)
def test_when_the_agreement_ends_everything_is_hidden_at_once(world, values):
    case = new_case(world).body
    partner = world.as_("yixing-liaison")
    assert partner.get(f"/cases/{case['id']}").status == 200
    set_agreement(world, **values)
    assert partner.get(f"/cases/{case['id']}").status == 404
    assert case["id"] not in [c["id"] for c in partner.get("/cases").body["items"]]
    assert case["number"] not in partner.get("/cases.csv").body
    assert all(c["view"] is None for c in last_changes(world, "yixing-liaison", case["id"]))


def test_a_resumed_agreement_opens_again(world):
    case = new_case(world).body
    set_agreement(world, state="suspended")
    set_agreement(world, state="signed")
    assert world.as_("yixing-liaison").get(f"/cases/{case['id']}").status == 200


def test_gray_tells_that_there_is_something_and_whom_to_ask(world):
    with world.app.app_context(), world.unit_of_work() as session:
        row = session.scalars(
            select(Agreement).where(Agreement.title_en.startswith("Changxing"))
        ).one()
        terms = json.loads(json.dumps(row.current.terms))
        for rule in terms["rules"]:
            if rule["kind"] == "case":
                rule["levels"] = dict.fromkeys(rule["levels"], "gray")
        row.current.terms = terms
    case = new_case(world).body
    partner = world.as_("yixing-liaison")
    seen = partner.get(f"/cases/{case['id']}").body
    assert shown(seen) == EXISTENCE
    assert seen["access"]["level"] == "gray"
    leads = partner.get("/cases", stage="lead").body["items"]
    assert case["id"] not in {lead["id"] for lead in leads}
    assert case["title"] not in partner.page(f"/cases/{case['id']}").body


def test_a_change_reaches_the_partner_and_a_move_out_of_the_zone_ends_the_share(world):
    case = new_case(world).body
    officer, partner = world.as_("changxing-officer1"), world.as_("yixing-liaison")
    officer.patch(f"/cases/{case['id']}", {"title": "改了案由"}, version=1)
    assert last_changes(world, "yixing-liaison", case["id"])[-1]["view"]["title"] == "改了案由"
    lon, lat = off_zone(world)
    officer.patch(f"/cases/{case['id']}", {"lon": lon, "lat": lat}, version=2)
    assert partner.get(f"/cases/{case['id']}").status == 404


def test_a_share_ends_by_itself_at_its_time(world):
    case = new_case(world, off_zone(world)).body
    soon = datetime.now(UTC) + timedelta(hours=1)
    body = {"bureau_id": world.bureau_id("yixing"), "until": soon.isoformat()}
    share = world.as_("changxing-official").post(f"/cases/{case['id']}/shares", body).body
    partner = world.as_("yixing-liaison")
    assert partner.get(f"/cases/{case['id']}").status == 200
    with world.app.app_context(), world.unit_of_work() as session:
        row = session.get(Share, share["id"])
        row.until = datetime.now(UTC) - timedelta(seconds=1)
    assert partner.get(f"/cases/{case['id']}").status == 404
    late = body | {"until": (datetime.now(UTC) - timedelta(hours=1)).isoformat()}
    path = f"/cases/{case['id']}/shares"
    assert world.as_("changxing-official").post(path, late).status == 422


def test_a_zone_that_becomes_binding_opens_the_cases_in_it(world):
    """The story's memorandum: sign, draw, approve; open cases inside arrive at the neighbour."""
    official = world.as_("wuxing-official")
    agreement = official.get("/agreements").body["items"][0]
    for name in ("wuxing-official", "wujiang-official"):
        body = {"content_hash": agreement["content_hash"]}
        assert world.as_(name).post(f"/agreements/{agreement['id']}/sign", body).status == 200
    planner = world.as_("wuxing-planner")
    marked = {"adcode_a": "330502", "adcode_b": "320509", "from_m": 1000, "to_m": 3000}
    preview = planner.post("/zones/preview", marked | {"width_m": 1000})
    assert preview.status == 200, preview.body
    strip = next(s for s in preview.body["strips"] if s["adcode"] == "330502")
    point = shapely.from_geojson(json.dumps(strip["geometry"])).representative_point()
    made = world.as_("wuxing-officer1").post("/cases", case_body((point.x, point.y)))
    assert made.status == 201, made.body
    path = f"/cases/{made.body['id']}"
    partner = world.as_("wujiang-liaison")
    assert partner.get(path).status == 404
    zone = planner.post(
        "/zones", marked | {"width_m": 1000, "name": "测试区域", "agreement_id": agreement["id"]}
    )
    assert zone.status == 201, zone.body
    for name in ("wuxing-planner", "wujiang-planner"):
        body = {
            "content_hash": zone.body["current"]["content_hash"],
            "version": zone.body["current_version"],
        }
        answer = world.as_(name).post(f"/zones/{zone.body['id']}/approve", body)
        assert answer.status == 200, answer.body
    assert partner.get(path).body["title"] == made.body["title"]
    verbs = [c["verb"] for c in last_changes(world, "wujiang-liaison", made.body["id"])]
    assert verbs == ["shared"]


def test_a_partner_opens_cases_on_its_own_side_only(world):
    body = case_body(in_zone(world, YIXING))
    assert world.as_("yixing-officer1").post("/cases", body).status == 201


def photo() -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG")
    out.seek(0)
    return out, "现场.jpg"


def attach(world, case_id: str) -> dict:
    officer = world.as_("changxing-officer1")
    with world.app.test_client() as client:
        answer = client.post(
            f"/api/v1/cases/{case_id}/files",
            data={"file": photo()},
            headers={"Authorization": f"Bearer {officer.token}"},
        )
    assert answer.status_code == 201, answer.json
    return answer.json


def file_status(world, username: str, file_id: str) -> int:
    headers = {"Authorization": f"Bearer {world.as_(username).token}"}
    with world.app.test_client() as client:
        answer = client.get(f"/api/v1/files/{file_id}", headers=headers)
        answer.close()
    return answer.status_code


def test_files_the_terms_do_not_open_exist_for_the_owner_alone(world):
    case = new_case(world).body
    row = attach(world, case["id"])
    owner, partner = world.as_("changxing-official"), world.as_("yixing-liaison")
    assert [f["id"] for f in owner.get(f"/cases/{case['id']}").body["files"]] == [row["id"]]
    assert file_status(world, "changxing-official", row["id"]) == 200
    assert "files" not in partner.get(f"/cases/{case['id']}").body
    assert file_status(world, "yixing-liaison", row["id"]) == 404
    assert file_status(world, "nanxun-official", row["id"]) == 404


def test_a_recalled_case_takes_its_files_along(world):
    with world.app.app_context(), world.unit_of_work() as session:
        row = session.scalars(
            select(Agreement).where(Agreement.title_en.startswith("Changxing"))
        ).one()
        terms = json.loads(json.dumps(row.current.terms))
        terms["rules"][0]["levels"]["files"] = "white"
        row.current.terms = terms
    case = new_case(world).body
    file = attach(world, case["id"])
    partner = world.as_("yixing-liaison")
    assert [f["id"] for f in partner.get(f"/cases/{case['id']}").body["files"]] == [file["id"]]
    assert file_status(world, "yixing-liaison", file["id"]) == 200
    recall = f"/shares/{share_of(world, case['id'])['id']}/recall"
    world.as_("changxing-official").post(recall, {"reason": "误共享"})
    assert file_status(world, "yixing-liaison", file["id"]) == 404


def test_a_grant_opens_files_and_its_end_closes_them(world):
    case = new_case(world).body
    file = attach(world, case["id"])
    owner, partner = world.as_("changxing-official"), world.as_("yixing-liaison")
    path = f"/shares/{share_of(world, case['id'])['id']}/access-request"
    partner.post(path, {"purpose": "information", "reason": "需核对"})
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    owner.post(f"{path}/grant", {"field_groups": ["files"], "until": until})
    assert file_status(world, "yixing-liaison", file["id"]) == 200
    passport = owner.get(f"/files/{file['id']}/passport").body
    assert [copy["who"] for copy in passport["copies"]] == [partner.get("/me").body["name"]]
    owner.post(f"{path}/withdraw", {"reason": "核对已毕"})
    assert file_status(world, "yixing-liaison", file["id"]) == 404


def test_cases_are_shared_when_the_memorandum_comes_after_the_zone(world):
    agreement = memorandum(world)
    zone = approve_zone(world, propose_zone(world, agreement["id"]))
    strip = next(s for s in zone["binding"]["strips"] if s["adcode"] == "330502")
    point = shapely.from_geojson(json.dumps(strip["geometry"])).representative_point()
    made = world.as_("wuxing-officer1").post("/cases", case_body((point.x, point.y)))
    path = f"/cases/{made.body['id']}"
    assert world.as_("wujiang-liaison").get(path).status == 404
    sign(world)
    assert world.as_("wujiang-liaison").get(path).status == 200


def test_a_terminated_memorandum_leaves_a_tombstone_and_ended_shares(world):
    case = new_case(world).body
    official = world.as_("changxing-official")
    found = official.get("/agreements").body["items"][0]
    reason = {"reason": "期满前终止"}
    ended = official.post(f"/agreements/{found['id']}/terminate", reason)
    assert ended.status == 200, ended.body
    assert share_of(world, case["id"])["state"] == "expired"
    assert world.as_("yixing-liaison").get(f"/cases/{case['id']}").status == 404
    assert last_changes(world, "yixing-liaison", case["id"])[-1]["verb"] == "tombstone"


@pytest.mark.parametrize("classification", [1, 2, 3, 4])
@pytest.mark.parametrize("place", [in_zone, off_zone])
def test_what_is_previewed_before_sharing_is_what_the_partner_then_gets(
    world, place, classification
):
    owner, partner = world.as_("changxing-official"), world.as_("yixing-official")
    with world.app.app_context(), world.unit_of_work() as session:
        for person in session.scalars(select(User)):
            person.clearance = 4
    case = new_case(world, place(world), classification=classification).body
    yixing = world.bureau_id("yixing")
    running = [s for s in owner.get("/shares").body["items"] if s["record_id"] == case["id"]]
    for share in running:
        owner.post(f"/shares/{share['id']}/recall", {"reason": "先看后给"})
    preview = owner.get(f"/cases/{case['id']}/preview", bureau=yixing).body
    assert preview["shared"] is False
    answer = owner.post(f"/cases/{case['id']}/shares", {"bureau_id": yixing})
    seen = partner.get(f"/cases/{case['id']}")
    if preview["view"] is None:
        assert (answer.status, seen.status, preview["people"]) == (409, 404, [])
        return
    expected = preview["view"]
    # The share alone did not exist before.
    expected["access"] |= {"share_id": answer.body["id"], "purpose": answer.body["purpose"]}
    assert json.dumps(expected) == json.dumps(seen.body)


def test_the_preview_names_who_will_be_able_to_read(world):
    case = new_case(world, classification=2).body
    owner, yixing = world.as_("changxing-official"), world.bureau_id("yixing")
    path = f"/cases/{case['id']}/preview"

    def named() -> set[str]:
        return {person["name"] for person in owner.get(path, bureau=yixing).body["people"]}

    with world.app.app_context(), world.unit_of_work() as session:
        staff = session.scalars(select(User).where(User.bureau_id == yixing)).all()
        liaison = next(user for user in staff if user.username == "yixing-liaison")
        name, others = liaison.name, {user.name for user in staff if "auditor" in user.roles}
    assert name in named()
    assert not others & named()
    with world.app.app_context(), world.unit_of_work() as session:
        session.get(User, liaison.id).clearance = 1
    assert name not in named()
    assert world.as_("yixing-liaison").get(f"/cases/{case['id']}").status == 404


def test_the_owner_opens_the_page_that_a_partner_gets(world):
    """The same page, short of what can be done on it; for whoever gets nothing it says so."""
    case = new_case(world).body
    owner, path = world.as_("changxing-official"), f"/cases/{case['id']}"
    owner.post(f"/api/v1{path}/notes", {"kind": "memo", "text": "只给本单位"})
    page = owner.page(f"{path}/as/{world.bureau_id('yixing')}")
    theirs = world.as_("yixing-officer1").page(path).body
    assert page.status == 200
    for text in (case["title"], "某企业", "已共享，对方现在看到的就是此页"):
        assert text in page.body
    assert "某企业" in theirs
    for text in ("演示印染厂", "只给本单位", "谁能看到什么", "data-recall", "evidence.zip"):
        assert text not in page.body
    closed = owner.page(f"{path}/as/{world.bureau_id('nanxun')}")
    assert closed.status == 200
    assert "对方看不到此案件" in closed.body
    assert case["title"] not in closed.body
    for who in ("yixing-official", "nanxun-official"):
        assert world.as_(who).page(f"{path}/as/{world.bureau_id('yixing')}").status == 404


def test_a_list_of_shares_takes_as_many_queries_as_one_of_them(world):
    for _ in range(3):
        new_case(world)
    liaison = world.as_("yixing-liaison")
    liaison.get("/shares", limit=1)
    with world.hearing("before_cursor_execute") as for_one:
        assert len(liaison.get("/shares", limit=1).body["items"]) == 1
    with world.hearing("before_cursor_execute") as for_all:
        assert len(liaison.get("/shares").body["items"]) > 3
    assert len(for_all) == len(for_one)
