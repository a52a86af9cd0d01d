"""Gray: a partner asks for what is only announced; the owner opens named groups, for a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.shares.models import AccessRequest
from sharing.models import Share
from tests.support.cases import last_changes, new_case, share_of

OWNER, ASKER = "changxing-official", "yixing-liaison"
WISH = {"purpose": "joint_enforcement", "reason": "需核对采样照片"}


def soon(hours: float = 24) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


def grant(*groups: str, hours: float = 24) -> dict:
    return {"field_groups": list(groups), "until": soon(hours)}


@pytest.fixture
def case(world):
    return new_case(world).body


@pytest.fixture
def path(world, case):
    return f"/shares/{share_of(world, case['id'])['id']}/access-request"


def fields(world, case, who: str = ASKER) -> dict:
    return world.as_(who).get(f"/cases/{case['id']}").body


def test_a_grant_opens_the_named_groups_until_it_is_withdrawn(world, case, path):
    assert fields(world, case)["access"]["gray_groups"] == ["files"]
    assert "files" not in fields(world, case)
    asked = world.as_(ASKER).post(path, WISH)
    assert asked.status == 200
    assert asked.body["access_request"]["state"] == "open"
    home = world.as_(OWNER).page("/").body
    assert "申请查看" in home
    assert WISH["reason"] in world.as_(OWNER).page(f"/cases/{case['id']}").body
    granted = world.as_(OWNER).post(f"{path}/grant", grant("files"))
    assert granted.status == 200, granted.body
    assert fields(world, case)["files"] == []
    assert fields(world, case)["access"]["gray_groups"] == []
    preview = world.as_(OWNER).get(f"/cases/{case['id']}/preview", bureau=world.bureau_id("yixing"))
    assert preview.body["view"] == fields(world, case)
    assert world.as_(OWNER).post(f"{path}/withdraw", {"reason": "核对已毕"}).status == 200
    assert "files" not in fields(world, case)
    page = world.as_(ASKER).page(f"/cases/{case['id']}").body
    assert "核对已毕" in page
    verbs = [c["verb"] for c in last_changes(world, ASKER, case["id"])]
    assert verbs[-3:] == ["access_asked", "access_granted", "access_withdrawn"]


def test_a_grant_ends_by_itself(world, case, path):
    world.as_(ASKER).post(path, WISH)
    world.as_(OWNER).post(f"{path}/grant", grant("files"))
    with world.app.app_context(), world.unit_of_work() as session:
        session.get(Share, path.split("/")[2]).granted_until -= timedelta(hours=25)
    assert "files" not in fields(world, case)


@pytest.mark.parametrize("groups", [[], ["internal"], ["files", "internal"], ["route"], ["nosuch"]])
def test_a_grant_cannot_go_beyond_the_terms(world, case, path, groups):
    world.as_(ASKER).post(path, WISH)
    answer = world.as_(OWNER).post(f"{path}/grant", grant(*groups))
    assert answer.status == 422
    assert answer.body["errors"][0]["field"] == "field_groups"
    past = world.as_(OWNER).post(f"{path}/grant", grant("files", hours=-1))
    assert past.body["errors"][0]["field"] == "until"
    assert "files" not in fields(world, case)


def test_a_refusal_gives_its_reason_and_he_may_ask_again(world, case, path):
    world.as_(ASKER).post(path, WISH)
    assert world.as_(OWNER).post(f"{path}/refuse", {"reason": " "}).status == 422
    refused = world.as_(OWNER).post(f"{path}/refuse", {"reason": "案件尚在调查"}).body
    assert refused["access_request"]["answer"] == "案件尚在调查"
    assert "案件尚在调查" in world.as_(ASKER).page(f"/cases/{case['id']}").body
    again = world.as_(ASKER).post(path, WISH).body
    assert again["access_request"]["state"] == "open"


def test_the_second_answer_is_told_what_the_first_was(world, case, path):
    world.as_(ASKER).post(path, WISH)
    world.as_(ASKER).post(path, WISH | {"reason": "再问一次"})
    assert share_of(world, case["id"])["access_request"]["reason"] == WISH["reason"]
    world.as_(OWNER).post(f"{path}/refuse", {"reason": "否"})
    late = world.as_(OWNER).post(f"{path}/grant", grant("files"))
    assert (late.status, late.body["request_state"]) == (409, "refused")
    assert world.as_(OWNER).post(f"{path}/withdraw", {"reason": "x"}).status == 409


def test_nothing_more_to_ask_for_and_an_ended_share_are_conflicts(world, case, path):
    assert world.as_(OWNER).post(f"{path}/refuse", {"reason": "x"}).status == 409
    world.as_(ASKER).post(path, WISH)
    world.as_(OWNER).post(f"{path}/grant", grant("files"))
    assert world.as_(ASKER).post(path, WISH).status == 409
    share = path.removesuffix("/access-request")
    world.as_(OWNER).post(f"{share}/recall", {"reason": "收回"})
    assert world.as_(ASKER).post(path, WISH).status == 409
    assert world.as_(OWNER).post(f"{path}/withdraw", {"reason": "x"}).status == 409
    assert world.as_(ASKER).get(f"/cases/{case['id']}").status == 404


def test_who_may_ask_and_who_may_answer(world, path):
    for who, status in (("yixing-officer1", 403), (OWNER, 404), ("nanxun-official", 404)):
        assert world.as_(who).post(path, WISH).status == status
    world.as_(ASKER).post(path, WISH)
    for act, body in (("grant", grant("files")), ("refuse", {"reason": "x"})):
        for who, status in (
            ("changxing-officer1", 403),
            ("yixing-official", 404),
            ("nanxun-official", 404),
        ):
            assert world.as_(who).post(f"{path}/{act}", body).status == status
    assert world.as_("yixing-official").post(f"{path}/withdraw", {"reason": "x"}).status == 404


def test_a_late_answer_turns_red(world, case, path):
    world.as_(ASKER).post(path, WISH)
    with world.app.app_context(), world.unit_of_work() as session:
        for row in session.query(AccessRequest):
            row.due_at -= timedelta(hours=100)
    for who, page in (
        (OWNER, "/"),
        (OWNER, f"/cases/{case['id']}"),
        (ASKER, f"/cases/{case['id']}"),
    ):
        assert "逾期未答复" in world.as_(who).page(page).body
