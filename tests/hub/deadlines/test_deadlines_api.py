"""Rules and clocks through their doors."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.hub.cases.test_import import as_xlsx, states
from tests.support.cases import new_case, share_of
from tests.support.clocks import let_pass
from tests.support.exchange import send_file
from tests.support.field import fetch

OWNER, LIAISON = "changxing-official", "yixing-liaison"


def facts(rule: dict[str, object], **changed: object) -> dict[str, object]:
    left_out = {"code", "version", "unit_name", "mark_name", "entered_by_name", "entered_at"}
    return {key: value for key, value in rule.items() if key not in left_out} | changed


def test_rules_are_public_each_with_its_mark_and_source(world):
    items = world.as_("wuxing-officer1").get("/deadline-rules").body["items"]
    codes = [item["code"] for item in items]
    assert codes.index("D2.decision") < codes.index("D10.report_major")
    assert {c.split(".")[0] for c in codes} >= {f"D{n}" for n in range(1, 14)}
    filing = next(item for item in items if item["code"] == "D1.filing_review")
    assert (filing["version"], filing["mark"]) == (2, "unverified")
    assert "D2.decision" in world.as_("wuxing-officer1").get("/deadline-rules.csv").body


def test_an_official_revises_a_rule_and_the_history_stays(world):
    official = world.as_("wuxing-official")
    current = official.get("/deadline-rules/H1.share_answer").body["items"][0]
    body = facts(current, amount=48, mark="model")
    path = "/deadline-rules/H1.share_answer"
    assert world.as_("wuxing-planner").post(path, body, version=1).status == 403
    assert official.post(path, body).status == 428
    assert official.post(path, body, version=7).status == 409
    assert official.post(path, facts(current, valid_to="2020-01-01"), version=1).status == 422
    made = official.post(path, body, version=1)
    assert (made.status, made.body["version"], made.body["amount"]) == (201, 2, 48)
    assert [i["amount"] for i in official.get(path).body["items"]] == [48, 72]
    assert official.get("/deadline-rules/D0.none").status == 404
    for page in ("/deadlines/rules", "/deadlines/rules/H1.share_answer", "/deadlines"):
        assert official.page(page).status == 200
    assert world.as_("wuxing-sysadmin").page("/deadlines/rules").status == 200


def test_clocks_are_listed_for_both_sides_and_nobody_else(world):
    case = new_case(world).body
    share = share_of(world, case["id"])

    def listed(username: str, **query: object) -> list[str]:
        items = world.as_(username).get("/clocks", kind="share", **query).body["items"]
        return [item["subject_id"] for item in items]

    assert share["id"] in listed(OWNER)
    assert share["id"] in listed(LIAISON)
    assert listed("nanxun-liaison") == []
    assert share["id"] not in listed(OWNER, state="overdue")
    let_pass(world, "share", share["id"], timedelta(hours=80))
    assert listed(OWNER, state="overdue")[0] == share["id"]
    for username in (OWNER, LIAISON):
        page = world.as_(username).page("/deadlines").body
        assert "is-overdue" in page
        assert case["number"] in page
    world.as_(LIAISON).post(f"/shares/{share['id']}/accept")
    assert share["id"] not in listed(OWNER)
    assert world.as_(OWNER).get("/clocks", cursor="WyJ4IiwieSJd").status == 422
    assert world.as_("wuxing-auditor").get("/clocks").status == 403


def test_pages_of_clocks_follow_each_other(world):
    for _ in range(3):
        new_case(world)
    caller = world.as_(LIAISON)
    everything = [i["id"] for i in caller.get("/clocks", state="open").body["items"]]
    assert len(everything) >= 3
    found, cursor = [], None
    while True:
        page = caller.get("/clocks", limit=1, cursor=cursor).body
        found += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == everything


def bring(world, data, who="wuxing-official", dry=False):
    path = f"/deadline-rules/import{'?dry_run=true' if dry else ''}"
    return send_file(world.as_(who), path, data, "s.xlsx")


def test_the_sheet_of_rules_comes_in_again_and_what_differs_is_a_new_version(world):
    official = world.as_("wuxing-official")
    for ending in ("xlsx", "csv"):
        _status, sheet, _headers = fetch(official, f"/api/v1/deadline-rules.{ending}")
        assert set(states(bring(world, sheet).body)) == {"same"}
    heads = ("编号", "版本", "时长", "单位（时长）", "可延长", "备忘")
    rows = [
        ("H1.share_answer", "1", "2", "日", "", "x"),
        ("H2.access_answer", "7", "1", "", "", ""),
        ("D0.none", "1", "1", "小时", "", ""),
    ]
    tried = bring(world, as_xlsx(rows, heads), dry=True).body
    assert states(tried) == ["changed", "refused", "refused"]
    assert tried["ignored"] == ["备忘"]
    assert [one["field"] for one in tried["rows"][0]["changes"]] == ["amount", "unit_name"]
    # What is wrong is told with the heading under which the sheet has it.
    assert tried["rows"][1]["errors"][0]["column"] == "单位（时长）"
    refused = bring(world, as_xlsx(rows, heads))
    assert refused.status == 422
    assert len(official.get("/deadline-rules/H1.share_answer").body["items"]) == 1
    assert states(bring(world, as_xlsx(rows[:1], heads)).body) == ["changed"]
    # The same sheet once more goes by a version that is not the newest any more, but says no other.
    assert states(bring(world, as_xlsx(rows[:1], heads)).body) == ["same"]
    stale = bring(world, as_xlsx([("H1.share_answer", "1", "3", "日", "", "")], heads))
    assert stale.status == 422
    assert "第2版" in stale.body["report"]["rows"][0]["detail"]
    newest = official.get("/deadline-rules/H1.share_answer").body["items"][0]
    assert (newest["version"], newest["amount"], newest["unit"]) == (2, 2, "day")
    assert newest["name_en"]
    assert bring(world, as_xlsx(rows[:1], heads), who="wuxing-planner").status == 403


@pytest.mark.parametrize(
    ("column", "text"),
    [("时长", "零"), ("时长", "0"), ("生效", "后天"), ("核实", "大概"), ("失效", "2000-01-01"),
     ("期限", ""), ("版本", "一")],
)  # fmt: skip
def test_a_cell_that_cannot_be_is_named_by_its_heading(world, column, text):
    heads, row = ["编号", column], ["H1.share_answer", text]
    if column == "版本":
        heads, row = [*heads, "时长"], [*row, "5"]
    report = bring(world, as_xlsx([tuple(row)], tuple(heads)), dry=True).body
    assert report["rows"][0]["errors"][0]["column"] == column, report


def test_the_page_of_the_sheet_is_the_officials(world):
    assert world.as_("wuxing-official").page("/deadlines/rules/import").status == 200
    assert world.as_("wuxing-planner").page("/deadlines/rules/import").status == 403
    assert "/deadlines/rules/import" in world.as_("wuxing-official").page("/deadlines/rules").body
    assert "/rules/import" not in world.as_("wuxing-planner").page("/deadlines/rules").body
