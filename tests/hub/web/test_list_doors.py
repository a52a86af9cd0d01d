"""What lists have in common, at their doors: the page, its later pages, and its spreadsheet."""

from __future__ import annotations

import csv
import html
import io
import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from openpyxl import load_workbook

from tests.hub.agreements.test_agreements import body_of
from tests.support.meetings import HOST, act, called, fixed
from tests.support.requests import sent
from tests.support.world import Caller


def exported(caller: Caller, path: str) -> list[dict[str, str]]:
    """The rows of the spreadsheet to which the page of a list leads, by their headings."""
    links = re.findall(r'href="/api/v1(/[^"]*\.csv[^"]*)"', caller.page(path).body)
    assert len(links) == 1, links
    link = urlsplit(html.unescape(links[0]))
    answer = caller.get(link.path, **dict(parse_qsl(link.query)))
    assert answer.status == 200, answer.body
    return list(csv.DictReader(io.StringIO(answer.body.lstrip("\ufeff"))))


def next_page(caller: Caller, path: str) -> str:
    """The address of the second page of a list."""
    link = re.search(r'href="([^"]*)" rel="next"', caller.page(path).body)
    assert link is not None
    return html.unescape(link.group(1))


@pytest.mark.once
def test_a_spreadsheet_of_agreements_has_more_than_a_page(world):
    planner = world.as_("wuxing-planner")
    body = body_of(world)
    for number in range(51):
        made = planner.post("/agreements", body | {"title": f"备忘录{number}"})
        assert made.status == 201, made.body
    # One more lies on the table from the beginning.
    assert len(exported(planner, "/agreements?state=proposed")) == 52
    assert exported(planner, "/agreements?state=terminated") == []
    assert "state=proposed" in next_page(planner, "/agreements?state=proposed")


@pytest.mark.once
def test_a_spreadsheet_of_stations_has_what_the_page_is_narrowed_to(world):
    liaison = world.as_("wuxing-liaison")
    place = {"lon": 120.25, "lat": 30.87}
    for number in range(51):
        assert liaison.post("/stations", place | {"name": f"新站{number}"}).status == 201
    closed = liaison.post("/stations", place | {"name": "旧站", "active": False})
    assert closed.status == 201, closed.body
    assert [row["站点"] for row in exported(liaison, "/stations?active=0")] == ["旧站"]
    in_service = {row["站点"] for row in exported(liaison, "/stations?q=站&active=1")}
    assert "旧站" not in in_service
    assert len(in_service) >= 51
    later = next_page(liaison, "/stations?active=1")
    assert "active=1" in later
    assert "旧站" not in liaison.page(later).body


@pytest.mark.once
def test_a_spreadsheet_of_deadlines_has_what_the_page_is_narrowed_to(world):
    sent(world)
    for caller in (world.as_("changxing-official"), world.as_("yixing-official")):
        shown = {}
        for query in ("", "?side=own", "?state=all", "?state=met", "?state=all&side=own"):
            rows = exported(caller, f"/deadlines{query}")
            body = caller.page(f"/deadlines{query}").body.partition("<tbody>")[2]
            assert len(rows) == body.partition("</tbody>")[0].count("<tr"), query
            shown[query] = len(rows)
        assert shown["?state=all"] > shown[""]
        assert shown["?state=all"] > shown["?state=met"]
    # The bureau that asked follows the deadline of the other.
    assert shown["?side=own"] > 0
    asked = world.as_("changxing-official")
    assert len(exported(asked, "/deadlines")) > len(exported(asked, "/deadlines?side=own"))
    # The record is named in words; its kind and id, for programs, stand behind.
    for row in exported(asked, "/deadlines"):
        assert row["事项"]
        assert row["记录标识"] not in row["事项"]
        assert row["应办单位"].endswith("局")


@pytest.mark.once
def test_a_spreadsheet_of_the_meetings_ahead_has_no_others(world):
    kept = fixed(world, title="将要召开的会")
    gone = called(world, title="已取消的会")
    host = world.as_(HOST)
    assert act(host, gone["id"], "cancel", text="改期").status == 200
    titles = [row["会议名称"] for row in exported(host, "/meetings")]
    assert kept["title"] in titles
    assert gone["title"] not in titles
    assert gone["title"] in [row["会议名称"] for row in exported(host, "/meetings?all=1")]


@pytest.mark.once
def test_a_spreadsheet_of_notifications_has_what_the_page_is_narrowed_to(world):
    sent(world)
    reader = world.as_("yixing-official")
    told = exported(reader, "/notifications?unread=1")
    shares = exported(reader, "/notifications?topic=share&unread=1")
    assert {row["类别"] for row in shares} == {"共享与签收"}
    assert len(shares) < len(told)
    assert reader.post("/notifications/read-all").status == 200
    assert exported(reader, "/notifications?unread=1") == []
    assert {row["已读"] for row in exported(reader, "/notifications")} == {"是"}


@pytest.mark.once
def test_a_spreadsheet_of_action_items_has_what_the_page_is_narrowed_to(world):
    host = world.as_(HOST)
    every = exported(host, "/action-items")
    ours, theirs = (exported(host, f"/action-items?side={side}") for side in ("ours", "theirs"))
    assert len(ours) + len(theirs) == len(every)
    assert exported(host, "/action-items?q=没有这一项") == []
    assert {row["逾期"] for row in exported(host, "/action-items?overdue=1")} <= {"是"}
    assert host.get("/action-items.json", limit="1").status == 422
    rows = host.get("/action-items.json", side="ours").body["items"]
    assert [row["number"] for row in rows] == [row["编号"] for row in ours]
    with host.app.test_client() as client:
        headers = {"Authorization": f"Bearer {host.token}"}
        book = client.get("/api/v1/action-items.xlsx?side=ours", headers=headers).data
    sheet = load_workbook(io.BytesIO(book)).active
    assert [line[0] for line in sheet.iter_rows(values_only=True)][1:] == [
        row["编号"] for row in ours
    ]
