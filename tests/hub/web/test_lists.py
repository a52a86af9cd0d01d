"""Lists of stored records: orders, cursors, and what a spreadsheet gets."""

from __future__ import annotations

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from hub.bureaus.models import Bureau
from hub.cases.models import Case
from hub.db import read_only
from hub.errors import HubError
from hub.web.exports import csv_text
from hub.web.lists import Listing, Order
from hub.web.paging import encode_cursor
from tests.support.cases import new_case
from tests.support.requests import sent


def _pages(world, listing: Listing) -> list[list[str]]:
    found, cursor = [], None
    with world.app.test_request_context(), read_only() as session:
        while True:
            page = listing.page(session, 2, cursor)
            found.append([view["id"] for view in page["items"]])
            cursor = page["next"]
            if cursor is None:
                return found


@pytest.fixture
def cases(world) -> list[str]:
    return [new_case(world).body["id"] for _ in range(5)]


@pytest.mark.parametrize("ascending", [False, True])
@pytest.mark.parametrize("by", [None, "opened_at", "category"])
def test_pages_follow_each_other_without_gap(world, cases, by, ascending):
    column = getattr(Case, by) if by else None
    order = Order(Case.id, column, ascending)
    listing = Listing(select(Case).where(Case.id.in_(cases)), order, _ids)
    wanted = cases if ascending else cases[::-1]
    assert _pages(world, listing) == [wanted[:2], wanted[2:4], wanted[4:]]


def test_what_is_left_out_leaves_no_hole(world, cases):
    kept = {cases[0], cases[4]}
    listing = Listing(
        select(Case), Order(Case.id), lambda rows: [{"id": r.id} for r in rows if r.id in kept]
    )
    assert _pages(world, listing) == [[cases[4], cases[0]]]
    with world.app.test_request_context(), read_only() as session:
        assert [view["id"] for view in listing.all(session, 1)] == [cases[4]]
        assert [view["id"] for view in listing.all(session, before=cases[4])] == [cases[0]]


def test_a_cursor_of_another_list_is_refused(world):
    names = Listing(select(Bureau), Order(Bureau.id, Bureau.name, True), _ids)
    dates = Listing(select(Case), Order(Case.id, Case.opened_at), _ids)
    with world.app.test_request_context(), read_only() as session:
        cursor = names.page(session, 1, None)["next"]
        for other in (dates, Listing(select(Case), Order(Case.id), _ids)):
            with pytest.raises(HubError) as refused:
                other.page(session, 1, cursor)
            assert refused.value.status == 422


def _ids(rows):
    return [{"id": row.id} for row in rows]


@pytest.mark.parametrize(("language", "yes", "no"), [("zh", "是", "否"), ("en", "yes", "no")])
def test_spreadsheets_say_yes_and_no_in_the_reader_s_language(world, language, yes, no):
    with world.app.test_request_context(), force_locale(language):
        text = csv_text([("overdue", "逾期")], [{"overdue": True}, {"overdue": False}])
    assert text.splitlines()[1:] == [yes, no]


@pytest.mark.once
def test_a_later_page_leads_to_the_first_one_and_keeps_the_filters(world):
    sent(world)
    path, cursor = "/requests?direction=out&kind=assistance", encode_cursor(["z"])
    officer = world.as_("changxing-officer1")
    first, later = officer.page(path).body, officer.page(f"{path}&cursor={cursor}").body
    assert "第一页" not in first
    link = later.partition('aria-label="分页"')[2].partition("第一页")[0]
    assert 'href="/requests?direction=out&amp;kind=assistance"' in link


@pytest.mark.once
def test_the_page_of_deadlines_counts_what_it_shows(world):
    sent(world)
    shown = world.as_("changxing-official").page("/deadlines").body
    rows = shown.partition("<tbody>")[2].partition("</tbody>")[0].count("<tr")
    assert rows > 0
    assert f"本页 {rows} 条" in shown
