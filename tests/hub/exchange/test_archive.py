"""What was exchanged is found again by what it held; packages of odd size and content."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import uuid4

import pytest

from hub.db import utc_now
from hub.keys.services import signing_key
from sharing.manifest import Manifest, PackageKind, Party
from sharing.package_records import PackedRecord
from sharing.package_writer import PackageWriter
from sharing.signing import Purpose
from tests.support.cases import new_case, share_of
from tests.support.exchange import approved, bring, built, carried

# What a package holds does not depend on the database; they cross in test_exchange too.
pytestmark = pytest.mark.once

CHANGXING, YIXING = "330522", "320282"


def exchanged(world, other):
    """One package over the disk; its row here and there."""
    row = approved(world, built(world))
    taken = bring(other, carried(world, row))
    assert taken.status == 201, taken.body
    return row, taken.body


def numbers(world, who, text):
    return [item["id"] for item in world.as_(who).get("/packages", q=text).body["items"]]


def test_packages_are_found_by_the_records_they_held(hubs):
    world, other = hubs
    case = new_case(world, title="夜排碱液").body
    first, came = exchanged(world, other)
    new_case(world, title="另一件")
    second, came_later = exchanged(world, other)
    for text in ("夜排碱液", case["number"]):
        assert numbers(world, "changxing-liaison", text) == [second["id"], first["id"]]
        assert numbers(other, "yixing-liaison", text) == [came_later["id"], came["id"]]
    assert numbers(world, "changxing-liaison", "另一件") == [second["id"]]
    assert numbers(other, "yixing-liaison", "另一件") == [came_later["id"]]
    assert numbers(world, "changxing-liaison", "没有这样的记录") == []
    assert numbers(other, "nanxun-liaison", "夜排碱液") == []


def test_received_records_are_narrowed_by_the_database_and_exported_alike(hubs):
    world, other = hubs
    case = new_case(world, title="夜排ABC碱液").body
    new_case(world, title="另一件")
    _row, came = exchanged(world, other)
    reader = other.as_("yixing-liaison")
    for text in ("abc碱液", case["number"], "长兴"):
        for rows in (
            reader.get("/received-records", q=text).body["items"],
            reader.get("/received-records.json", q=text).body["items"],
        ):
            assert case["id"] in [row["foreign_id"] for row in rows], text
    titles = [row["title"] for row in reader.get("/received-records", q="碱液").body["items"]]
    assert [title.endswith("夜排ABC碱液") for title in titles] == [True]
    sheet = reader.get("/received-records.csv", owner=CHANGXING, kind="case").body
    assert (case["number"] in sheet, came["number"] in sheet) == (True, True)
    for nothing in (
        {"owner": YIXING},
        {"withdrawn": "true"},
        {"until": "2020-01-01T00:00:00Z"},
        {"q": "%"},
    ):
        assert reader.get("/received-records", **nothing).body["items"] == [], nothing
    first = reader.get("/received-records", limit=1, oldest="true").body
    (later,) = reader.get("/received-records", limit=1, oldest="true", cursor=first["next"]).body[
        "items"
    ]
    assert later["id"] != first["items"][0]["id"]
    page = reader.page("/received?withdrawn=0&q=碱液").body
    assert "/api/v1/received-records.xlsx?withdrawn=false&amp;q=" in page
    assert "放宽筛选条件再试" in reader.page("/received?withdrawn=1").body


def test_packages_are_narrowed_by_state_and_time(hubs):
    world, other = hubs
    new_case(world)
    row, came = exchanged(world, other)
    ours, theirs = world.as_("changxing-liaison"), other.as_("yixing-liaison")
    assert [one["id"] for one in ours.get("/packages", state="sealed").body["items"]] == [row["id"]]
    assert ours.get("/packages", state="draft").body["items"] == []
    assert ours.get("/packages", until="2020-01-01T00:00:00Z").body["items"] == []
    (line,) = theirs.get("/packages.json", direction="in", since="2020-01-01T00:00:00Z").body[
        "items"
    ]
    assert (line["number"], line["direction"], line["state"]) == (row["number"], "收到", "已导入")
    assert came["number"] in theirs.page("/packages?state=imported&from=2020-01-01").body
    assert "放宽筛选条件再试" in theirs.page("/packages?state=draft").body


def test_what_a_package_brought_is_listed_until_it_is_taken_back(hubs):
    world, other = hubs
    case = new_case(world, title="误发案件").body
    _row, came = exchanged(world, other)
    reader = other.as_("yixing-liaison")
    items = reader.get(f"/packages/{came['id']}").body["items"]
    (found,) = [item for item in items if item["id"] == case["id"]]
    assert (found["title"].endswith("误发案件"), found["outcome"]) == (True, "new")
    assert reader.get(f"/received-records/{found['received_id']}").body["package_id"] == came["id"]
    recall = f"/shares/{share_of(world, case['id'])['id']}/recall"
    world.as_("changxing-official").post(recall, {"reason": "误发"})
    _row, later = exchanged(world, other)
    said = {
        one["id"]: (one["outcome"], one["withdrawn"])
        for one in reader.get(f"/packages/{later['id']}").body["items"]
    }
    assert said[case["id"]] == ("withdrawn", True)
    assert numbers(other, "yixing-liaison", "误发案件") == []
    assert reader.get("/received-records", q="误发案件").body["items"] == []
    (gone,) = reader.get("/received-records", withdrawn="true").body["items"]
    assert (gone["title"], gone["view"]) == (case["id"], None)


def test_a_record_is_read_in_words(hubs):
    world, _other = hubs
    new_case(world, title="碱液入河", category="water")
    draft = built(world, kinds=["case"])
    items = world.as_("changxing-liaison").get(f"/packages/{draft['id']}").body["items"]
    (case,) = [item for item in items if item["title"].endswith("碱液入河")]
    said = {one["label"]: one.get("value") for one in case["fields"]}
    assert (said["类别"], said["阶段"], said["密级"]) == ("水污染", "线索", "2 级 协作共享")
    assert "330522" not in said.values()


def signed(world, records, **head):
    """A package of the sender's own making, under its true key."""
    now = utc_now()
    with world.app.app_context(), world.unit_of_work() as session:
        secret = world.app.extensions["hub.settings"].secret_key
        key = signing_key(session, world.bureau_id("changxing"), Purpose.PACKAGE, secret)
    out = io.BytesIO()
    with PackageWriter(out, "lianfang") as writer:
        writer.add_records("case", records)
        sender, recipient = Party(CHANGXING, "长兴"), Party(YIXING, "宜兴")
        told = {"expires_at": now + timedelta(days=9), "sequence": 1} | head
        manifest = Manifest(uuid4().hex, PackageKind.EXCHANGE, sender, recipient, now, **told)
        writer.close(manifest, key, now)
    return out.getvalue()


def packed(place, **changes):
    view = {"id": f"x-{place}", "title": f"第{place}件"} | changes
    return PackedRecord("case", f"x-{place}", 1, CHANGXING, 2, view)


def test_a_package_numbered_far_ahead_takes_no_memory(hubs):
    world, other = hubs
    data = signed(world, [packed(1)], sequence=(1 << 31) - 1)
    report = bring(other, data, "check")
    assert (report.status, report.body["missing"]) == (200, list(range(1, 51)))


@pytest.mark.once
def test_of_many_records_the_refused_are_told_first_and_all_are_counted(hubs):
    world, other = hubs
    many = [packed(n) for n in range(1500)] + [packed(9999, title="机密文件")]
    report = bring(other, signed(world, many), "check").body
    assert report["counts"] == {"new": 1500, "refused": 1}
    assert (report["items"][0]["why"], len(report["items"])) == ("state_secret", 1001)
    refused = bring(other, signed(world, many))
    assert (refused.status, len(refused.body["refused"])) == (409, 1)
    assert other.as_("yixing-liaison").get("/received-records").body["items"] == []
    assert other.as_("yixing-liaison").get("/packages").body["items"] == []


def test_a_view_of_a_senders_own_making_breaks_no_page(hubs):
    world, other = hubs
    odd = {"title": ["<b>x</b>"], "number": {"a": 1}, "category": [], "lat": "x", "lon": 1.5,
           "opened_at": "gestern", "parties": [1, None, {"name": 3}], "measures": {"a": []},
           "adcode": 330522, "stage": "none", "classification": "x", "text": "=1+1"}  # fmt: skip
    assert bring(other, signed(world, [packed(1, **odd), packed(2)])).status == 201
    reader = other.as_("yixing-liaison")
    (row,) = reader.get("/packages").body["items"]
    for path in ("/received", "/packages", f"/packages/{row['id']}", "/search?q=第2件"):
        assert reader.page(path).status == 200
    for item in reader.get("/received-records").body["items"]:
        page = reader.page(f"/received/{item['id']}")
        assert (page.status, "<b>x</b>" in page.body) == (200, False)
