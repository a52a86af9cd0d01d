"""The report of a patrol and the figures of a period, on the demo's patrol that has ended."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from docx import Document
from PIL import Image
from pypdf import PdfReader
from shapely.geometry import LineString, Point, box

from hub.clock import SHANGHAI
from hub.patrols.models import Patrol
from hub.reports.pages import chart_of
from hub.reports.patrol import content_hash
from hub.reports.picture import Drawing, Spot, patrol_map
from tests.support.field import fetch
from tests.support.world import World

OURS, THEIRS, STRANGER = "changxing-officer1", "yixing-officer1", "nanxun-officer1"


def patrols(world: World, state: str) -> list[dict[str, Any]]:
    return [p for p in world.as_(OURS).get("/patrols").body["items"] if p["state"] == state]


@pytest.mark.once
def test_a_report_says_all_that_the_reader_may_see(world):
    patrol = patrols(world, "completed")[0]
    url = f"/patrols/{patrol['id']}/report"
    found = world.as_(OURS).get(f"{url}.json").body
    content = found["content"]
    assert found["sha256"] == content_hash(content)
    assert len(content["units"]) == 2
    assert len(content["findings"]) == 3
    assert len(content["photos"]) == 3
    assert len(content["reviews"]) == 2
    assert [one["state"] for one in content["inspections"]] == ["已封存"]
    assert content["figures"]["distance_m"] > 5_000
    # The other side reads its own: the same patrol, as far as the terms go.
    theirs = world.as_(THEIRS).get(f"{url}.json").body
    assert theirs["content"]["patrol"] == content["patrol"]
    assert theirs["sha256"] != found["sha256"]
    for form, head in (("pdf", b"%PDF"), ("docx", b"PK")):
        assert fetch(world.as_(STRANGER), f"/api/v1{url}.{form}")[0] == 404
        status, data, _headers = fetch(world.as_(OURS), f"/api/v1{url}.{form}")
        assert (status, data[: len(head)]) == (200, head)
        text = _pdf_text(data) if form == "pdf" else _word_text(data)
        assert found["sha256"] in text.replace("\n", "")
        assert content["findings"][0]["number"] in text.replace("\n", "")
    under_way = patrols(world, "in_progress")[0]
    refused = world.as_(OURS).get(f"/patrols/{under_way['id']}/report.json")
    assert (refused.status, refused.body["rule"]) == (409, "report.ended")


def _pdf_text(data: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def _word_text(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return "".join([*cells, *(p.text for p in document.paragraphs)])


@pytest.mark.once
def test_the_demo_patrol_went_as_people_go(world):
    patrol = patrols(world, "completed")[0]
    found = world.as_(OURS).get(f"/patrols/{patrol['id']}/truth").body
    assert found["score"] >= 95
    assert not [one for one in found["reasons"] if one["cost"]]


@pytest.mark.once
def test_a_newcomer_finds_a_sealed_record(world):
    items = world.as_(OURS).get("/inspections").body["items"]
    assert [one["state"] for one in items] == ["sealed"]
    assert len(items[0]["documents"]) == 2


def test_a_map_is_drawn_from_shapes_alone():
    ground = [("a", box(120.0, 31.0, 120.02, 31.01)), ("b", box(120.0, 31.01, 120.02, 31.02))]
    route = LineString([(120.004, 31.004), (120.016, 31.016)])
    drawing = Drawing(
        strips=ground,
        line=LineString([(120.0, 31.01), (120.02, 31.01)]),
        route=route,
        tracks=[("a", route), ("b", Point(120.01, 31.012).buffer(0.001).boundary)],
        findings=[Spot(1, 120.01, 31.01)],
        checks=[Spot(0, 120.006, 31.006)],
    )
    image = Image.open(io.BytesIO(patrol_map(drawing)))
    colours = {colour for _count, colour in image.getcolors(1 << 24)}
    assert {(223, 241, 244), (252, 236, 216), (168, 35, 27)} <= colours
    assert image.width == 1600


def test_figures_by_month_and_partner(world):
    found = world.as_(OURS).get("/reports/patrols", until=_ahead()).body
    total = found["total"]
    assert (total["planned"], total["done"], total["cancelled"]) == (4, 1, 0)
    assert total["findings"] == 3
    assert total["closed"] == 1
    assert total["closure_rate"] == 0.333
    assert (total["own_rating"], total["partner_rating"]) == (4.2, 4.2)
    assert total["km"] > 8
    assert total["records"] == 1
    assert sum(one["planned"] for one in found["items"]) == 4
    assert {one["partner_name"] for one in found["items"]} == {"宜兴"}
    assert 0 < found["zones"][0]["share"] < 1
    other = world.bureau_id("wujiang")
    assert world.as_(OURS).get("/reports/patrols", partner_id=other).body["items"] == []
    assert world.as_(STRANGER).get("/reports/patrols").body["total"]["planned"] == 0
    assert world.as_("changxing-sysadmin").get("/reports/patrols").status == 403
    wrong = world.as_(OURS).get("/reports/patrols", since="2026-02-02", until="2026-01-01")
    assert [one["field"] for one in wrong.body["errors"]] == ["until"]
    long = world.as_(OURS).get("/reports/patrols", since="2001-01-01", until="2026-01-01")
    assert [one["field"] for one in long.body["errors"]] == ["since"]


def _ahead() -> str:
    """A day by which the demo's patrol of next week has begun, wherever the month ends."""
    return (datetime.now(SHANGHAI).date() + timedelta(days=40)).isoformat()


def test_a_month_is_that_of_the_bureaus_clock(world):
    done = patrols(world, "completed")[0]["id"]
    with world.unit_of_work() as session:
        # 23:30 on the last of May in Greenwich is June on the border.
        moment = datetime(2025, 5, 31, 23, 30, tzinfo=SHANGHAI) + timedelta(hours=8)
        session.get_one(Patrol, done).starts_at = moment
    asked = {"since": "2025-06-01", "until": "2025-06-01"}
    items = world.as_(OURS).get("/reports/patrols", **asked).body["items"]
    assert [(one["month"], one["done"]) for one in items] == [("2025-06", 1)]
    before = {"since": "2025-05-01", "until": "2025-05-31"}
    assert world.as_(OURS).get("/reports/patrols", **before).body["items"] == []
    text = (
        world.as_(OURS).page("/api/v1/reports/patrols.csv?since=2025-06-01&until=2025-06-01").body
    )
    assert "2025-06" in text


@pytest.mark.once
def test_the_page_of_figures(world):
    page = world.as_(OURS).page("/reports").body
    assert 'id="months"' in page
    empty = world.as_(OURS).page("/reports?since=2001-01-01&until=2001-02-01").body
    assert "这一时期没有联合巡查" in empty
    assert world.as_(OURS).page(f"/reports?since=nonsense&until={date.max}").status == 422


def test_the_marks_over_months_are_two_lines():
    months = [("2026-01", 4.0, 3.0), ("2026-02", 5.0, None)]
    rows = [{"month": m, "own_rating": a, "partner_rating": b} for m, a, b in months]
    drawn = chart_of(rows)
    assert drawn is not None
    (_a, ours), (_b, theirs) = drawn["lines"]
    assert [one["mark"] for one in ours] == [4.0, 5.0]
    assert ours[1]["y"] < ours[0]["y"]
    assert len(theirs) == 1
    assert chart_of(rows[:1]) is None
