"""What the editor asks while somebody writes; terms out as JSON and CSV, and in again."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.agreements.spreadsheet import from_csv, to_csv
from sharing.terms import (
    Anywhere,
    Districts,
    InZone,
    Level,
    NearLine,
    Onward,
    OnwardKind,
    TermRule,
    Terms,
)
from tests.support.story import memorandum, sign

pytestmark = pytest.mark.once


IDS = {"id-wuxing": "wuxing", "id-wujiang": "wujiang"}
WORDS = st.text("一二三第条ABC123", min_size=1, max_size=6)
RULES = st.builds(
    TermRule,
    clause=WORDS,
    kind=st.sampled_from(["case", "patrol"]),
    place=st.sampled_from(
        [InZone(), Anywhere(), NearLine(750.5), Districts(frozenset({"330502", "320509"}))]
    ),
    purposes=st.frozensets(st.sampled_from(["joint_enforcement", "information"]), min_size=1),
    levels=st.dictionaries(
        st.sampled_from(["basics", "files", "place"]), st.sampled_from(Level), min_size=1
    ),
    retention_days=st.none() | st.integers(1, 3000),
    onward=st.sampled_from(
        [None, Onward(), Onward(OnwardKind.CONSENT), Onward(OnwardKind.PARTIES, tuple(IDS))]
    ),
)
TERMS = st.builds(
    Terms,
    rules=st.lists(RULES, max_size=5).map(tuple),
    retention_days=st.none() | st.integers(1, 3000),
    onward_sharing=st.booleans(),
    max_classification=st.integers(1, 4),
    answer_hours=st.none() | st.integers(1, 100),
)


@given(TERMS)
@settings(max_examples=60)
def test_what_is_exported_as_a_table_can_be_imported(terms):
    sheet = to_csv(terms.to_dict(), IDS)
    again = from_csv(sheet, {code: bureau for bureau, code in IDS.items()})
    assert Terms.from_dict(again) == terms


def test_the_doors_export_and_import_the_same(world):
    found = memorandum(world)
    official = world.as_("wuxing-official")
    for form in ("csv", "json"):
        path = f"/agreements/{found['id']}/versions/1/terms.{form}"
        content = official.get(path).body
        text = content if isinstance(content, str) else json.dumps(content)
        read = official.post("/agreements/terms/read", {"format": form, "content": text})
        assert read.status == 200, read.body
        assert read.body["terms"] == found["terms"]
        assert world.as_("nanxun-official").get(path).status == 404


BROKEN = [
    ("json", "{", "content"),
    ("json", "[]", "content"),
    ("json", '{"format": 9}', "terms"),
    ("csv", "clause,kind\n一,case\n", "content"),
    ("csv", None, "terms.rules.0.retention_days"),
]


@pytest.mark.parametrize(("form", "content", "field"), BROKEN)
def test_what_cannot_be_imported_says_where(world, form, content, field):
    if content is None:
        sheet = to_csv(memorandum(world)["terms"], {}).splitlines()
        sheet[1] = sheet[1].replace(",,,", ",abc,,", 1) if ",,," in sheet[1] else sheet[1]
        cells = sheet[1].split(",")
        cells[9] = "abc"
        content = "\n".join([sheet[0], ",".join(cells)])
    answer = world.as_("wuxing-official").post(
        "/agreements/terms/read", {"format": form, "content": content}
    )
    assert answer.status == 422, answer.body
    assert field in [error["field"] for error in answer.body["errors"]]


EXAMPLE = {"kind": "case", "purpose": "joint_enforcement", "in_zone": True}


def preview(world, terms, **more):
    return world.as_("wuxing-planner").post("/agreements/preview", {"terms": terms} | more)


def test_an_example_is_decided_and_names_the_row_behind_each_part(world):
    found = memorandum(world)
    parties = [party["bureau_id"] for party in found["parties"]]
    told = preview(world, found["terms"], party_ids=parties, example=EXAMPLE).body
    groups = {group["group"]: group for group in told["example"]["groups"]}
    assert (groups["party"]["level"], groups["party"]["row"]) == ("white", 0)
    assert (groups["files"]["level"], groups["files"]["clause"]) == ("gray", "第五条")
    assert groups["files"]["retention_days"] == 730
    outside = EXAMPLE | {"in_zone": False, "purpose": "information"}
    told = preview(world, found["terms"], party_ids=parties, example=outside).body
    groups = {group["group"]: group for group in told["example"]["groups"]}
    assert (groups["basics"]["row"], groups["party"]["level"]) == (1, "black")
    assert groups["party"]["row"] is None


def test_a_preview_is_told_against_the_text_in_force(world):
    signed = sign(world)
    terms = signed["terms"] | {"retention_days": 30}
    told = preview(world, terms, agreement_id=signed["id"]).body
    assert told["changes"]
    assert all(change["effect"] == "narrowed" for change in told["changes"])
    assert told["example"] is None
    stranger = world.as_("nanxun-planner").post(
        "/agreements/preview", {"terms": terms, "agreement_id": signed["id"]}
    )
    assert stranger.status == 404


def test_what_cannot_be_previewed_says_where(world):
    answer = preview(world, {"format": 1, "rules": [{"clause": "一"}]})
    assert answer.status == 422
    assert answer.body["errors"][0]["field"].startswith("terms.rules.0")


def test_the_form_is_for_who_may_propose(world):
    found = sign(world)
    for username, status in (("wuxing-planner", 200), ("wuxing-officer1", 403)):
        assert world.as_(username).page("/agreements/new").status == status
        assert world.as_(username).page(f"/agreements/{found['id']}/edit").status == status
    assert world.as_("nanxun-planner").page(f"/agreements/{found['id']}/edit").status == 404


def test_pages_beside_an_agreement_are_for_its_parties(world):
    found = sign(world)
    for page in ("compare?to=1", "exposure?version=1", "print?version=1"):
        path = f"/agreements/{found['id']}/{page}"
        assert world.as_("wujiang-officer1").page(path).status == 200, path
        assert world.as_("nanxun-official").page(path).status == 404, path
    assert (
        world.as_("wuxing-official").page(f"/agreements/{found['id']}/print?version=9").status
        == 404
    )
    wrong = f"/agreements/{found['id']}/exposure?version=1&effect=sideways"
    assert world.as_("wuxing-official").page(wrong).status == 422
