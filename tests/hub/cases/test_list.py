"""The list of cases: narrowing, order by deadline, and its exports."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from hub.cases.models import Case
from hub.db import utc_now
from hub.deadlines.models import Clock
from hub.zones.models import Zone
from tests.hub.cases.test_measures import newest, take
from tests.hub.cases.test_steps import Way
from tests.support.cases import CHANGXING, new_case, off_zone, share_of
from tests.support.clocks import let_pass

OFFICER, PARTNER = "changxing-officer1", "yixing-officer1"


def ids(world, who=OFFICER, **query):
    answer = world.as_(who).get("/cases", limit=200, **query)
    assert answer.status == 200, answer.body
    return [one["id"] for one in answer.body["items"]]


def late(world, clock):
    """Let a clock be over since yesterday."""
    with world.unit_of_work() as session:
        past = utc_now() - timedelta(days=1)
        session.execute(update(Clock).where(Clock.id == clock["id"]).values(due_at=past))


def binding_zone(world):
    with world.unit_of_work() as session:
        return session.scalars(select(Zone.id).where(Zone.binding_version.is_not(None))).first()


def test_a_zone_holds_what_lies_in_its_strips(world):
    inside, outside = new_case(world).body["id"], new_case(world, off_zone(world)).body["id"]
    for who in (OFFICER, PARTNER):
        found = ids(world, who, zone=binding_zone(world))
        assert inside in found
        assert outside not in found
    assert ids(world, "nanxun-officer1", zone=binding_zone(world)) == []


def test_handlers_narrow_own_cases_and_tell_a_partner_nothing(world):
    me = world.as_(OFFICER).user_id
    mine, other = new_case(world, handlers=[me]).body["id"], new_case(world).body["id"]
    found = ids(world, handler=me)
    assert mine in found
    assert other not in found
    assert ids(world, PARTNER, handler=me) == []


def test_days_are_those_of_the_bureaus_clock(world):
    case = new_case(world).body["id"]
    at = "2026-03-09T16:30:00+00:00"  # the tenth in China
    with world.unit_of_work() as session:
        values = {"opened_at": utc_now().fromisoformat(at)}
        session.execute(update(Case).where(Case.id == case).values(**values))
    assert case in ids(world, opened_from="2026-03-10", opened_to="2026-03-10")
    assert case not in ids(world, opened_to="2026-03-09")
    assert case in ids(world, PARTNER, opened_from="2026-03-10", adcode=CHANGXING)


def test_an_answer_that_is_late_is_red_in_list_and_map_of_both_sides(world):
    case = new_case(world).body
    let_pass(world, "share", share_of(world, case["id"])["id"], timedelta(days=30))
    for who in (OFFICER, PARTNER):
        assert case["id"] in ids(world, who, overdue="true")
        pins = world.as_(who).get("/cases.geojson").body["features"]
        assert {p["id"] for p in pins if p["properties"].get("overdue")} >= {case["id"]}
        row = world.as_(who).page("/cases?overdue=1").body.partition("case-list")[2]
        assert "共享的签收" in row
    world.as_("yixing-liaison").post(f"/shares/{share_of(world, case['id'])['id']}/accept")
    for who in (OFFICER, PARTNER):
        assert case["id"] not in ids(world, who, overdue="true")


def test_what_is_overdue_stands_alone_when_asked(world):
    way, calm = Way(world).walk("filed", "investigating"), new_case(world).body["id"]
    assert way.id not in ids(world, overdue="true")
    late(world, newest(take(way, "seizure"))["clocks"][0])
    found = ids(world, overdue="true")
    assert way.id in found
    assert calm not in found
    # The deadline is the owner's; a partner's list says nothing of it.
    assert way.id not in ids(world, PARTNER, overdue="true")
    pins = way.officer.get("/cases.geojson").body["features"]
    assert {p["id"] for p in pins if p["properties"].get("overdue")} >= {way.id}


def test_the_soonest_deadline_comes_first_page_by_page(world):
    way = Way(world).walk("filed", "investigating")
    late(world, newest(take(way, "seizure"))["clocks"][0])
    everything, cursor = [], None
    while True:
        page = way.officer.get("/cases", sort="due", limit=2, cursor=cursor).body
        everything += [one["id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert everything[0] == way.id
    assert len(everything) == len(set(everything))
    assert set(everything) == set(ids(world))
    # The files come in the order of the page, and JSON is one of them.
    numbers = [way.officer.get(f"/cases/{one}").body["number"] for one in everything]
    rows = way.officer.get("/cases.json", sort="due").body["items"]
    assert [row["number"] for row in rows] == numbers
    assert [row["编号"].value for row in workbook(world, OFFICER, sort="due")] == numbers
    newest_first = [row["编号"].value for row in workbook(world, OFFICER, scope="own")]
    assert newest_first == sorted(newest_first, reverse=True)


@pytest.mark.parametrize("wrong", [{"sort": "title"}, {"opened_from": "gestern"}, {"x": "1"}])
def test_what_cannot_be_asked_is_refused(world, wrong):
    assert world.as_(OFFICER).get("/cases", **wrong).status == 422


def workbook(world, who, **query):
    caller = world.as_(who)
    with caller.app.test_client() as client:
        answer = client.get(
            "/api/v1/cases.xlsx",
            headers={"Authorization": f"Bearer {caller.token}"},
            query_string=query,
        )
    assert answer.status_code == 200
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows())
    heads = [cell.value for cell in rows[0]]
    return [dict(zip(heads, row, strict=True)) for row in rows[1:]]


def test_the_workbook_holds_text_and_no_formula(world):
    case = new_case(world, title="=1+2", description="http://example.org/").body
    row = next(r for r in workbook(world, OFFICER) if r["编号"].value == case["number"])
    assert (row["案由"].value, row["案由"].data_type) == ("=1+2", "s")
    assert row["案情"].hyperlink is None
    assert row["经度"].data_type == "n"


def test_the_workbook_of_a_partner_holds_what_his_list_holds(world):
    handler = world.as_(OFFICER)
    case = new_case(world, handlers=[handler.user_id], own_number="长环立〔2026〕7号").body
    hidden = new_case(world, off_zone(world)).body
    rows = workbook(world, PARTNER)
    row = next(r for r in rows if r["编号"].value == case["number"])
    assert (row["承办人"].value, row["本单位案号"].value) == (None, None)
    assert hidden["number"] not in {r["编号"].value for r in rows}


def test_the_page_keeps_its_filters_in_the_address(world):
    me = world.as_(OFFICER)
    new_case(world, handlers=[me.user_id], title="承办的案件")
    page = me.page(f"/cases?handler={me.user_id}&sort=due&opened_from=2026-01-01").body
    assert "承办的案件" in page
    assert f'value="{me.user_id}" selected' in page
    assert 'value="2026-01-01"' in page
    assert f"cases.xlsx?handler={me.user_id}&amp;sort=due" in page
