"""What waits is sorted by its deadline, overdue first and red, and red on the map too."""

from __future__ import annotations

import re
from datetime import timedelta

from hub.db import utc_now
from hub.deadlines.services import Subject, start_clock
from tests.support.cases import new_case, share_of
from tests.support.clocks import let_pass

OWNER, LIAISON = "changxing-official", "yixing-liaison"


def todo(world, username: str) -> str:
    page = world.as_(username).page("/").body
    return page[page.index('id="home-todo"') :]


def test_what_is_overdue_comes_first_and_says_by_how_much(world):
    first, second = (new_case(world).body for _ in range(2))
    share = share_of(world, second["id"])
    before = todo(world, LIAISON)
    assert before.index(first["number"]) < before.index(second["number"])
    assert "还剩" in before
    let_pass(world, "share", share["id"], timedelta(hours=75))
    after = todo(world, LIAISON)
    assert after.index(second["number"]) < after.index(first["number"])
    assert re.search(r"is-late.*?逾期3小时", after, re.DOTALL)


def test_a_deadline_near_waits_for_the_person_it_is_laid_on_alone(world):
    case = new_case(world).body
    officer = world.as_("changxing-officer1")
    with world.app.test_request_context(), world.unit_of_work() as session:
        start_clock(
            session,
            Subject("case", case["id"]),
            "D10.report_major",
            starts_at=utc_now() - timedelta(minutes=110),
            bureau_id=officer.bureau_id,
            person_id=officer.user_id,
        )
    assert "特别重大、重大事件报告" in todo(world, "changxing-officer1")
    for other in ("changxing-officer2", OWNER, LIAISON):
        page = world.as_(other).page("/").body
        assert (
            "特别重大、重大事件报告"
            not in page[page.index('id="home-todo"') :].split("</section>")[0]
        )


def test_records_overdue_are_listed_for_those_concerned(world):
    case = new_case(world).body
    share = share_of(world, case["id"])
    record = {"kind": "case", "id": case["id"]}
    assert record not in world.as_(LIAISON).get("/overdue").body["items"]
    let_pass(world, "share", share["id"], timedelta(hours=75))
    for username in (OWNER, LIAISON):
        assert record in world.as_(username).get("/overdue").body["items"]
    assert world.as_("nanxun-liaison").get("/overdue").body["items"] == []
    assert world.as_("yixing-auditor").get("/overdue").status == 403
