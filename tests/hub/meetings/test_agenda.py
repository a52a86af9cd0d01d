"""The agenda: own points, what the live data propose, and who sees what of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from hub.action_items.models import ActionItem
from hub.agreements.models import Agreement
from hub.patrols.models import Patrol, PatrolState
from tests.support.cases import new_case, share_of
from tests.support.field import fetch
from tests.support.meetings import (
    GUEST,
    GUEST_OFFICER,
    HOST,
    STRANGER,
    act,
    add_item,
    called,
    convened,
    countersign,
    ended,
    in_days,
    lay,
    room_points,
    upload,
)
from tests.support.requests import assistance, fetched, sent

# What an agenda proposes is decided in views that other tests read on either database.
pytestmark = pytest.mark.once


def proposals(world, row, who=HOST, **query):
    answer = world.as_(who).get(f"/meetings/{row['id']}/proposals", **query)
    assert answer.status == 200, answer.body
    return answer.body


def found(world, row, code, record_id, who=HOST):
    items = proposals(world, row, who)["items"]
    return next((one for one in items if (one["code"], one["id"]) == (code, record_id)), None)


def take(world, row, one, who=HOST):
    source = {name: one[name] for name in ("code", "kind", "id")}
    return world.as_(who).post(f"/meetings/{row['id']}/agenda", {"source": source})


def test_points_are_written_ordered_and_removed(world):
    row = called(world)
    for title in ("甲", "乙", "丙"):
        body = add_item(world, row["id"], title).body
    ids = [one["id"] for one in body["agenda"]]
    host = world.as_(HOST)
    url = f"/meetings/{row['id']}/agenda"
    turned = host.put(url, {"ids": ids[::-1]}).body
    assert [one["title"] for one in turned["agenda"]] == ["丙", "乙", "甲"]
    assert host.put(url, {"ids": ids[:2]}).status == 422
    owner = host.user_id
    values = {"minutes": 25, "person_id": owner, "note": "汇报"}
    changed = host.patch(f"{url}/{ids[0]}", values).body
    item = changed["agenda"][2]
    assert (item["minutes"], item["person_id"], item["note"]) == (25, owner, "汇报")
    left = host.delete(f"{url}/{ids[1]}").body
    assert [one["title"] for one in left["agenda"]] == ["丙", "甲"]
    assert left["minutes_allotted"] == 35


def test_an_unanswered_letter_is_proposed_and_taken_over_once(world):
    row = called(world)
    letter = sent(world)
    one = found(world, row, "request_waiting", letter["id"])
    assert one["bureau_name"] == "宜兴"
    assert found(world, row, "request_waiting", letter["id"], GUEST)["title"] == one["title"]
    taken = take(world, row, one)
    assert taken.status == 201
    assert letter["title"] in taken.body["agenda"][0]["title"]
    assert take(world, row, one, GUEST).status == 409
    assert found(world, row, "request_waiting", letter["id"])["on_agenda"]


def test_a_draft_of_the_neighbour_is_proposed_to_nobody_and_cannot_be_taken(world):
    row = called(world)
    draft = world.as_("changxing-officer1").post("/requests", assistance(world)).body
    assert found(world, row, "request_waiting", draft["id"]) is None
    assert draft["title"] not in str(proposals(world, row, GUEST))
    guess = {"code": "request_waiting", "kind": "request", "id": draft["id"]}
    assert take(world, row, guess, GUEST).status == 404


def test_a_share_on_the_agenda_shows_its_case_on_the_shared_screen(world):
    row = called(world)
    case = new_case(world).body["id"]
    take(world, row, found(world, row, "share_waiting", share_of(world, case)["id"]))
    assert act(world.as_(HOST), row["id"], "fix_agenda").status == 200
    for who in (HOST, GUEST):
        (point,) = room_points(world.as_(who), row["id"])
        assert (point["kind"], point["id"]) == ("case", case)


def test_a_record_that_closes_to_a_reader_stays_on_the_agenda_without_its_name(world):
    row = called(world)
    items = proposals(world, row, gap_days=1)["items"]
    one = next(one for one in items if one["code"] == "finding_open")
    recorder = world.as_(HOST).get(f"/findings/{one['id']}").body["bureau_id"]
    other = GUEST if recorder == world.bureau_id("changxing") else HOST
    assert take(world, row, one).status == 201
    seen = world.as_(other).get(f"/meetings/{row['id']}").body["agenda"][0]
    assert (seen["hidden"], seen["record_id"]) == (False, one["id"])
    # At the table by its words; in a file, which outlives a recall, by the number alone.
    finding = world.as_(other).get(f"/findings/{one['id']}").body
    words = f"{finding['category_name']}：{finding['text'][:10]}"
    assert words in seen["title"]
    assert f"（{finding['number']}）" in seen["title"]
    _status, calendar, _headers = fetch(world.as_(other), f"/api/v1/meetings/{row['id']}.ics")
    folded = calendar.decode().replace("\r\n ", "")
    assert finding["number"] in folded
    assert finding["text"][:10] not in folded
    agreement = world.as_("changxing-official").get(f"/agreements/{row['agreement_id']}").body
    stop = f"/agreements/{agreement['id']}/suspend"
    answer = world.as_("changxing-official").post(stop, {"reason": "复核"})
    assert answer.status == 200, answer.body
    seen = world.as_(other).get(f"/meetings/{row['id']}").body["agenda"][0]
    assert (seen["hidden"], seen["url"], seen["record_id"]) == (True, None, None)
    assert seen["title"] == "尚未处理的发现"


def test_zones_without_a_patrol_are_proposed_with_how_long_it_is(world):
    row = called(world)

    def patrolled(days: int) -> None:
        with world.unit_of_work() as session:
            done = update(Patrol).where(Patrol.state == PatrolState.COMPLETED.value)
            assert session.execute(done.values(ended_at=in_days(-days))).rowcount

    def gaps(**query: int) -> dict[str, str]:
        items = proposals(world, row, **query)["items"]
        return {one["id"]: one["why"] for one in items if one["code"] == "zone_gap"}

    patrolled(41)
    assert "41天没有巡查" in gaps().values()
    (zone,) = (one for one, why in gaps().items() if why == "41天没有巡查")
    one = found(world, row, "zone_gap", zone, GUEST)
    assert one["url"] == f"/zones/{zone}"
    assert zone not in gaps(gap_days=42)
    patrolled(0)
    assert zone not in gaps()


def test_findings_that_nobody_took_up_are_proposed(world):
    items = proposals(world, called(world))["items"]
    open_ones = [one for one in items if one["code"] == "finding_open"]
    assert open_ones
    assert all(one["url"] and one["why"].startswith("发现") for one in open_ones)


def test_more_records_of_a_kind_take_no_more_questions(world):
    row = called(world)

    def asked() -> int:
        with world.hearing("before_cursor_execute") as statements:
            proposals(world, row)
        return len(statements)

    sent(world)
    asked()
    few = asked()
    for _number in range(4):
        sent(world)
    assert asked() == few


def test_an_open_action_item_comes_back_on_the_next_agenda(world):
    first = ended(world)
    item = lay(world, first["id"])
    assert countersign(world, first["id"]).body["state"] == "actions_open"
    start = in_days(40)
    following = called(
        world, title="下一次", starts_at=start.isoformat(), ends_at=in_days(40.1).isoformat()
    )
    one = found(world, following, "action_open", item["id"])
    assert one["bureau_name"] == "宜兴"
    assert take(world, following, one, GUEST).status == 201
    letter = sent(world)
    since = proposals(world, following)["since_last"]
    assert (since["last"]["id"], since["since"] is None) == (first["id"], False)
    assert {"request", "action_item"} <= {one["kind"] for one in since["counts"]}
    (news,) = (one for one in since["items"] if one["id"] == letter["id"])
    assert (news["url"], letter["title"] in news["title"]) == (f"/requests/{letter['id']}", True)
    assert since["items"][0]["id"] == letter["id"]


def test_an_action_item_whose_day_has_passed_is_proposed_as_late(world):
    first = ended(world)
    item = lay(world, first["id"], due_on=in_days(3).date().isoformat())
    following = called(world, title="下一次")
    assert found(world, following, "action_open", item["id"])["why"].startswith("还剩")
    with world.unit_of_work() as session:
        row = session.get_one(ActionItem, item["id"])
        row.due_on = row.first_due_on = row.due_on - timedelta(days=10)
    assert found(world, following, "action_open", item["id"]) is None
    for who in (HOST, GUEST):
        one = found(world, following, "action_overdue", item["id"], who)
        assert one["why"].startswith("逾期")
        assert one["bureau_name"] == "宜兴"
    assert take(world, following, one, GUEST).status == 201


def test_an_agreement_that_soon_runs_out_is_proposed_by_its_last_day(world):
    row = called(world)
    code, agreement_id = "agreement_ending", row["agreement_id"]
    assert found(world, row, code, agreement_id) is None

    def let_end(days: int) -> None:
        with world.unit_of_work() as session:
            version = session.get_one(Agreement, agreement_id).versions[-1]
            version.valid_to = in_days(days)

    let_end(91)
    assert found(world, row, code, agreement_id) is None
    let_end(60)
    for who in (HOST, GUEST):
        assert "到期" in found(world, row, code, agreement_id, who)["why"]
    taken = take(world, row, found(world, row, code, agreement_id))
    assert taken.status == 201
    assert taken.body["agenda"][0]["url"] == f"/agreements/{agreement_id}"


def test_material_of_a_point_is_the_parties_own(world):
    row = called(world)
    item = add_item(world, row["id"]).body["agenda"][0]
    url = f"/meetings/{row['id']}/agenda/{item['id']}/files"
    file = upload(world.as_(GUEST), url).body
    shown = world.as_(HOST).get(f"/meetings/{row['id']}").body["agenda"][0]["files"]
    assert [one["id"] for one in shown] == [file["id"]]
    assert fetched(world, HOST, file["url"])[0] == 200
    assert fetched(world, STRANGER, file["url"])[0] == 404
    assert world.as_(HOST).delete(f"/meetings/{row['id']}/agenda/{item['id']}").status == 409


def test_an_officer_reads_the_agenda_and_does_not_change_it(world):
    row = called(world)
    assert world.as_(GUEST_OFFICER).get(f"/meetings/{row['id']}").body["may"]["agenda"] is False
    assert add_item(world, row["id"], who=GUEST_OFFICER).status == 403


def test_after_the_meeting_the_agenda_stands(world):
    row = convened(world)
    act(world.as_("changxing-official"), row["id"], "end")
    assert add_item(world, row["id"], "迟到的议题").status == 409
