"""Joint handling: one workspace of both sides' handlers, each item its bureau's own."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest

from tests.hub.requests.test_other_kinds import joint, user_id
from tests.support.cases import new_case
from tests.support.requests import (
    LIAISON,
    OFFICER,
    OFFICIAL,
    STRANGER,
    THEIR_LIAISON,
    THEIR_OFFICER,
    act,
    done,
    fetched,
    pdf,
    sent,
    upload,
)
from tests.support.world import Answer

SECOND, THEIR_SECOND = "changxing-officer2", "yixing-officer2"
OUTSIDERS = (SECOND, LIAISON, OFFICIAL, THEIR_SECOND, THEIR_LIAISON, STRANGER)


def begun(world):
    row = sent(world, joint(world, new_case(world).body))
    them = [user_id(world, THEIR_OFFICER)]
    return done(world, row["id"], (THEIR_LIAISON, "accept", {"handlers": them}))


def space(world, row, who=OFFICER):
    return world.as_(who).get(f"/requests/{row['id']}/workspace")


def add(world, row, who, text="我方已取样", **more):
    body = {"sort": "note", "text": text} | more
    return world.as_(who).post(f"/requests/{row['id']}/workspace/items", body)


def task(world, row, who, to, **more):
    body = {"sort": "task", "assignee_id": user_id(world, to)} | more
    return add(world, row, who, "下游断面采样", **body)


def put_file(world, row, who, name="采样单.pdf"):
    form = {"file": (io.BytesIO(pdf(name)), name), "text": "现场"}
    with world.app.test_client() as client:
        answer = client.post(
            f"/api/v1/requests/{row['id']}/workspace/files", data=form,
            content_type="multipart/form-data",
            headers={"Authorization": f"Bearer {world.as_(who).token}"},
        )  # fmt: skip
    return Answer(answer.status_code, answer.get_json(), {})


def item_act(world, row, who, item, name, **body):
    path = f"/requests/{row['id']}/workspace/items/{item['id']}/{name}"
    return world.as_(who).post(path, body)


def suspend(world):
    official = world.as_(OFFICIAL)
    items = official.get("/agreements").body["items"]
    agreement = next(item for item in items if item["state"] == "in_force")
    official.post(f"/agreements/{agreement['id']}/suspend", {"reason": "另议"})


def test_handlers_of_both_sides_see_what_each_contributes(world):
    row = begun(world)
    add(world, row, OFFICER, "我方已取样")
    add(world, row, THEIR_OFFICER, "下游同步监测")
    put_file(world, row, THEIR_OFFICER)
    for who in (OFFICER, THEIR_OFFICER):
        items = space(world, row, who).body["items"]
        assert [item["text"] for item in items] == ["我方已取样", "下游同步监测", "现场"]
        assert [item["own"] for item in items] == [who == OFFICER] + [who != OFFICER] * 2
        status, data = fetched(world, who, items[-1]["file"]["url"])
        assert (status, data[:4]) == (200, b"%PDF")


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_but_the_handlers_sees_anything_of_it(world, who):
    row = begun(world)
    add(world, row, OFFICER, "暗管走向")
    file = put_file(world, row, OFFICER).body["items"][-1]["file"]
    assert space(world, row, who).status == 404
    assert world.as_(who).get(f"/requests/{row['id']}/workspace.csv").status == 404
    assert add(world, row, who).status == 404
    assert put_file(world, row, who).status == 404
    assert fetched(world, who, file["url"])[0] == 404
    page = world.as_(who).page(f"/requests/{row['id']}")
    assert "暗管走向" not in page.body
    assert "暗管走向" not in str(world.as_(who).get(f"/requests/{row['id']}").body)
    assert "暗管走向" not in str(world.as_(who).get("/changes", limit=200).body)


def test_the_terms_of_the_moment_hold_for_the_other_sides_items(world):
    row = begun(world)
    add(world, row, OFFICER)
    file = put_file(world, row, OFFICER).body["items"][-1]["file"]
    suspend(world)
    theirs = space(world, row, THEIR_OFFICER).body["items"]
    assert [(item["hidden"], item["text"], item["file"]) for item in theirs] == [
        (True, None, None)
    ] * 2
    assert fetched(world, THEIR_OFFICER, file["url"])[0] == 404
    assert not any(item["hidden"] for item in space(world, row).body["items"])
    assert fetched(world, OFFICER, file["url"])[0] == 200
    csv = world.as_(THEIR_OFFICER).get(f"/requests/{row['id']}/workspace.csv").body
    assert "我方已取样" not in csv


def test_a_task_is_laid_on_a_handler_and_done_by_his_side(world):
    row = begun(world)
    due = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    item = task(world, row, OFFICER, THEIR_OFFICER, due_at=due).body["items"][-1]
    home = world.as_(THEIR_OFFICER).page("/").body
    assert "下游断面采样" in home
    told = world.as_(THEIR_OFFICER).get("/notifications").body["items"]
    assert "task" in [one["verb"] for one in told if one["url"] == f"/requests/{row['id']}"]
    assert item_act(world, row, OFFICER, item, "done", text="").status == 404
    after = item_act(world, row, THEIR_OFFICER, item, "done", text="已采样三份").body["items"][-1]
    assert (after["done_text"], after["overdue"]) == ("已采样三份", False)
    assert item_act(world, row, THEIR_OFFICER, item, "done").status == 409
    assert "下游断面采样" not in world.as_(THEIR_OFFICER).page("/").body


def test_a_task_goes_to_handlers_alone(world):
    row = begun(world)
    for who in (SECOND, THEIR_LIAISON):
        refused = task(world, row, OFFICER, who)
        assert refused.status == 422
        assert refused.body["errors"][0]["field"] == "assignee_id"


def test_what_is_taken_back_leaves_a_tombstone(world):
    row = begun(world)
    file = put_file(world, row, OFFICER).body["items"][-1]
    assert item_act(world, row, THEIR_OFFICER, file, "withdraw").status == 404
    assert item_act(world, row, OFFICER, file, "withdraw").status == 200
    theirs = space(world, row, THEIR_OFFICER).body["items"][-1]
    assert (theirs["hidden"], theirs["text"], theirs["file"]) == (True, None, None)
    assert theirs["withdrawn_at"]
    assert fetched(world, THEIR_OFFICER, file["file"]["url"])[0] == 404
    assert fetched(world, OFFICER, file["file"]["url"])[0] == 200
    assert item_act(world, row, OFFICER, file, "withdraw").status == 409


def test_it_closes_with_the_request_and_stays_readable(world):
    row = begun(world)
    add(world, row, OFFICER)
    done(world, row["id"], (THEIR_LIAISON, "end", {"text": "已查清"}))
    assert add(world, row, OFFICER).status == 409
    assert put_file(world, row, OFFICER).status == 409
    for who in (OFFICER, THEIR_OFFICER):
        told = space(world, row, who).body
        assert told["open"] is False
        assert len(told["items"]) == 1


def test_who_is_handler_no_more_is_out_at_once(world):
    row = begun(world)
    add(world, row, OFFICER)
    second = [user_id(world, SECOND)]
    done(world, row["id"], (LIAISON, "handlers", {"handlers": second}))
    assert space(world, row, OFFICER).status == 404
    assert space(world, row, SECOND).status == 200


def test_files_of_a_joint_case_go_into_the_workspace(world):
    row = begun(world)
    assert upload(world, OFFICER, row["id"]).status == 409
    assert act(world.as_(OFFICER), row["id"], "message", text="留言").status == 404


def test_the_readings_stand_in_the_other_sides_trail(world):
    row = begun(world)
    add(world, row, OFFICER)
    space(world, row, THEIR_OFFICER)
    entries = world.as_("changxing-auditor").get("/audit", record=row["id"]).body["items"]
    read = [one for one in entries if one["action"] == "request.workspace_read"]
    assert read
    assert read[0]["actor_id"] == user_id(world, THEIR_OFFICER)


def test_state_secrets_and_empty_notes_stay_out(world):
    row = begun(world)
    assert add(world, row, OFFICER, "机密★10年").status == 422
    assert add(world, row, OFFICER, " ").status == 422
    assert space(world, row).body["items"] == []


def test_the_page_shows_it_by_sort(world):
    row = begun(world)
    add(world, row, OFFICER, "只在记录里")
    task(world, row, OFFICER, THEIR_OFFICER)
    path = f"/requests/{row['id']}"
    officer = world.as_(OFFICER)
    assert "只在记录里" in officer.page(path).body
    assert "只在记录里" not in officer.page(f"{path}?show=task").body
    assert "下游断面采样" in officer.page(f"{path}?show=task").body


def test_a_longer_list_of_requests_asks_the_database_no_more(world):
    for reader in (OFFICER, THEIR_OFFICER):
        counted = []
        for _turn in range(2):
            sent(world, joint(world, new_case(world).body))
            world.as_(reader).get("/requests", limit=1)
            with world.hearing("before_cursor_execute") as statements:
                found = world.as_(reader).get("/requests", limit=100).body["items"]
            counted.append((len(found), len(statements)))
        (few, for_few), (many, for_many) = counted
        assert many == few + 1
        assert for_many == for_few, reader
