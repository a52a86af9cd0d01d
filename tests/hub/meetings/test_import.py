"""Bringing meetings and action items in from a sheet: tried, all or nothing, once."""

from __future__ import annotations

import pytest

from tests.hub.cases.test_import import as_csv, as_xlsx, states
from tests.support.exchange import send_file
from tests.support.field import fetch
from tests.support.meetings import (
    GUEST,
    HOST,
    HOST_OFFICER,
    agreement_of,
    convened,
    countersign,
    ended,
    fixed,
    lay,
)

HEADS = ("会议名称", "开始时间", "结束时间", "地点", "主办单位", "备忘录")
ITEM_HEADS = ("会议编号", "办理事项", "责任单位", "责任人", "期限", "备注")


def bring(world, what, data, *, dry=False, who=HOST):
    return send_file(world.as_(who), f"/{what}/import?dry_run={str(dry).lower()}", data, "s.csv")


def meetings(world):
    return world.as_(HOST).get("/meetings", limit=100).body["items"]


def test_meetings_are_tried_called_once_and_changed_by_their_export(world):
    number = agreement_of(world)["number"]
    sheet = as_xlsx(
        [("明年第一次会议", "2099-03-05 09:30", "2099-03-05 11:00", "长兴", "宜兴", number)], HEADS
    )
    before = len(meetings(world))
    tried = bring(world, "meetings", sheet, dry=True).body
    assert (states(tried), len(meetings(world))) == (["new"], before)
    assert states(bring(world, "meetings", sheet).body) == ["new"]
    made = next(one for one in meetings(world) if one["title"] == "明年第一次会议")
    assert (made["starts_at"][:16], made["host_name"]) == ("2099-03-05T01:30", "宜兴")
    assert states(bring(world, "meetings", sheet).body) == ["same"]
    assert len(meetings(world)) == before + 1

    _status, exported, _headers = fetch(world.as_(GUEST), "/api/v1/meetings.csv")
    same = bring(world, "meetings", exported, who=GUEST).body
    assert set(states(same)) == {"same"}
    moved = bring(
        world,
        "meetings",
        exported.replace("长兴,宜兴".encode(), "宜兴大厦,宜兴".encode()),
        who=GUEST,
    ).body
    assert sorted(set(states(moved))) == ["changed", "same"]
    (changed,) = [row for row in moved["rows"] if row["state"] == "changed"]
    assert changed["changes"][0]["after"] == "宜兴大厦"


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (("会", "明天", "2099-03-05 11:00", "", "", None), "应为日期和时间"),
        (("会", "2099-03-05 12:00", "2099-03-05 11:00", "", "", None), "结束时间应晚于"),
        (("会", "2099-03-05 09:00", "2099-03-05 11:00", "", "南浔", None), "参会单位"),
        (("会", "2099-03-05 09:00", "2099-03-05 11:00", "", "", "无此号"), "没有这份备忘录"),
        (("", "2099-03-05 09:00", "2099-03-05 11:00", "", "", None), "新会议须填写"),
    ],
)
def test_a_refused_row_says_why_and_refuses_all(world, cells, words):
    number = agreement_of(world)["number"]
    good = ("好会", "2099-03-05 09:00", "2099-03-05 11:00", "", "", number)
    bad = [number if cell is None else cell for cell in cells]
    before = len(meetings(world))
    answer = bring(world, "meetings", as_csv([good, bad], HEADS))
    assert (answer.status, states(answer.body["report"])) == (422, ["new", "refused"])
    refused = answer.body["report"]["rows"][1]
    assert words in str(refused["errors"] or refused["detail"])
    assert len(meetings(world)) == before
    assert bring(world, "meetings", as_csv([good], HEADS), who=HOST_OFFICER).status == 403


def test_another_bureaus_meeting_is_not_changed_by_a_sheet(world):
    row = fixed(world)
    sheet = as_csv([(row["number"], "别的地方")], ("编号", "地点"))
    assert "轮值主办" in str(bring(world, "meetings", sheet, who=GUEST, dry=True).body["rows"])
    assert states(bring(world, "meetings", sheet, dry=True).body) == ["changed"]
    stranger = bring(world, "meetings", sheet, who="nanxun-liaison", dry=True).body
    assert "没有这次会议" in str(stranger["rows"])


def test_action_items_are_laid_down_once_and_changed_until_the_minutes_are_sealed(world):
    row = ended(world)
    cells = (row["number"], "清理界河浮萍", "宜兴", "", "2099-05-01", "不认识的列")
    sheet = as_csv([cells], ITEM_HEADS)
    tried = bring(world, "action-items", sheet, dry=True).body
    assert (states(tried), tried["ignored"]) == (["new"], ["备注"])
    assert states(bring(world, "action-items", sheet).body) == ["new"]
    assert states(bring(world, "action-items", sheet).body) == ["same"]
    later = as_csv([(*cells[:4], "2099/06/01", "")], ITEM_HEADS)
    changed = bring(world, "action-items", later).body["rows"][0]
    assert (changed["state"], changed["changes"][0]["after"]) == ("changed", "2099-06-01")
    _status, exported, _headers = fetch(world.as_(HOST), "/api/v1/action-items.csv")
    assert set(states(bring(world, "action-items", exported).body)) == {"same"}
    assert countersign(world, row["id"]).status == 200
    refused = bring(world, "action-items", sheet, dry=True).body["rows"][0]
    assert (refused["state"], "会签完成之前" in refused["detail"]) == ("refused", True)


def test_what_is_wrong_with_a_row_of_action_items_is_said(world):
    row = convened(world)
    lay(world, row["id"], title="已有的")
    number = row["number"]
    rows = [
        ("别人的会", "甲", "宜兴", "", "2099-05-01", ""),
        (number, "乙", "南浔", "", "2099-05-01", ""),
        (number, "丙", "宜兴", "没有此人", "2099-05-01", ""),
        (number, "丁", "宜兴", "", "五月", ""),
        (number, "戊", "宜兴", "", "2020-05-01", ""),
        (number, "", "宜兴", "", "2099-05-01", ""),
        (number, "己", "宜兴", "", "2099-05-01", ""),
        (number, "己", "宜兴", "", "2099-05-01", ""),
    ]
    report = bring(world, "action-items", as_csv(rows, ITEM_HEADS), dry=True).body
    assert states(report) == ["refused"] * 6 + ["new", "refused"]
    said = [str(one["errors"]) + one["detail"] for one in report["rows"]]
    for text, words in zip(
        said,
        ("没有这次会议", "参会单位", "没有此人", "应为日期", "早于今天", "须填写"),
        strict=False,
    ):
        assert words in text
    assert "两次" in said[7]
    assert bring(world, "action-items", as_csv([("x",)], ("别的",)), dry=True).status == 422
    assert "导入办理事项" in world.as_(HOST).page("/action-items/import").body
    assert "导入会议" in world.as_(HOST).page("/meetings/import").body
