"""The audit trail: own chain only, filters, export, and a tampered row is named."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.support.cases import new_case, share_of

AUDITOR = "changxing-auditor"


def entries(world, **query):
    return world.as_(AUDITOR).get("/audit", **query).body["items"]


def test_only_the_auditor_reads_the_trail(world):
    for role in ("official", "officer1", "sysadmin", "secadmin"):
        assert world.as_(f"changxing-{role}").get("/audit").status == 403
        assert world.as_(f"changxing-{role}").get("/audit/verify").status == 403
        assert world.as_(f"changxing-{role}").page("/audit").status == 403
    assert world.as_(AUDITOR).get("/audit").status == 200


def test_an_act_stands_in_the_chains_of_those_concerned_and_in_no_other(world):
    case = new_case(world).body
    world.as_("yixing-liaison").get(f"/cases/{case['id']}")
    assert [e["action"] for e in entries(world, record=case["id"])] == [
        "case.opened",
        "case.shared",
        "case.created",
    ]
    theirs = world.as_("yixing-auditor").get("/audit", record=case["id"]).body["items"]
    assert [e["action"] for e in theirs] == ["case.opened", "case.shared"]
    assert world.as_("nanxun-auditor").get("/audit", record=case["id"]).body["items"] == []


def test_a_person_who_keeps_a_page_open_reads_once(world):
    case = new_case(world).body
    for _time in range(3):
        world.as_("yixing-liaison").get(f"/cases/{case['id']}")
    assert len(entries(world, record=case["id"], action="case.opened")) == 1


def test_no_entry_holds_content(world):
    case = new_case(world, title="审计里不该有的案由").body
    world.as_("changxing-officer1").patch(
        f"/cases/{case['id']}", {"title": "另一个案由"}, version=1
    )
    assert "案由" not in str(entries(world, limit=200))


def test_the_trail_is_filtered_and_paged(world):
    case = new_case(world).body
    share_of(world, case["id"])
    officer = world.as_("changxing-officer1").get("/me").body["name"]
    assert {e["actor_name"] for e in entries(world, person=officer)} == {officer}
    assert {e["kind"] for e in entries(world, kind="case")} == {"case"}
    first = world.as_(AUDITOR).get("/audit", limit=2).body
    second = world.as_(AUDITOR).get("/audit", limit=2, cursor=first["next"]).body
    numbers = [e["number"] for e in first["items"] + second["items"]]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == 4
    assert entries(world, until="2020-01-01T00:00:00Z") == []
    assert world.as_(AUDITOR).get("/audit", since="yesterday").status == 422
    assert entries(world, action="%") == []


def test_the_export_is_the_same_list(world):
    new_case(world)
    csv = world.as_(AUDITOR).get("/audit.csv", kind="case").body
    assert "case.created" in csv
    assert "session" not in csv


@pytest.mark.parametrize("column", ["actor_name", "detail", "at"])
def test_one_edited_row_is_named_by_the_page_the_api_and_the_command_line(world, column):
    case = new_case(world).body
    number = entries(world, record=case["id"], action="case.created")[0]["number"]
    sound = world.as_(AUDITOR).get("/audit/verify").body
    assert (sound["ok"], sound["first_broken"]) == (True, None)
    value = {"actor_name": "别人", "detail": "{}", "at": "2020-01-01 00:00:00.000000"}[column]
    bureau = world.bureau_id("changxing")
    with world.app.app_context(), world.unit_of_work() as session:
        session.execute(
            text(f"UPDATE audit_entry SET {column} = :v WHERE chain = :c AND number = :n"),  # noqa: S608
            {"v": value, "c": bureau, "n": number},
        )
    broken = world.as_(AUDITOR).get("/audit/verify").body
    assert (broken["ok"], broken["first_broken"], broken["what"]) == (False, number, "edited")
    assert f"第{number}条" in broken["text"]
    result = world.app.test_cli_runner().invoke(args=["audit", "verify"])
    assert result.exit_code == 1
    assert f"长兴: BROKEN at entry {number}" in result.output
    assert world.as_("yixing-auditor").get("/audit/verify").body["ok"] is True


def test_the_audit_page_renders(world):
    new_case(world)
    page = world.as_(AUDITOR).page("/audit")
    assert page.status == 200
    assert "校验" in page.body
