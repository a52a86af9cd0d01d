"""What a text means and what changes, in words; what it would expose."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.accounts.access import make_actor
from hub.accounts.models import User
from hub.agreements.differences import Effect, cells, sharing_changes
from hub.agreements.exposure import exposure
from hub.agreements.models import Agreement
from sharing.terms import Anywhere, Districts, InZone, Level, NearLine, TermRule, Terms
from tests.hub.agreements.test_amendments import (
    NEIGHBOURS,
    amend,
    framework,
    in_force_anew,
    sign_proposal,
    without,
)
from tests.support.cases import new_case, off_zone, share_of
from tests.support.petitions import asked, taken
from tests.support.story import memorandum

pytestmark = pytest.mark.once


JOINT = frozenset({"joint_enforcement"})


def rule(levels, place=None, clause="一", kind="case", **more):
    given_levels = {group: Level(level) for group, level in levels.items()}
    return TermRule(clause, kind, place or InZone(), JOINT, given_levels, **more)


def effects(old, new):
    """{(place type, group): effect} of every change."""
    return {
        (change.place.to_dict()["type"], group): change.effect.value
        for change in sharing_changes(Terms(rules=old), Terms(rules=new))
        for group in change.groups
    }


CHANGES = [
    ("nothing", (rule({"basics": "white"}),), (rule({"basics": "white"}),), {}),
    (
        "a clause's number is no difference",
        (rule({"basics": "white"}),),
        (rule({"basics": "white"}, clause="二"),),
        {},
    ),
    ("added", (), (rule({"files": "gray"}),), {("in_zone", "files"): "added"}),
    ("removed", (rule({"files": "gray"}),), (), {("in_zone", "files"): "removed"}),
    (
        "widened",
        (rule({"files": "gray"}),),
        (rule({"files": "white"}),),
        {("in_zone", "files"): "widened"},
    ),
    (
        "narrowed",
        (rule({"files": "white"}),),
        (rule({"files": "gray"}),),
        {("in_zone", "files"): "narrowed"},
    ),
    (
        "a row that opens nothing that is not open",
        (rule({"basics": "white"}, Anywhere()),),
        (rule({"basics": "white"}, Anywhere()), rule({"basics": "white"})),
        {},
    ),
    (
        "black closes what another row opens",
        (rule({"files": "white"}, Anywhere()),),
        (rule({"files": "white"}, Anywhere()), rule({"files": "black", "basics": "white"})),
        {("in_zone", "files"): "removed", ("in_zone", "basics"): "added"},
    ),
    (
        "a wider strip",
        (rule({"basics": "white"}, NearLine(500)),),
        (rule({"basics": "white"}, NearLine(1000)),),
        {("near_line", "basics"): "added"},
    ),
    (
        "a longer time",
        (rule({"basics": "white"}, retention_days=30),),
        (rule({"basics": "white"}, retention_days=60),),
        {("in_zone", "basics"): "widened"},
    ),
    (
        "an end where there was none",
        (rule({"basics": "white"}),),
        (rule({"basics": "white"}, retention_days=60),),
        {("in_zone", "basics"): "narrowed"},
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "told"), [r[1:] for r in CHANGES], ids=[r[0] for r in CHANGES]
)
def test_what_is_decided_differently_is_told(old, new, told):
    # Existence goes with everything, so it is told beside it.
    assert {k: v for k, v in effects(old, new).items() if k[1] != "existence"} == told


LEVELS = st.dictionaries(
    st.sampled_from(["basics", "place", "files"]), st.sampled_from(Level), min_size=1
)
PLACES = st.sampled_from(
    [InZone(), Anywhere(), NearLine(500), NearLine(900), Districts(frozenset({"330502"}))]
)
TERMS = st.lists(
    st.builds(lambda levels, place: rule(levels, place), LEVELS, PLACES), max_size=4
).map(lambda rules: Terms(rules=tuple(rules)))


@given(TERMS, TERMS)
def test_told_backwards_every_effect_is_the_opposite(old, new):
    turned = {Effect.ADDED: Effect.REMOVED, Effect.WIDENED: Effect.NARROWED}
    turned |= {b: a for a, b in turned.items()} | {Effect.CHANGED: Effect.CHANGED}

    def told(one, other):
        return {
            (c.kind, c.place, p, g): c.effect
            for c in sharing_changes(one, other)
            for p in c.purposes
            for g in c.groups
        }

    there, back = told(old, new), told(new, old)
    assert back == {key: turned[effect] for key, effect in there.items()}
    was, now = cells(old, [new]), cells(new, [old])
    assert set(there) == {key for key in was if was[key].level is not now[key].level}


def test_the_summary_says_what_the_values_say(world):
    found = memorandum(world)
    official = world.as_("wuxing-official")
    path = f"/agreements/{found['id']}/versions/1/summary"
    told = official.get(path).body
    zh = [item["text"] for section in told["zh"] for item in section["items"]]
    en = [item["text"] for section in told["en"] for item in section["items"]]
    assert len(zh) == len(en)
    inside = next(text for text in zh if text.startswith("交叉联合执法区域内的案件"))
    assert "吴兴" in inside
    assert "当事人" in inside
    assert "只告知有附件" in inside
    assert "最多保存730天" in inside
    assert "不得转交第三方" in inside
    assert not any("\u4e00" <= char <= "\u9fff" for text in en for char in text.split("(")[0]), en
    view = official.get(path, reader=world.bureau_id("wujiang")).body["zh"][0]["items"][0]["text"]
    assert "吴兴向吴江" in view
    assert official.get(path, reader="x").status == 422
    assert world.as_("nanxun-official").get(path).status == 404


def test_the_difference_is_told_in_both_languages(world):
    found = framework(world)
    text = found["text"] | {"line": found["text"]["line"] | {"max_width_m": 500}}
    terms = without(found["terms"], "party") | {"retention_days": 365}
    amend(world, found, who="changxing-official", terms=terms, text=text)
    path = f"/agreements/{found['id']}/versions/2/diff"
    told = world.as_("yixing-official").get(path).body
    assert (told["zh"]["from"], told["zh"]["to"]) == (1, 2)
    party = next(c for c in told["zh"]["changes"] if c.get("field_groups") == ["party"])
    assert party["effect"] == "removed"
    assert "由“共享”改为“不共享”" in party["text"]
    assert "更少" in party["who"]
    width = next(c for c in told["zh"]["changes"] if "宽度" in c["text"])
    assert (width["effect"], "500" in width["text"]) == ("narrowed", True)
    assert any("730天" in c["text"] and "365天" in c["text"] for c in told["zh"]["changes"])
    assert [c["effect"] for c in told["zh"]["changes"]] == [
        c["effect"] for c in told["en"]["changes"]
    ]
    assert any(not row["same"] for row in told["zh"]["table"])
    assert world.as_("yixing-official").get(path, against=9).status == 422


def test_what_a_person_shared_opens_no_further_by_itself_and_that_is_told(world):
    found = framework(world)
    official, partner = world.as_("changxing-official"), world.as_("yixing-official")
    outside = new_case(world, off_zone(world)).body
    given = {"bureau_id": world.bureau_id("yixing")}
    assert official.post(f"/cases/{outside['id']}/shares", given).status == 201
    levels = {"existence": "white", "basics": "white", "substance": "white", "party": "gray"}
    rules = [
        rule | {"levels": levels} if rule["clause"] == "第六条" else rule
        for rule in found["terms"]["rules"]
    ]
    terms = found["terms"] | {"rules": rules}
    asked = amend(world, found, who="changxing-official", terms=terms).body["proposal"]
    told = official.get(f"/agreements/{found['id']}/versions/2/exposure").body["items"]
    now, later = (row for row in told if row["record_id"] == outside["id"])
    assert (now["at_once"], now["newly_announced"], now["newly_visible"]) == (True, ["party"], [])
    assert (later["at_once"], later["newly_visible"]) == (False, ["substance"])
    # As it was told, so it comes.
    sign_proposal(world, found["id"], asked["content_hash"], NEIGHBOURS)
    seen = partner.get(f"/cases/{outside['id']}").body
    assert seen["access"]["gray_groups"] == ["party"]
    assert "pollutant" not in seen
    # The owner is told what may be shared by now, sees it as the partner would, and shares it.
    assert "data-anew" in official.page(f"/cases/{outside['id']}").body
    path = f"/cases/{outside['id']}/preview"
    asked = {"bureau": given["bureau_id"]}
    assert "pollutant" not in official.get(path, **asked).body["view"]
    assert "pollutant" in official.get(path, **asked, anew="true").body["view"]
    assert official.post(f"/cases/{outside['id']}/shares", given).status == 201
    assert "pollutant" in partner.get(f"/cases/{outside['id']}").body
    assert "data-anew" not in official.page(f"/cases/{outside['id']}").body


def test_each_side_is_told_what_would_be_opened_of_its_own_records(world):
    found = framework(world)
    inside = new_case(world).body
    outside = new_case(world, off_zone(world)).body
    secret = new_case(world, classification=3)
    with world.app.app_context(), world.unit_of_work() as session:
        official = session.get(User, world.as_("changxing-official").user_id)
        official.clearance = 2
    terms = without(found["terms"], "party")
    rules = [
        r | {"levels": {"existence": "white", "basics": "white", "substance": "white"}}
        if r["clause"] == "第六条"
        else r
        for r in terms["rules"]
    ]
    amend(world, found, who="changxing-official", terms=terms | {"rules": rules})
    path = f"/agreements/{found['id']}/versions/2/exposure"
    mine = world.as_("changxing-official").get(path).body
    rows = {row["record_id"]: row for row in mine["items"]}
    assert rows[inside["id"]]["no_longer_visible"] == ["party"]
    assert rows[inside["id"]]["at_once"]
    assert rows[outside["id"]]["newly_visible"] == ["substance"]
    assert not rows[outside["id"]]["at_once"]
    assert secret.body["id"] not in rows
    # What a person took back is not opened again by a text.
    share = share_of(world, inside["id"])
    world.as_("changxing-official").post(f"/shares/{share['id']}/recall", {"reason": "误共享"})
    again = world.as_("changxing-official").get(path).body["items"]
    assert not next(row for row in again if row["record_id"] == inside["id"])["at_once"]
    assert mine["counts"]["opening"] >= 1
    assert mine["counts"]["closing"] >= 1
    theirs = world.as_("yixing-official").get(path).body
    assert not {inside["id"], outside["id"]} & {row["record_id"] for row in theirs["items"]}
    assert world.as_("nanxun-official").get(path).status == 404
    only = world.as_("changxing-official").get(path, effect="opens").body["items"]
    assert inside["id"] not in {row["record_id"] for row in only}
    sheet = world.as_("changxing-official").get(f"{path}.csv").body.lstrip("\ufeff")
    assert outside["number"] in {row["编号"] for row in csv.DictReader(io.StringIO(sheet))}


def test_of_petitions_those_change_at_once_that_both_settle_already(world):
    found = framework(world)
    alone, together = taken(world), asked(world)
    terms = without(found["terms"], "substance", kind="petition")
    amend(world, found, who="changxing-official", terms=terms)
    path = f"/agreements/{found['id']}/versions/2/exposure"
    told = world.as_("changxing-official").get(path, kind="petition", limit=200).body["items"]
    rows = {row["record_id"]: row for row in told}
    assert rows[together["id"]]["no_longer_visible"] == ["substance"]
    assert rows[together["id"]]["at_once"]
    assert not rows[alone["id"]]["at_once"]
    assert rows[alone["id"]]["url"] == f"/petitions/{alone['id']}"
    theirs = world.as_("yixing-official").get(path, kind="petition", limit=200).body["items"]
    assert not {alone["id"], together["id"]} & {row["record_id"] for row in theirs}


def test_exposure_is_paged_and_can_be_asked_of_an_unwritten_text(world):
    found = framework(world)
    for _number in range(3):
        new_case(world)
    path = f"/agreements/{found['id']}/exposure"
    official = world.as_("changxing-official")
    body = {"terms": without(found["terms"], "party")}
    seen, cursor = [], None
    while True:
        answer = official.call("POST", path, body, limit=2, cursor=cursor)
        assert answer.status == 200, answer.body
        seen += [row["record_id"] for row in answer.body["items"]]
        cursor = answer.body["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == answer.body["matching"] >= 3
    broken = official.post(path, {"terms": {"format": 1, "rules": [{"kind": "x"}]}})
    assert broken.status == 422


def test_what_was_foretold_comes_true(world):
    """The list before signing is what the partner then sees otherwise."""
    found = framework(world)
    cases = [new_case(world).body for _number in range(2)]
    terms = without(found["terms"], "party", "place")
    official, yixing = world.as_("changxing-official"), world.as_("yixing-liaison")
    foretold = official.post(f"/agreements/{found['id']}/exposure", {"terms": terms}).body
    rows = {row["record_id"]: row for row in foretold["items"]}
    before = {case["id"]: yixing.get(f"/cases/{case['id']}").body for case in cases}
    in_force_anew(world, found, terms)
    fields = {"party": "party_name", "place": "lon"}
    for case in cases:
        after = yixing.get(f"/cases/{case['id']}").body
        assert set(rows[case["id"]]["no_longer_visible"]) == {"party", "place"}
        for field in fields.values():
            assert field in before[case["id"]]
            assert field not in after


def test_a_memorandum_that_is_not_in_force_opens_what_it_would_open(world):
    found = memorandum(world)
    case = world.as_("wuxing-officer1").post(
        "/cases",
        {"title": "甲", "category": "water", "lon": 120.12, "lat": 30.86, "place": "乙"},
    )
    assert case.status == 201, case.body
    told = (
        world.as_("wuxing-official")
        .get(f"/agreements/{found['id']}/versions/1/exposure", limit=200)
        .body
    )
    row = next(r for r in told["items"] if r["record_id"] == case.body["id"])
    assert "basics" in row["newly_visible"]
    assert told["has_zone"] is False


def test_the_preview_of_a_share_leads_to_the_row_of_the_terms(world):
    found, case = framework(world), new_case(world).body
    official = world.as_("changxing-official")
    seen = official.get(f"/cases/{case['id']}/preview", bureau=world.bureau_id("yixing")).body
    links = {field["field"]: field["rule_url"] for field in seen["fields"]}
    assert links["party_name"] == f"/agreements/{found['id']}#rule-0"
    assert links["handler_notes"] is None
    page = official.page(f"/agreements/{found['id']}").body
    assert 'id="rule-0"' in page
    assert f'id="rule-{len(found["terms"]["rules"]) - 1}"' in page


def test_a_partner_shares_what_it_received_with_nobody(world):
    """Whatever the terms say of passing on, there is no door for it: default deny."""
    found, case = framework(world), new_case(world).body
    rules = [rule | {"onward": {"rule": "anyone"}} for rule in found["terms"]["rules"]]
    in_force_anew(world, found, found["terms"] | {"rules": rules})
    yixing = world.as_("yixing-official")
    assert yixing.get(f"/cases/{case['id']}").status == 200
    body = {"bureau_id": world.bureau_id("wujiang")}
    assert yixing.post(f"/cases/{case['id']}/shares", body).status == 404


def test_comparing_asks_the_database_the_same_however_many_cases_there_are(world):
    found = framework(world)
    terms = Terms.from_dict(without(found["terms"], "party"))
    counts, examined = [], []
    for round_ in range(2):
        with world.app.app_context(), world.app.extensions["hub.db"].read_only() as session:
            actor = make_actor(session.get(User, world.as_("changxing-official").user_id))
            agreement = session.get(Agreement, found["id"])
            exposure(session, actor, agreement, terms)  # the index of places is made once
            with world.hearing("before_cursor_execute") as statements:
                examined.append(exposure(session, actor, agreement, terms).examined)
            counts.append(len(statements))
        if round_ == 0:
            for _number in range(5):
                new_case(world)
    assert examined[1] == examined[0] + 5
    assert counts[0] == counts[1]
