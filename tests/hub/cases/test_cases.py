"""Opening and changing a case: place, text, stages, handlers, clearance."""

from __future__ import annotations

import pytest

from tests.support.cases import YIXING, case_body, in_zone, new_case, off_zone

OFFICER = "changxing-officer1"


def test_a_case_gets_a_number_and_belongs_to_the_officers_bureau(world):
    made = new_case(world)
    assert made.body["number"].startswith("联防〔")
    assert made.body["owner_bureau_id"] == world.bureau_id("changxing")
    assert (made.body["stage"], made.version) == ("lead", 1)


def test_only_officers_open_cases(world):
    body = case_body(in_zone(world))
    assert world.as_("changxing-liaison").post("/cases", body).status == 403
    assert world.as_("changxing-sysadmin").post("/cases", body).status == 403


def test_a_place_on_the_other_side_names_whose_it_is(world):
    answer = world.as_(OFFICER).post("/cases", case_body(in_zone(world, YIXING)))
    assert answer.status == 409
    assert answer.body["host_bureau_name"] == "无锡市宜兴生态环境局"


def test_a_place_in_nobodys_jurisdiction_is_refused(world):
    assert world.as_(OFFICER).post("/cases", case_body((116.4, 39.9))).status == 422


@pytest.mark.parametrize("field", ["owner_bureau_id", "number", "version", "created_by", "id"])
def test_fields_that_are_not_the_callers_to_set_are_refused(world, field):
    body = case_body(in_zone(world)) | {field: "x"}
    assert world.as_(OFFICER).post("/cases", body).status == 422


@pytest.mark.parametrize("mark", ["机密★5年", "绝 密", "本件属秘密级", "機密".replace("機", "机")])
@pytest.mark.parametrize("field", ["title", "description"])
def test_state_secrets_are_refused_at_the_door(world, field, mark):
    answer = world.as_(OFFICER).post("/cases", case_body(in_zone(world), **{field: mark}))
    assert answer.status == 422
    assert answer.body["errors"][0]["field"] == field


def test_trade_secrets_are_no_state_secrets(world):
    assert new_case(world, description="当事人称涉及商业秘密").status == 201


def test_a_wrong_credit_code_is_refused_and_a_right_one_kept(world):
    wrong = case_body(in_zone(world), party_uscc="91110000600037341A")
    assert world.as_(OFFICER).post("/cases", wrong).status == 422
    right = new_case(world, party_uscc="91110000600037341L".lower())
    assert right.body["party_uscc"] == "91110000600037341L"


def test_text_is_kept_as_people_read_it(world):
    made = new_case(world, title="e\u0301vil\u202e\u0000 排污\u200b ")
    assert made.body["title"] == "évil 排污"


def test_a_stale_change_gets_both_versions(world):
    made = new_case(world)
    officer = world.as_(OFFICER)
    path = f"/cases/{made.body['id']}"
    assert officer.patch(path, {"place": "西岸"}, version=1).version == 2
    stale = officer.patch(path, {"place": "东岸"}, version=1)
    assert stale.status == 409
    assert (stale.body["your_version"], stale.body["current_version"]) == (1, 2)
    assert officer.patch(path, {"place": "东岸"}).status == 428


def test_another_bureaus_officer_changes_nothing_even_of_a_shared_case(world):
    made = new_case(world)
    answer = world.as_("yixing-officer1").patch(
        f"/cases/{made.body['id']}", {"title": "x"}, version=1
    )
    assert answer.status == 404


def test_stages_follow_each_other_and_a_leap_names_its_rule(world):
    officer, second = world.as_(OFFICER), world.as_("changxing-officer2")
    path = f"/cases/{new_case(world).body['id']}"
    leap = officer.patch(path, {"stage": "decided"}, version=1)
    assert (leap.status, leap.body["rule"]) == (409, "xcf.44")
    officer.patch(path, {"stage": "filed"}, version=1)
    alone = officer.patch(path, {"stage": "investigating"}, version=2)
    assert (alone.status, alone.body["rule"]) == (409, "xcf.42")
    team = {"handlers": [officer.user_id, second.user_id], "stage": "investigating"}
    assert officer.patch(path, team, version=2).body["stage"] == "investigating"
    for version, stage in enumerate(("investigated", "review"), 3):
        assert officer.patch(path, {"stage": stage}, version=version).status == 200
    assert officer.patch(path, {"stage": "lead"}, version=5).status == 409


def test_handlers_are_officers_of_the_own_bureau(world):
    stranger = world.as_("yixing-officer1").user_id
    path = f"/cases/{new_case(world).body['id']}"
    answer = world.as_(OFFICER).patch(path, {"handlers": [stranger]}, version=1)
    assert answer.status == 422


def test_opinions_are_for_handlers_only(world):
    officer, other = world.as_(OFFICER), world.as_("changxing-officer3")
    made = new_case(world, handlers=[officer.user_id])
    path = f"/cases/{made.body['id']}"
    noted = officer.post(f"{path}/notes", {"text": "线人在门卫室"})
    assert [note["text"] for note in noted.body["handler_notes"]] == ["线人在门卫室"]
    assert other.post(f"{path}/notes", {"text": "x"}).status == 409
    seen = other.get(path).body
    assert "handler_notes" not in seen
    assert seen["title"]
    listed = world.as_("changxing-official").get("/cases").body
    assert "线人在门卫室" not in str(listed)


def test_a_case_above_the_persons_clearance_does_not_exist_for_him(world):
    assert (
        world.as_(OFFICER).post("/cases", case_body(in_zone(world), classification=4)).status == 422
    ), "nobody classifies above his own clearance"
    made = new_case(world, classification=3)
    low = world.as_("changxing-officer2")
    rights = {"roles": ["officer"], "clearance": 2}
    world.as_("changxing-secadmin").put(f"/people/{low.user_id}/rights", rights)
    assert low.get(f"/cases/{made.body['id']}").status == 404
    assert made.body["id"] not in [c["id"] for c in low.get("/cases").body["items"]]


def test_administrators_see_no_case(world):
    made = new_case(world)
    for role in ("sysadmin", "secadmin", "auditor"):
        admin = world.as_(f"changxing-{role}")
        assert admin.get("/cases").status == 403
        assert admin.get(f"/cases/{made.body['id']}").status == 403


def test_the_list_filters_and_pages(world):
    for number in range(3):
        new_case(world, off_zone(world), title=f"分页案件{number}", category="noise")
    officer = world.as_(OFFICER)
    first = officer.get("/cases", category="noise", limit=2).body
    assert [c["title"] for c in first["items"]] == ["分页案件2", "分页案件1"]
    second = officer.get("/cases", category="noise", limit=2, cursor=first["next"]).body
    assert [c["title"] for c in second["items"]] == ["分页案件0"]
    assert second["next"] is None
    assert officer.get("/cases", q="分页案件1").body["items"][0]["title"] == "分页案件1"
    assert officer.get("/cases", q="%").body["items"] == []
    assert officer.get("/cases", stage="nonsense").status == 422


def test_an_export_holds_no_formula(world):
    new_case(world, off_zone(world), title="=1+1", party_name="＝HYPERLINK")
    text = world.as_(OFFICER).get("/cases.csv").body
    assert ",'=1+1" in text
    assert ",'＝HYPERLINK" in text
