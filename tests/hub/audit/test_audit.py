"""The audit trail: own chain only, filters, export, and a tampered row is named."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, text

from hub.audit.denials import MOST_PER_HOUR
from hub.audit.models import EnteredDenial
from hub.web.paging import encode_cursor
from tests.support.cases import new_case, off_zone, share_of
from tests.support.meetings import called
from tests.support.patrols import propose_patrol, soon
from tests.support.story import binding_zone

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
    auditor = world.as_(AUDITOR)
    csv = auditor.get("/audit.csv", kind="case").body
    assert "case.created" in csv
    assert "session" not in csv
    rows = auditor.get("/audit.json", kind="case", oldest="true").body["items"]
    assert {row["kind"] for row in rows} == {"case"}
    numbers = [row["number"] for row in rows]
    assert numbers == sorted(numbers)
    assert len(numbers) == len(csv.strip().splitlines()) - 1
    for who in ("changxing-official", "changxing-sysadmin"):
        assert world.as_(who).get("/audit.xlsx").status == 403


def test_a_state_is_said_in_words(world):
    called(world)
    rows = world.as_(AUDITOR).page("/audit?kind=meeting").body.partition("<tbody>")[2]
    assert "筹备中" in rows
    assert "proposed" not in rows


def test_a_cursor_of_another_list_leads_nowhere_in_the_trail(world):
    cursor = world.as_("changxing-officer1").get("/cases", limit=1).body["next"]
    for wrong in (cursor, encode_cursor(["9" * 40])):
        assert world.as_(AUDITOR).get("/audit", cursor=wrong).status == 422


def denials(world, auditor, **query):
    """Refusals in the auditor's chain, newest first."""
    return world.as_(auditor).get("/audit", action="access.denied", **query).body["items"]


def test_a_refusal_stands_in_the_chain_of_who_was_refused_and_in_no_other(world):
    case = new_case(world, off_zone(world)).body
    before = len(entries(world, limit=200))
    stranger = world.as_("yixing-officer1")
    assert stranger.get(f"/cases/{case['id']}").status == 404
    assert stranger.page(f"/cases/{case['id']}").status == 404
    theirs = denials(world, "yixing-auditor")
    assert {(e["kind"], e["record_id"], e["detail"]["status"]) for e in theirs} == {
        ("case", case["id"], 404)
    }
    assert {e["detail"]["route"] for e in theirs} == {
        "/api/v1/cases/<case_id>",
        "/cases/<case_id>",
    }
    assert len(entries(world, limit=200)) == before
    assert case["number"] not in str(theirs)
    assert case["title"] not in str(theirs)


def test_what_does_not_exist_is_entered_like_what_is_not_yours(world):
    case = new_case(world, off_zone(world)).body
    stranger = world.as_("yixing-officer1")
    absent = case["id"][:-1] + ("0" if case["id"][-1] != "0" else "1")
    for record_id in (case["id"], absent):
        stranger.get(f"/cases/{record_id}")
    second, first = denials(world, "yixing-auditor")
    assert first["detail"] == second["detail"]
    assert (first["record_id"], second["record_id"]) == (case["id"], absent)


def test_an_act_beyond_the_role_is_entered(world):
    case = new_case(world).body
    world.as_("changxing-auditor").get("/people")
    world.as_("changxing-liaison").patch(f"/cases/{case['id']}", {"title": "x"}, version=1)
    found = {
        (e["kind"], e["detail"]["method"], e["detail"]["status"]) for e in denials(world, AUDITOR)
    }
    assert found == {("user", "GET", 403), ("case", "PATCH", 403)}
    page = world.as_(AUDITOR).page("/audit").body
    assert "更改案件：没有此项权限" in page
    assert "查看人员：没有此项权限" in page


def test_refusals_cannot_fill_the_disk(world):
    stranger = world.as_("yixing-officer1")
    for _time in range(3):
        stranger.get("/cases/no-such-case")
    assert len(denials(world, "yixing-auditor")) == 1
    for number in range(MOST_PER_HOUR + 5):
        assert stranger.get(f"/cases/no-such-case-{number}").status == 404
    assert len(denials(world, "yixing-auditor", limit=200)) == MOST_PER_HOUR
    stranger.get("/cases/" + "x" * 500)
    assert world.as_("yixing-auditor").get("/audit/verify").body["ok"] is True


def test_a_new_hour_is_entered_anew(world):
    stranger = world.as_("yixing-officer1")
    stranger.get("/cases/no-such-case")
    with world.app.app_context(), world.unit_of_work() as session:
        for row in session.scalars(select(EnteredDenial)):
            row.hour -= 1
    stranger.get("/cases/no-such-case")
    assert len(denials(world, "yixing-auditor")) == 2


def test_nobody_is_entered_who_did_not_sign_in(world):
    before = [
        world.as_(f"{b}-auditor").get("/audit", limit=200).body for b in ("changxing", "yixing")
    ]
    with world.app.test_client() as client:
        assert client.get("/api/v1/cases/no-such-case").status_code == 401
    after = [
        world.as_(f"{b}-auditor").get("/audit", limit=200).body for b in ("changxing", "yixing")
    ]
    assert after == before


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


def test_the_page_says_what_was_done_in_words_and_names(world):
    patrol = propose_patrol(world, binding_zone(world))
    case = new_case(world).body
    times = {"starts_at": soon(hours=30).isoformat(), "ends_at": soon(hours=32).isoformat()}
    api = f"/patrols/{patrol['id']}"
    assert world.as_("wujiang-planner").post(f"{api}/propose-time", times).status == 200
    draft = {"changes": {"note": "带采样瓶"}}
    assert world.as_("wuxing-planner").patch(f"{api}/draft", draft, version=0).status == 200
    told = world.as_("wuxing-auditor").page(f"/audit?record={patrol['id']}").body
    assert "方案草稿 · 更新" in told
    assert "plan_draft.updated" not in told
    assert re.search(r"改动\s*(</?[^>]+>\s*)*说明", told)
    share_of(world, case["id"])
    page = world.as_(AUDITOR).page(f"/audit?record={case['id']}").body
    partner = world.as_("yixing-official").get("/me").body
    assert partner["bureau_name"] in page
    assert partner["bureau_id"] not in re.sub(r'title="[^"]*"', "", page)
    listed = world.as_("wuxing-auditor").page("/audit").body
    assert "联合巡查 · 有改期建议" in listed
    assert "content_hash" not in listed
