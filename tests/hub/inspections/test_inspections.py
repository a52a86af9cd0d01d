"""A record of an inspection from the patrol's log to its seal, through the API."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from hub.accounts.models import User
from hub.db import utc_now
from hub.inspections.models import InspectionRecord, InspectionSignature
from hub.offline import is_offline, offline_app
from tests.support.cases import last_changes
from tests.support.field import fetch, find, inside, photo, upload, zone_of
from tests.support.inspections import (
    OFFICER,
    PARTNER,
    again,
    complete,
    opened,
    save,
    sealed,
    sign_all,
    signature,
    signed,
)
from tests.support.patrols import started_patrol
from tests.support.world import Answer, World

# A record is a form and a seal; what the database does for it, it does for findings too.
pytestmark = pytest.mark.once

CARD = "居民身份证"
STRANGERS = ("nanxun-officer1", "changxing-official")


def test_a_record_begins_with_what_the_log_knows(world):
    patrol = started_patrol(world)
    finding = find(world, patrol)
    upload(world.as_(OFFICER), finding["id"], photo())
    record = opened(world, patrol, finding)
    content = record["content"]
    assert record["number"].startswith("吴兴环检〔")
    assert patrol["number"] in content["cause"]
    assert content["items"][0]["text"] == finding["text"]
    assert content["items"][0]["photos"] == [file["id"] for file in record["photos"]]
    assert len(record["photos"]) == 1
    assert record["starts_at"] == finding["found_at"]
    assert [one["license_no"] for one in record["officers"]] == ["3305022603", "3305022604"]
    assert {one["unit"] for one in record["guests"]} == {"苏州市吴江生态环境局"}
    assert all(one["license_no"] for one in record["guests"])
    named = {one["field"] for one in record["missing"]}
    assert {"place", "ends_at", "party.name", "identity_shown", "rights_told"} <= named


def test_whose_ground_it_is_leads(world):
    patrol = started_patrol(world)
    here = inside(zone_of(world, patrol), "330502")
    body = {"patrol_id": patrol["id"], "lon": here[0], "lat": here[1]}
    refused = world.as_(PARTNER).post("/inspections", body)
    assert refused.status == 409
    assert refused.body["rule"] == "inspection.host"
    assert refused.body["host_bureau_name"].endswith("吴兴分局")
    assert world.as_(OFFICER).post("/inspections", body).status == 201
    assert world.as_("wuxing-planner").post("/inspections", body).status == 403
    assert world.as_(STRANGERS[0]).post("/inspections", body).status == 404
    assert world.as_(OFFICER).post("/inspections", {"patrol_id": patrol["id"]}).status == 422


LACKING = [
    ({"officers": []}, "officers"),
    ({"recorder": ""}, "recorder"),
    ({"identity_shown": False}, "identity_shown"),
    ({"rights_told": False}, "rights_told"),
    ({"avoidance": ""}, "avoidance"),
    ({"avoidance": "yes", "avoidance_note": ""}, "avoidance_note"),
    ({"items": []}, "items"),
    ({"answers": [{"question": "何时开始排放？", "answer": ""}]}, "answers.0.answer"),
    ({"refusal": {"refused": True}}, "refusal.reason"),
    ({"refusal": {"refused": True, "reason": "拒不配合"}}, "refusal.witness_name"),
    ({"ends_at": "2020-01-01T00:00:00+08:00"}, "ends_at"),
    ({"party": {"person": ""}}, "party.person"),
]


def test_what_the_law_asks_for_is_asked_for_before_anybody_signs(world):
    record = opened(world)
    for change, field in LACKING:
        record = save(world, record, **change)
        assert field in {one["field"] for one in record["missing"]}, change
    answer = signature(world, record, f"officer:{world.as_(OFFICER).user_id}")
    assert answer.status == 422
    assert "party.person" in {one["field"] for one in answer.body["errors"]}
    nobody = save(world, record, party={"kind": "unknown", "person": ""}, avoidance="")
    assert nobody["missing"] == []
    assert {one["role"] for one in nobody["signatures"] if one["required"]} == {"officer"}


def test_what_is_typed_has_to_be_possible(world):
    record = opened(world)
    guest = world.as_("nanxun-officer1").user_id
    for change, field in (
        ({"party": {"uscc": "91330522MA2B3C4D5Y"}}, "party.uscc"),
        ({"party": {"id_kind": CARD, "id_number": "330502199001011234"}}, "party.id_number"),
        ({"officers": [world.as_(PARTNER).user_id]}, "officers"),
        ({"guests": [guest]}, "guests"),
        ({"items": [{"text": "井盖", "photos": ["01900000-0000-7000-8000-000000000000"]}]},
         "items.0.photos"),
        ({"measures": "本件属机密"}, "measures"),
    ):  # fmt: skip
        answer = save(world, record, raw=True, **change)
        assert answer.status == 422, change
        assert [one["field"] for one in answer.body["errors"]] == [field]
    assert save(world, record, raw=True, place="一号井", version=99).status == 409


def test_a_lapsed_certificate_is_none(world):
    record = opened(world)
    with world.unit_of_work() as session:
        officer = session.get_one(User, world.as_("wuxing-officer2").user_id)
        officer.license_until = (utc_now() - timedelta(days=2)).date()
    answer = save(world, record, raw=True)
    assert [one["field"] for one in answer.body["errors"]] == ["officers"]


def test_signed_by_all_then_sealed_and_verified(world):
    record = signed(world)
    unsigned = sign_all(world, record, but=1)
    refused = world.as_(OFFICER).post(f"/inspections/{record['id']}/seal")
    assert refused.status == 409
    assert refused.body["rule"] == "inspection.unsigned"
    record = sign_all(world, unsigned)
    done = world.as_(OFFICER).post(f"/inspections/{record['id']}/seal")
    assert done.status == 200, done.body
    assert done.body["state"] == "sealed"
    assert {one["name"].rsplit(".")[-1] for one in done.body["documents"]} == {"pdf", "docx"}
    found = world.as_("wuxing-planner").get(f"/inspections/{record['id']}/verify").body
    assert found["unbroken"] is True
    again = save(world, done.body, raw=True)
    assert (again.status, again.body["rule"]) == (409, "inspection.sealed")


def test_an_edit_withdraws_the_signatures_first(world):
    record = signed(world)
    refused = save(world, record, raw=True, place="二号井")
    assert (refused.status, refused.body["rule"]) == (409, "inspection.signed")
    back = world.as_(OFFICER).post(f"/inspections/{record['id']}/withdraw-signatures").body
    assert all(one["at"] is None for one in back["signatures"])
    record = save(world, back, place="二号井")
    with world.unit_of_work() as session:
        of_record = InspectionSignature.record_id == record["id"]
        rows = session.scalars(select(InspectionSignature).where(of_record)).all()
        assert rows
        assert all(row.withdrawn_at is not None for row in rows)
    stale = signature(world, back, back["signatures"][0]["signer"])
    assert (stale.status, stale.body["rule"]) == (409, "inspection.text")
    assert stale.body["content_hash"] == record["content_hash"]


def test_who_refuses_does_not_sign_and_a_witness_does(world):
    refusal = {"refused": True, "reason": "称须请示", "witness_name": "郑九",
               "witness_unit": "村委会"}  # fmt: skip
    record = save(world, opened(world), refusal=refusal)
    roles = [one["role"] for one in record["signatures"]]
    assert "party" not in roles
    assert roles[0] == "witness"
    video = save(world, record, refusal={"refused": True, "reason": "拒绝", "on_video": True})
    assert {one["role"] for one in video["signatures"] if one["required"]} == {"officer"}


def test_a_seal_shows_what_was_touched(world):
    record = sealed(world)
    check = f"/inspections/{record['id']}/verify"
    officer = world.as_(OFFICER)

    def broken() -> set[str]:
        found = officer.get(check).body
        return {one["code"] for one in found["checks"] if not one["ok"]}

    assert broken() == set()
    with world.unit_of_work() as session:
        row = session.get_one(InspectionRecord, record["id"])
        before = row.sealed_text
        row.sealed_text = before.replace("一号雨水口", "二号雨水口")
    assert broken() == {"text", "signature", "signers"}
    with world.unit_of_work() as session:
        session.get_one(InspectionRecord, record["id"]).sealed_text = before
    name = record["documents"][0]["sha256"]
    path = Path(world.data_dir) / "files" / name[:2] / name
    path.chmod(0o600)
    path.write_bytes(b"other")
    assert broken() == {"files"}


def test_a_correction_is_a_record_of_its_own(world):
    record = sealed(world)
    first = world.as_(OFFICER).post(f"/inspections/{record['id']}/supplement")
    assert first.status == 201
    assert first.body["supplements_number"] == record["number"]
    assert record["number"] in first.body["content"]["cause"]
    sealed(world, first.body)
    found = world.as_(OFFICER).get(f"/inspections/{record['id']}").body
    assert [one["number"] for one in found["supplemented_by"]] == [first.body["number"]]
    refused = world.as_(OFFICER).post(f"/inspections/{again(world, record)['id']}/supplement")
    assert refused.body["rule"] == "inspection.supplement"


def test_given_up_it_keeps_number_and_reason(world):
    record = opened(world)
    url = f"/inspections/{record['id']}/void"
    assert world.as_(OFFICER).post(url, {"reason": " "}).status == 422
    gone = world.as_(OFFICER).post(url, {"reason": "地点有误"}).body
    assert (gone["state"], gone["void_reason"]) == ("void", "地点有误")
    assert save(world, gone, raw=True).body["rule"] == "inspection.void"


def test_the_partner_reads_a_sealed_one_as_far_as_the_terms_go(world):
    record = complete(world)
    assert world.as_(PARTNER).get(f"/inspections/{record['id']}").status == 404
    assert world.as_(PARTNER).get("/inspections").body["items"] == []
    record = sealed(world, record)
    view = world.as_(PARTNER).get(f"/inspections/{record['id']}").body
    assert view["items"][0]["text"] == "一号雨水口有废水流出"
    assert view["sealed_hash"] == record["sealed_hash"]
    for closed in ("party", "answers", "measures", "signatures", "documents", "content"):
        assert closed not in view
    assert world.as_(PARTNER).get(f"/inspections/{record['id']}/verify").body["unbroken"]
    for file in [*record["documents"], {"url": record["signatures"][0]["picture_url"]}]:
        url = file["url"].removeprefix("/api/v1")
        assert world.as_(PARTNER).get(url).status == 404
        assert fetch(world.as_(OFFICER), file["url"])[0] == 200
    assert [one["verb"] for one in last_changes(world, PARTNER, record["id"])] == ["sealed"]
    for stranger in STRANGERS:
        assert world.as_(stranger).get(f"/inspections/{record['id']}").status == 404
        assert last_changes(world, stranger, record["id"]) == []
    assert world.as_(PARTNER).post(f"/inspections/{record['id']}/supplement").status == 403


def test_sealed_it_is_evidence_of_the_case_in_one_press(world):
    patrol = started_patrol(world)
    finding = find(world, patrol)
    upload(world.as_(OFFICER), finding["id"], photo())
    record = sealed(world, complete(world, opened(world, patrol, finding)))
    officer = world.as_(OFFICER)
    url = f"/inspections/{record['id']}/case"
    assert officer.post(url).body["rule"] == "inspection.no_case"
    case = officer.post(f"/findings/{finding['id']}/case").body["case_id"]
    done = officer.post(url)
    assert done.body == {"case_id": case, "files": 2}
    names = {file["name"] for file in officer.get(f"/cases/{case}").body["files"]}
    assert {f"{record['number']}.pdf", f"{record['number']}.docx"} <= names
    assert officer.post(url).body["rule"] == "inspection.attached"


def test_lists_are_narrowed_and_exported(world):
    record = sealed(world)
    other = again(world, record)
    officer = world.as_(OFFICER)

    def ids(**query: str) -> list[str]:
        return [one["id"] for one in officer.get("/inspections", **query).body["items"]]

    assert ids() == [other["id"], record["id"]]
    assert ids(state="sealed") == [record["id"]]
    assert ids(q="演示印染厂") == [record["id"]]
    latin = save(world, other, cause="印染厂VOCs排口")
    assert ids(q="vocs") == ids(q="VOCS") == [latin["id"]]
    assert ids(q="无此字样") == []
    assert ids(patrol_id=record["patrol_id"], own="true") == [other["id"], record["id"]]
    text = officer.page("/api/v1/inspections.csv?state=sealed").body
    assert record["number"] in text
    assert other["number"] not in text
    assert "演示印染厂" not in world.as_(PARTNER).page("/api/v1/inspections.csv").body


def test_a_page_is_full_whatever_the_words_leave_out(world):
    record = complete(world)
    again(world, record)
    officer = world.as_(OFFICER)
    page = officer.get("/inspections", q="演示印染厂", limit=1).body
    assert ([one["id"] for one in page["items"]], page["next"]) == ([record["id"]], None)
    first = officer.get("/inspections", limit=1).body
    second = officer.get("/inspections", limit=1, cursor=first["next"]).body
    assert ([one["id"] for one in second["items"]], second["next"]) == ([record["id"]], None)


def test_the_search_finds_what_each_reader_may_read(world):
    record = complete(world)

    def found(who: str, q: str) -> list[str]:
        items = world.as_(who).get("/search", q=q, kind="inspection").body["items"]
        return [one["id"] for one in items]

    for words in ("演示印染厂", "地沟来", "停止外排", record["number"], "雨水口"):
        assert found("wuxing-planner", words) == [record["id"]], words
        assert found(PARTNER, words) == []
    record = sealed(world, record)
    (shown,) = world.as_(PARTNER).get("/search", q="一号雨水口", kind="inspection").body["items"]
    assert (shown["url"], shown["stage_name"]) == (f"/inspections/{record['id']}", "已封存")
    # Who was inspected and what he said stays with the bureau that leads, in the search too.
    for words in ("演示印染厂", "地沟来", "停止外排"):
        assert found(PARTNER, words) == [], words
    for stranger in STRANGERS:
        assert found(stranger, "一号雨水口") == []
    assert "现场笔录" in world.as_(OFFICER).page("/search?q=演示印染厂").body


def test_photos_and_drafts(world):
    record = complete(world)
    officer = world.as_(OFFICER)
    url = f"/api/v1/inspections/{record['id']}/photos"
    assert _send(officer, url, photo(), "photo.jpg").status == 201
    assert _send(officer, url, b"%PDF-1.4 x", "a.pdf").status == 422
    assert len(officer.get(f"/inspections/{record['id']}").body["photos"]) == 1
    for form, head in (("pdf", b"%PDF"), ("docx", b"PK")):
        status, data, _headers = fetch(officer, f"/api/v1/inspections/{record['id']}/draft.{form}")
        assert (status, data[: len(head)]) == (200, head)
    assert officer.get(f"/inspections/{record['id']}/draft.txt").status == 422
    assert officer.get(f"/inspections/{record['id']}/seal.json").status == 404


def test_the_sealed_document_is_checked_elsewhere(world, tmp_path):
    """On a machine that has the seal file, the bureau's public keys and the papers, and no hub."""
    record = sealed(world)
    officer = world.as_(OFFICER)
    seal = fetch(officer, f"/api/v1/inspections/{record['id']}/seal.json")[1]
    keys = fetch(officer, f"/api/v1/keys/{world.bureau_id('wuxing')}/file")[1]
    name = record["documents"][0]["sha256"]
    paper = (Path(world.data_dir) / "files" / name[:2] / name).read_bytes()
    for file, data in (("seal.json", seal), ("keys.json", keys), ("paper", paper),
                       ("other", b"another paper"), ("touched.json", _touched(seal))):  # fmt: skip
        (tmp_path / file).write_bytes(data)

    theirs = fetch(officer, f"/api/v1/keys/{world.bureau_id('wujiang')}/file")[1]
    (tmp_path / "theirs.json").write_bytes(theirs)

    def check(file: str, *papers: str, key: str = "keys.json"):
        given = [word for paper in papers for word in ("-w", str(tmp_path / paper))]
        args = ["inspections", "verify", str(tmp_path / file), "-k", str(tmp_path / key)]
        return offline_app().test_cli_runner().invoke(args=[*args, *given])

    whole = check("seal.json", "paper")
    assert whole.exit_code == 0, whole.output
    assert record["number"] in whole.output
    assert record["sealed_hash"] in whole.output
    assert f"file OK:    {name}" in whole.output
    for spoilt in (check("touched.json"), check("seal.json", "other"), check("keys.json")):
        assert spoilt.exit_code == 1
        assert "REFUSED" in spoilt.output
    assert "签名之后被改动" in check("touched.json").output
    assert "other" in check("seal.json", "other").output
    assert is_offline(["flask", "--app", "hub", "inspections", "verify", "seal.json"])
    # By another bureau's key alone nothing is proved: who claims to have sealed it, and what to do.
    unknown = check("seal.json", key="theirs.json")
    assert unknown.exit_code == 1
    assert "REFUSED signer_unknown" in unknown.output
    assert "自称由行政区划代码330502的单位签名，尚未证实" in unknown.output
    assert "key given:  320509" in unknown.output
    assert "OK" not in unknown.output


def _touched(seal: bytes) -> bytes:
    return seal.decode().replace("一号雨水口", "二号雨水口").encode()


def _send(caller, url: str, data: bytes, name: str) -> Answer:
    boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(data), name)})
    with caller.app.test_client() as client:
        response = client.post(
            url, data=body, content_type=f"multipart/form-data; boundary={boundary}",
            headers={"Authorization": f"Bearer {caller.token}",
                     "Idempotency-Key": uuid.uuid4().hex},
        )  # fmt: skip
        return Answer(response.status_code, response.get_json(silent=True), {})


def test_pages(world: World):
    record = sealed(world)
    draft = again(world, record)
    officer = world.as_(OFFICER)
    assert record["number"] in officer.page("/inspections").body
    assert "inspection-form" in officer.page(f"/inspections/{draft['id']}").body
    assert "inspection-text" in officer.page(f"/inspections/{draft['id']}?view=sign").body
    assert "seal-checks" in officer.page(f"/inspections/{record['id']}").body
    assert "内容未共享" in world.as_(PARTNER).page(f"/inspections/{record['id']}").body
    assert record["number"] in officer.page(f"/patrols/{record['patrol_id']}").body
