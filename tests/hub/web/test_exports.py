"""Files for people: moments are told by the bureaus' clock, and can be read back."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from openpyxl import load_workbook

from hub.web.exports import csv_text, json_response, xlsx_response
from tests.support.cases import new_case
from tests.support.requests import assistance, sent

IN_UTC = "2026-11-27T20:05:09.500000Z"
LOCAL = "2026-11-28 04:05:09+08:00"
COLUMNS = [("at", "time")]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (IN_UTC, LOCAL),
        (datetime(2026, 11, 27, 20, 5, 9, tzinfo=UTC), LOCAL),
        ("9999-12-31T23:00:00.000000Z", "9999-12-31 23:00:00+00:00"),
        # What somebody wrote, and what is no moment, stays.
        (f"签收于{IN_UTC}", f"签收于{IN_UTC}"),
        ("2026-13-27T20:05:09.500000Z", "2026-13-27T20:05:09.500000Z"),
        ("2026-11-27", "2026-11-27"),
    ],
)
def test_a_moment_alone_in_its_cell_is_told_by_the_bureaus_clock(given, told):
    text = csv_text(COLUMNS, [{"at": given}])
    assert list(csv.reader(io.StringIO(text)))[1] == [told]
    book = xlsx_response("x", COLUMNS, [{"at": given}]).data
    assert load_workbook(io.BytesIO(book)).active["A2"].value == told


def test_programs_are_told_in_utc():
    assert json_response("x", COLUMNS, [{"at": IN_UTC}]).json == {"items": [{"at": IN_UTC}]}


def test_a_file_of_cases_has_the_moments_of_the_page(world):
    case = new_case(world).body
    officer = world.as_("changxing-officer1")
    rows = csv.DictReader(io.StringIO(officer.get("/cases.csv").body.lstrip("\ufeff")))
    told = next(row["登记时间"] for row in rows if row["编号"] == case["number"])
    assert told.endswith("+08:00")
    known = datetime.fromisoformat(case["opened_at"])
    assert timedelta(0) <= known - datetime.fromisoformat(told) < timedelta(seconds=1)


def test_deadlines_and_their_file_cost_the_same_whatever_there_is(world):
    """Clocks of shares and letters: no view is made for a row by itself."""
    official = world.as_("changxing-official")
    sent(world)
    new_case(world)

    def cost() -> list[int]:
        official.get("/clocks.csv", state="all")
        counts = []
        for read in (
            lambda: official.get("/clocks.csv", state="all"),
            lambda: official.page("/deadlines?state=all"),
        ):
            with world.hearing("before_cursor_execute") as statements:
                read()
            counts.append(len(statements))
        return counts

    few = cost()
    for number in range(3):
        case = new_case(world, title=f"又一起{number}").body
        sent(world, assistance(world, case_id=case["id"]))
    assert cost() == few
