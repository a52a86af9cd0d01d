"""Parties of a case: several, checked codes, masked persons, revealed to handlers and entered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from sharing.masking import masked_code, masked_name
from tests.support.cases import new_case

OFFICER, OTHER, PARTNER = "changxing-officer1", "changxing-officer3", "yixing-liaison"
NAME, PHONE, HOME = "张建国", "13800001234", "雉城街道一号"
FIRM = {"form": "firm", "name": "长兴演示化工厂", "code": "91110000600037341L"}


def identity(head: str = "33052219800101123") -> str:
    """An identity number with a right check digit."""
    return head + ric.calc_check_digit(head + "0")


PERSON = {
    "form": "person",
    "role": "legal_rep",
    "name": NAME,
    "code": identity(),
    "phone": PHONE,
    "address": HOME,
}


def filed_case(world, **changes):
    """A filed case with one handler, in the zone."""
    handlers = [world.as_(OFFICER).user_id]
    return new_case(world, handlers=handlers, **({"stage": "filed"} | changes)).body


def add(world, case, party, who=OFFICER):
    """Enter a party."""
    return world.as_(who).post(f"/cases/{case['id']}/parties", party)


def test_a_case_has_several_parties_and_the_first_firm_is_its_party_name(world):
    case = filed_case(world)
    assert add(world, case, FIRM).status == 201
    answer = add(world, case, PERSON)
    roles = [(p["name"], p["role"]) for p in answer.body["parties"]]
    assert roles == [
        ("演示印染厂", "respondent"),
        ("长兴演示化工厂", "respondent"),
        (NAME, "legal_rep"),
    ]
    assert answer.body["party_name"] == "演示印染厂"


@pytest.mark.parametrize(
    ("party", "field"),
    [
        (FIRM | {"code": "91110000600037341A"}, "code"),
        (FIRM | {"code": identity()}, "code"),
        (PERSON | {"code": identity()[:-1] + "Z"}, "code"),
        (PERSON | {"code": "330522198013011230"}, "code"),
        (FIRM | {"name": "\u200b "}, "name"),
        (FIRM | {"name": "绝密工厂"}, "name"),
        (FIRM | {"role": "judge"}, "role"),
        (FIRM | {"case_id": "x"}, "case_id"),
    ],
)
def test_what_cannot_be_is_refused_with_the_name_of_the_field(world, party, field):
    case = filed_case(world)
    answer = add(world, case, party)
    assert answer.status == 422
    assert field in answer.body["errors"][0]["field"]


def test_the_same_code_stands_once_in_a_case(world):
    case = filed_case(world)
    add(world, case, FIRM)
    again = add(world, case, FIRM | {"name": "同一家", "code": " 91110000600037341l "})
    assert (again.status, again.body["errors"][0]["field"]) == (422, "code")


def test_a_person_is_masked_for_those_who_do_not_handle_the_case(world):
    case = filed_case(world)
    add(world, case, PERSON)
    other = world.as_(OTHER)
    path = f"/cases/{case['id']}"
    outputs = [
        other.get(path).body,
        other.get("/cases").body,
        other.get("/cases.csv").body,
        other.get("/cases.geojson").body,
        other.get("/changes", after=0, limit=500).body,
        other.page(path).body,
        world.as_(PARTNER).get(path).body,
        world.as_(PARTNER).get("/cases.csv").body,
        world.as_(PARTNER).page(path).body,
        world.as_(OFFICER).get(f"{path}/preview", bureau=world.bureau_id("yixing")).body,
    ]
    for output in outputs:
        for secret in (NAME, PERSON["code"], PHONE, HOME):
            assert secret not in str(output)
    person = outputs[0]["parties"][-1]
    assert (person["name"], person["code"]) == ("张*", masked_code(PERSON["code"]))
    assert outputs[6]["parties"][-1]["name"] == "张*"


def test_even_a_handlers_view_keeps_number_phone_and_home_back_until_he_asks(world):
    case = filed_case(world)
    seen = add(world, case, PERSON).body
    person = seen["parties"][-1]
    assert person["name"] == NAME
    assert not {PERSON["code"], PHONE, HOME} & set(map(str, person.values()))
    path = f"/cases/{case['id']}/parties/{person['id']}/reveal"
    full = world.as_(OFFICER).post(path).body
    assert (full["code"], full["phone"], full["address"]) == (PERSON["code"], PHONE, HOME)
    assert world.as_(OTHER).post(path).status == 403
    assert world.as_(PARTNER).post(path).status == 404
    assert world.as_("nanxun-officer1").post(path).status == 404
    entries = world.as_("changxing-auditor").get("/audit", record=case["id"]).body["items"]
    reveals = [e for e in entries if e["action"] == "case.party_revealed"]
    assert len(reveals) == 1
    assert NAME not in str(entries)
    assert PERSON["code"] not in str(entries)


def test_a_partner_learns_the_firm_when_the_case_is_filed_and_no_witness_ever(world):
    case = filed_case(world, stage="lead", party_uscc=FIRM["code"])
    add(world, case, PERSON | {"role": "witness"})
    path = f"/cases/{case['id']}"
    partner = world.as_(PARTNER)
    lead = partner.get(path).body
    assert (lead["party_name"], lead["party_uscc"]) == ("某企业", None)
    assert [p["name"] for p in lead["parties"]] == ["某企业"]
    assert partner.get("/cases", q="演示印染厂").body["items"] == []
    version = world.as_(OFFICER).get(path).body["version"]
    filing = {"to": "filed", "document_number": "长环立〔2026〕1号"}
    answer = world.as_(OFFICER).post(f"{path}/steps", filing, version=version)
    assert answer.status == 200, answer.body
    filed = partner.get(path).body
    assert (filed["party_name"], filed["party_uscc"]) == ("演示印染厂", FIRM["code"])
    assert len(filed["parties"]) == 1


def test_searching_finds_firms_and_persons_only_for_their_handlers(world):
    case = filed_case(world)
    add(world, case, FIRM)
    add(world, case, PERSON)

    def found(who, text):
        return [c["id"] for c in world.as_(who).get("/cases", q=text).body["items"]]

    assert found(OTHER, "演示化工") == [case["id"]]
    assert found(OTHER, FIRM["code"][:10]) == [case["id"]]
    assert found(OFFICER, NAME) == [case["id"]]
    assert found(OTHER, NAME) == []
    everywhere = world.as_(OTHER).get("/search", q=NAME).body
    assert everywhere["items"] == []
    assert world.as_(OTHER).get("/search", q="演示化工").body["total"] == 1
    assert found(OFFICER, PERSON["code"]) == []


def test_a_party_is_changed_by_its_own_id_and_the_cases_version(world):
    case, foreign = filed_case(world), filed_case(world)
    seen = add(world, case, PERSON).body
    party = seen["parties"][-1]["id"]
    officer, path = world.as_(OFFICER), f"/cases/{case['id']}/parties/{party}"
    assert officer.patch(path, {"phone": "1"}, version=1).status == 409
    assert officer.patch(path, {"phone": "1"}).status == 428
    crossed = f"/cases/{foreign['id']}/parties/{party}"
    assert officer.patch(crossed, {"phone": "1"}, version=1).status == 404
    refused = world.as_(OTHER).patch(path, {"name": "王五"}, version=seen["version"])
    assert (refused.status, refused.body["rule"]) == (409, "case.handlers_only")
    changed = officer.patch(path, {"name": "王五"}, version=seen["version"]).body
    assert changed["parties"][-1]["name"] == "王五"
    assert changed["parties"][-1]["code"] == masked_code(PERSON["code"]), "not given: stays"
    assert officer.delete(path, version=changed["version"]).status == 200
    assert len(officer.get(f"/cases/{case['id']}").body["parties"]) == 1


def test_the_cases_own_party_fields_write_the_first_firm(world):
    case = filed_case(world, party_name="", party_uscc=None)
    officer, path = world.as_(OFFICER), f"/cases/{case['id']}"
    assert case["parties"] == []
    alone = officer.patch(path, {"party_uscc": FIRM["code"]}, version=1)
    assert (alone.status, alone.body["errors"][0]["field"]) == (422, "party_name")
    both = officer.patch(path, {"party_name": "甲厂", "party_uscc": FIRM["code"]}, version=1).body
    assert [(p["name"], p["code"]) for p in both["parties"]] == [("甲厂", FIRM["code"])]
    renamed = officer.patch(path, {"party_name": "乙厂"}, version=both["version"]).body
    assert [(p["name"], p["code"]) for p in renamed["parties"]] == [("乙厂", FIRM["code"])]
    empty = {"party_name": None, "party_uscc": None}
    assert officer.patch(path, empty, version=renamed["version"]).body["parties"] == []


@pytest.mark.parametrize(
    ("given", "kept"), [("336-064-17", "336-064-17"), (" ９００－２１４－０８", "900-214-08")]
)
def test_a_hazardous_waste_code_is_kept_as_the_list_writes_it(world, given, kept):
    case = filed_case(world)
    answer = world.as_(OFFICER).patch(f"/cases/{case['id']}", {"waste_code": given}, version=1)
    assert answer.body["waste_code"] == kept


@pytest.mark.parametrize("wrong", ["HW17", "33606417", "336-064-1", "336-064-17x"])
def test_a_wrong_hazardous_waste_code_says_what_one_looks_like(world, wrong):
    case = filed_case(world)
    answer = world.as_(OFFICER).patch(f"/cases/{case['id']}", {"waste_code": wrong}, version=1)
    assert answer.status == 422
    assert "336-064-17" in answer.body["errors"][0]["message"]


def test_a_hazardous_waste_belongs_to_a_category_of_the_list(world):
    case = filed_case(world)
    officer = world.as_(OFFICER)
    wrong = officer.patch(f"/cases/{case['id']}", {"waste_code": "336-064-99"}, version=1)
    assert (wrong.status, wrong.body["errors"][0]["field"]) == (422, "waste_code")
    officer.patch(f"/cases/{case['id']}", {"waste_code": "336-064-17"}, version=1)
    assert "HW17 表面处理废物" in officer.page(f"/cases/{case['id']}").body


def test_the_export_names_the_parties(world):
    case = filed_case(world, title="导出当事人")
    add(world, case, FIRM)
    text = world.as_(OFFICER).get("/cases.csv").body
    assert "演示印染厂（当事人）；长兴演示化工厂（当事人）" in text


def test_a_partner_and_a_stranger_enter_no_party(world):
    case = filed_case(world)
    assert add(world, case, FIRM, "yixing-officer1").status == 404
    assert add(world, case, FIRM, "nanxun-officer1").status == 404
    assert add(world, case, FIRM, "changxing-liaison").status == 403


@given(st.text(min_size=1, max_size=40), st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True))
def test_a_mask_keeps_only_what_it_says(name, code):
    assert masked_name(name) == name[0] + "*"
    hidden = masked_code(code)
    assert (hidden[:6], hidden[6:-1], hidden[-1]) == (code[:6], "*" * 11, code[-1])
    assert masked_code(code[:9]) == "*" * 9


def test_the_examples_are_right_codes():
    assert uscc.is_valid(FIRM["code"])
    assert PERSON["code"][-1] == ric.calc_check_digit(PERSON["code"])


def test_a_case_taken_up_again_has_the_same_parties(world):
    case = filed_case(world, stage="lead")
    add(world, case, PERSON)
    officer, path = world.as_(OFFICER), f"/cases/{case['id']}"
    ending = {"to": "not_filed", "reason": "情节轻微"}
    version = officer.get(path).body["version"]
    assert officer.post(f"{path}/steps", ending, version=version).status == 200
    again = officer.post(f"{path}/reopen", {"reason": "新证据"}).body
    assert [p["name"] for p in again["parties"]] == ["演示印染厂", "张*"]
