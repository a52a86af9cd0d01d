"""Meetings, minutes, decisions, action items and received records are found by who may see them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from hub.accounts.models import User
from hub.db import utc_now
from hub.exchange.models import ReceivedRecord
from hub.meetings.models import Meeting
from hub.search.models import SearchRecord
from tests.support.cases import new_case
from tests.support.clocks import run_due
from tests.support.exchange import approved, bring, built, carried
from tests.support.meetings import GUEST, GUEST_OFFICER, HOST, STRANGER, convened, do, lay, write


def search(world, who, q, **filters):
    answer = world.as_(who).get("/search", q=q, limit=100, **filters)
    assert answer.status == 200, answer.body
    return answer.body


def found(world, who, q, **filters):
    body = search(world, who, q, **filters)
    assert body["total"] == len(body["items"])
    return {(item["kind"], item["id"]) for item in body["items"]}


@pytest.fixture
def meeting(world):
    row = convened(world)
    write(world.as_(HOST), row, "通报了蓝藻打捞船的调度。")
    text = {"text": "每月互派督察员驻点。"}
    assert world.as_(GUEST).post(f"/meetings/{row['id']}/decisions", text).status == 201
    return row


def test_a_meeting_is_found_by_title_agenda_minutes_and_decisions(world, meeting):
    for words in ("界河共管", "蓝藻打捞", "互派督察", meeting["number"]):
        for who in (HOST, GUEST_OFFICER):
            assert ("meeting", meeting["id"]) in found(world, who, words)
        nothing = search(world, STRANGER, words)
        assert (nothing["total"], [f for f in nothing["facets"] if f["values"]]) == (0, [])
    (item,) = search(world, GUEST, "蓝藻打捞")["items"]
    assert (item["url"], item["stage_name"]) == (f"/meetings/{meeting['id']}", "会议进行中")
    assert "打捞" in "".join(part["text"] for part in item["snippets"][0]["parts"])
    assert found(world, GUEST, "蓝藻打捞", kind="case") == set()
    assert "蓝藻" in world.as_(GUEST).page("/search?q=蓝藻打捞&kind=meeting").body


def test_a_meeting_above_ones_clearance_is_neither_found_nor_counted(world, meeting):
    with world.unit_of_work() as session:
        session.get_one(Meeting, meeting["id"]).classification = 3
        session.execute(update(User).values(clearance=3))
        session.execute(update(User).where(User.username == GUEST_OFFICER).values(clearance=2))
    assert found(world, GUEST, "蓝藻打捞")
    assert search(world, GUEST_OFFICER, "蓝藻打捞")["total"] == 0
    item = lay(world, meeting["id"], title="疏浚淤泥")
    assert ("action_item", item["id"]) in found(world, GUEST, "疏浚淤泥")
    assert search(world, GUEST_OFFICER, "疏浚淤泥")["total"] == 0


def test_an_action_item_is_found_with_its_course(world, meeting):
    item = lay(world, meeting["id"], title="封堵暗渠", detail="南岸第三段")
    assert do(world.as_(GUEST), item["id"], "note", text="已请潜水员勘查").status == 200
    for words in ("封堵暗渠", "第三段", "潜水员"):
        assert ("action_item", item["id"]) in found(world, HOST, words, kind="action_item")
        assert found(world, STRANGER, words) == set()
    mine = found(
        world, HOST, "封堵暗渠", bureau=world.bureau_id("yixing"), stage="action_item.open"
    )
    assert mine == {("action_item", item["id"])}


def test_a_received_record_is_found_by_its_receiver_alone_as_long_as_it_is_kept(world):
    case = new_case(world, title="夜排碱液", description="碱液入河").body
    data = carried(world, approved(world, built(world, kinds=["case"])))
    assert bring(world, data).status == 201
    kept = world.as_(GUEST).get("/received-records", q="碱液").body["items"]
    (one,) = [row for row in kept if row["foreign_id"] == case["id"]]
    assert ("received", one["id"]) in found(world, GUEST, "夜排碱液", kind="received")
    for who in (HOST, STRANGER):
        assert found(world, who, "夜排碱液", kind="received") == set()
    with world.unit_of_work() as session:
        past = utc_now() - timedelta(minutes=1)
        session.execute(update(ReceivedRecord).values(keep_until=past))
    assert search(world, GUEST, "夜排碱液", kind="received")["total"] == 0
    run_due(world)
    with world.unit_of_work() as session:
        held = session.scalar(
            select(SearchRecord.tokens).where(SearchRecord.record_id == one["id"])
        )
    assert "碱液" not in held
    assert "basics0" not in held
