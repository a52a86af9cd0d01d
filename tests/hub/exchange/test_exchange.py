"""Data exchange between two hubs that never touch: out, over a disk, in, and the receipt back."""

from __future__ import annotations

import io
import json
import os
import zipfile
from datetime import timedelta
from pathlib import Path

import docx
import geopandas
import pypdf
import pytest
from sqlalchemy import select, update

from hub.app import create_app
from hub.cases.models import Case
from hub.db import utc_now
from hub.exchange.models import ReceivedFile, ReceivedRecord
from tests.conftest import copied, settings_for
from tests.support.cases import SECRET_WORDS, in_zone, new_case, off_zone, share_of
from tests.support.clock_steps import set_by
from tests.support.clocks import run_due
from tests.support.exchange import (
    acquaint,
    approved,
    attach,
    bring,
    built,
    carried,
    choice,
    grant_files,
    send_file,
)
from tests.support.field import fetch, photo
from tests.support.world import World

OFFICIAL, LIAISON = "changxing-official", "changxing-liaison"


@pytest.fixture
def other(template, tmp_path):
    """A second hub with a database and a folder of its own."""
    folder = tmp_path / "other"
    folder.mkdir()
    with copied(template, folder) as url:
        app = create_app(settings_for(url, folder / "data"))
        yield World(app, url, str(folder / "data"))
        app.extensions["hub.db"].dispose()


@pytest.fixture
def hubs(world, other):
    """Changxing's hub and Yixing's, acquainted."""
    acquaint(world, other)
    return world, other


def titles(items):
    return {item["view"]["title"] for item in items if item["kind"] == "case"}


def received(world, who="yixing-liaison", **query):
    return world.as_(who).get("/received-records", **query).body["items"]


def test_a_package_goes_over_a_disk_and_its_receipt_comes_back(hubs):
    world, other = hubs
    case = new_case(world, title="跨界排污一号").body
    draft = built(world)
    assert draft["state"] == "draft"
    row = approved(world, draft)
    assert (row["state"], row["sequence"], row["approved_by_name"] is None) == ("sealed", 1, False)
    data = carried(world, row)

    report = bring(other, data, "check").body
    assert report["counts"] == {"new": row["records"]}
    assert (report["digest"], report["importable"]) == (row["digest"], True)
    assert received(other) == []

    taken = bring(other, data)
    assert (taken.status, taken.body["state"]) == (201, "imported")
    found = next(item for item in received(other) if item["foreign_id"] == case["id"])
    assert (found["owner_adcode"], found["package_number"]) == ("330522", row["number"])
    partner = other.as_("yixing-liaison").get(f"/received-records/{found['id']}").body
    assert partner["view"]["title"] == "跨界排污一号"

    path = f"/api/v1/packages/{taken.body['id']}/receipt"
    letter = docx.Document(io.BytesIO(fetch(other.as_("yixing-liaison"), f"{path}.docx")[1]))
    printed = "\n".join(paragraph.text for paragraph in letter.paragraphs)
    assert all(text in printed for text in ("数据包签收回执", row["digest"], row["root"], "新增"))
    drawn = fetch(other.as_("yixing-liaison"), f"{path}.pdf")
    (page,) = pypdf.PdfReader(io.BytesIO(drawn[1])).pages
    text = page.extract_text()
    assert all(one in text for one in (row["number"], row["digest"], row["root"]))
    assert fetch(other.as_("changxing-liaison"), f"{path}.docx")[0] == 404
    receipt = fetch(other.as_("yixing-liaison"), path)[1].decode()
    back = world.as_(LIAISON).post("/packages/receipts", {"receipt": receipt})
    assert (back.status, back.body["state"]) == (200, "received"), back.body
    again = world.as_(LIAISON).post("/packages/receipts", {"receipt": receipt})
    assert again.body == back.body


def test_files_travel_as_marked_copies_to_those_who_may_have_them(hubs):
    world, other = hubs
    case = new_case(world, title="附照片").body
    data = photo(colour="navy")
    attach(world.as_("changxing-officer1"), case["id"], data)
    grant_files(world, case["id"])
    draft = built(world, kinds=["case"], with_files=True)
    bring(other, carried(world, approved(world, draft)))
    found = next(item for item in received(other) if item["foreign_id"] == case["id"])
    reader = other.as_("yixing-officer1")
    (file,) = reader.get(f"/received-records/{found['id']}").body["files"]
    status, copy, headers = fetch(reader, file["url"])
    assert (status, copy[:3], copy == data) == (200, b"\xff\xd8\xff", False)
    assert headers["Content-Disposition"].startswith("attachment")
    assert fetch(other.as_("nanxun-officer1"), file["url"])[0] == 404
    sweep = other.app.test_cli_runner().invoke(args=["files", "sweep", "--hours", "0"])
    assert fetch(reader, file["url"])[0] == 200, sweep.output
    trail = world.as_("changxing-auditor").get("/audit", action="package.handed_out").body
    assert [item["record_id"] for item in trail["items"]] == [case["id"]]


def _age(other, **changed):
    """Set the end of keeping of everything received, and the age of every file."""
    with other.app.app_context(), other.unit_of_work() as session:
        session.execute(update(ReceivedRecord).values(**changed))
    for path in files_of(other):
        os.utime(path, (0, 0))


def test_what_may_be_kept_no_longer_is_removed_and_leaves_a_tombstone(hubs):
    world, other = hubs
    case = new_case(world, title="限期保存的内容").body
    attach(world.as_("changxing-officer1"), case["id"], photo(colour="navy"))
    grant_files(world, case["id"])
    bring(other, carried(world, approved(world, built(world, kinds=["case"], with_files=True))))
    found = next(item for item in received(other) if item["foreign_id"] == case["id"])
    (file,) = other.as_("yixing-officer1").get(f"/received-records/{found['id']}").body["files"]
    _age(other, keep_until=utc_now() + timedelta(days=2))
    assert run_due(other)["received.expire"] == 0
    assert run_due(other, timedelta(days=3))["received.expire"] > 0
    assert file["sha256"] not in {path.name for path in files_of(other)}
    with other.app.app_context(), other.unit_of_work() as session:
        row = session.get_one(ReceivedRecord, found["id"])
        assert (row.view, row.foreign_id, row.ended_at is None) == (None, case["id"], False)
        assert session.scalars(select(ReceivedFile)).all() == []
    trail = other.as_("yixing-auditor").get("/audit", action="received.expired").body
    assert found["id"] in {item["record_id"] for item in trail["items"]}
    assert run_due(other, timedelta(days=3))["received.expire"] == 0


def test_importing_twice_changes_nothing_and_gives_the_same_receipt(hubs):
    world, other = hubs
    data = carried(world, approved(world, built(world)))
    first, before = bring(other, data), received(other)
    second = bring(other, data)
    assert second.body == first.body
    assert received(other) == before
    assert bring(other, data, "check").body["imported_before"] == first.body["id"]
    entries = other.as_("yixing-auditor").get("/audit", action="package.imported").body["items"]
    assert len(entries) == 1


def test_what_is_packed_is_what_the_partner_sees_and_nothing_else(hubs):
    world, _other = hubs
    new_case(world, title="区内", description="夜间排放")
    new_case(world, off_zone(world), title="区外不共享")
    case = new_case(world, title="附言", description="x").body
    note = {"text": SECRET_WORDS}
    world.as_("changxing-officer1").post(f"/cases/{case['id']}/notes", note)
    preview = world.as_(LIAISON).call("POST", "/packages/preview", choice(world)).body
    data = carried(world, approved(world, built(world)))
    bag = zipfile.ZipFile(io.BytesIO(data))
    text = b"".join(bag.read(name) for name in bag.namelist()).decode(errors="ignore")
    assert "区外不共享" not in text
    assert SECRET_WORDS not in text
    name = next(name for name in bag.namelist() if name.endswith("records/case.jsonl"))
    lines = [json.loads(line) for line in bag.read(name).splitlines()]
    assert {line["view"]["title"] for line in lines} == titles(preview["items"])
    for line in lines:
        shown = world.as_("yixing-official").get(f"/cases/{line['id']}").body
        for measure in shown.get("measures", ()):
            del measure["clocks"]  # which read otherwise every day
        assert line["view"] == shown


def test_tables_and_map_layer_hold_the_same_records(hubs, tmp_path):
    world, _other = hubs
    new_case(world, title="=1+1")
    bag = zipfile.ZipFile(io.BytesIO(carried(world, approved(world, built(world)))))
    names = {name.split("/", 1)[1]: name for name in bag.namelist()}
    assert "'=1+1" in bag.read(names["data/tables/case.csv"]).decode()
    (tmp_path / "r.gpkg").write_bytes(bag.read(names["data/records.gpkg"]))
    frame = geopandas.read_file(tmp_path / "r.gpkg")
    assert "=1+1" in set(frame["title"])
    assert frame.crs.to_epsg() == 4326


def test_a_second_person_approves_what_was_previewed(hubs):
    world, _other = hubs
    own = world.as_(OFFICIAL).post("/packages", choice(world)).body
    key = {"content_hash": own["content_hash"]}
    assert world.as_(OFFICIAL).post(f"/packages/{own['id']}/approve", key).status == 409
    draft = built(world)
    path = f"/packages/{draft['id']}/approve"
    assert world.as_(LIAISON).post(path, key).status == 403
    assert world.as_(OFFICIAL).post(path, {"content_hash": "0" * 64}).status == 409
    assert world.as_(LIAISON).get(f"/packages/{draft['id']}/file").status == 409
    new_case(world, title="其后新增")
    late = world.as_(OFFICIAL).post(path, {"content_hash": draft["content_hash"]})
    assert late.status == 409
    assert world.as_(LIAISON).post(f"/packages/{draft['id']}/withdraw").body["state"] == "withdrawn"


def test_what_was_built_today_is_approved_tomorrow(hubs):
    """How many days a measure still has reads otherwise by then; the record does not."""
    world, other = hubs
    draft = built(world, kinds=["case"])
    items = world.as_(OFFICIAL).get(f"/packages/{draft['id']}").body["items"]
    measures = [one for item in items for one in item["view"].get("measures", [])]
    assert measures
    assert not [one for one in measures if "clocks" in one]
    with set_by(timedelta(days=1)):
        package = carried(world, approved(world, draft))
        assert bring(other, package).status == 201
    with set_by(timedelta(days=2)):
        again = carried(world, approved(world, built(world, kinds=["case"])))
        assert set(bring(other, again, "check").body["counts"]) == {"same"}


def test_what_was_recalled_leaves_in_no_package_and_is_withdrawn_by_the_next(hubs):
    world, other = hubs
    case = new_case(world, title="误发案件").body
    row = approved(world, built(world))
    bring(other, carried(world, row))
    share = share_of(world, case["id"])
    world.as_(OFFICIAL).post(f"/shares/{share['id']}/recall", {"reason": "误发"})
    refused = world.as_(LIAISON).get(f"/packages/{row['id']}/file")
    assert (refused.status, "已收回" in refused.body["detail"]) == (409, True)
    second = carried(world, approved(world, built(world)))
    assert bring(other, second, "check").body["counts"]["withdrawn"] == 1
    bring(other, second)
    found = next(item for item in received(other) if item["foreign_id"] == case["id"])
    assert (found["view"], found["ended_at"] is None) == (None, False)
    # It was told once; what the partner still sees is withdrawn by none.
    third = carried(world, approved(world, built(world)))
    assert set(bring(other, third, "check").body["counts"]) == {"same"}


def test_an_older_package_is_not_imported_after_a_newer_one(hubs):
    world, other = hubs
    first = carried(world, approved(world, built(world)))
    new_case(world, title="第二批")
    second = carried(world, approved(world, built(world)))
    assert bring(other, second, "check").body["missing"] == [1]
    bring(other, second)
    for door in ("check", "import"):
        late = bring(other, first, door)
        assert (late.status, late.body["reason"]) == (409, "replayed")


def test_a_package_touches_nothing_that_the_receiver_owns(hubs):
    world, other = hubs
    case = new_case(world, title="同号").body
    data = carried(world, approved(world, built(world)))
    # The receiver has a record of its own under the same id (there is no honest way to get one).
    with other.app.app_context(), other.unit_of_work() as session:
        kept = session.query(Case).first()
        copy = {c.key: getattr(kept, c.key) for c in Case.__table__.columns}
        copy |= {
            "id": case["id"],
            "number": "自有1号",
            "owner_bureau_id": other.bureau_id("yixing"),
        }
        session.add(Case(**copy))
    before = other.as_("yixing-official").get(f"/cases/{case['id']}").body
    report = bring(other, data, "check").body
    assert (report["counts"]["refused"], report["importable"]) == (1, False)
    taken = bring(other, data)
    assert taken.status == 409
    assert taken.body["refused"][0][2] == "own_record"
    assert received(other) == []
    assert other.as_("yixing-official").get(f"/cases/{case['id']}").body == before


def test_received_records_are_their_receivers_alone(hubs):
    world, other = hubs
    new_case(world, title="只给宜兴")
    bring(other, carried(world, approved(world, built(world))))
    (one, *_rest) = received(other)
    for who in ("nanxun-official", "changxing-official"):
        assert received(other, who) == []
        assert other.as_(who).get(f"/received-records/{one['id']}").status == 404
    assert received(other, "yixing-officer1", q="只给宜兴")
    assert received(other, "yixing-officer1", q="没有这个词") == []


def files_of(world):
    folder = Path(world.data_dir)
    return {path for part in ("files", "packages") for path in (folder / part).rglob("*")}


@pytest.mark.parametrize("who", ["yixing-officer1", "yixing-secadmin", "yixing-planner"])
def test_only_liaisons_and_officials_import(hubs, who):
    assert bring(hubs[1], b"", "import", who).status == 403


def test_a_spoilt_or_unknown_package_is_refused_in_words_before_anything_is_written(hubs):
    world, other = hubs
    data = carried(world, approved(world, built(world)))
    before = files_of(other)
    for door in ("check", "import"):
        cut = bring(other, data[:-9], door)
        assert (cut.status, cut.body["reason"]) == (422, "no_zip")
        assert "没有写入任何内容" in cut.body["errors"][0]["message"]
        lost = bring(other, data, door, "nanxun-liaison")
        assert (lost.status, lost.body["reason"]) == (422, "signer_unknown")
        back = bring(world, data, door, "changxing-liaison")
        assert (back.status, back.body["reason"]) == (422, "wrong_recipient")
    assert received(other) == []
    assert files_of(other) == before


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"partner_id": "changxing"}, 422),
        ({"partner_id": "nanxun"}, 422),
        ({"agreement_id": "x"}, 404),
        ({"first_day": "2039-01-01", "last_day": "2038-01-01"}, 422),
        ({"first_day": "2039-01-01"}, 422),
        ({"kinds": []}, 422),
        ({"kinds": ["user"]}, 422),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused(world, change, status):
    if change.get("partner_id"):
        change = {"partner_id": world.bureau_id(change["partner_id"])}
    assert world.as_(LIAISON).post("/packages", choice(world, **change)).status == status


def test_receipts_that_are_none_are_refused_in_words(hubs):
    world, other = hubs
    taken = bring(other, carried(world, approved(world, built(world)))).body
    path = f"/api/v1/packages/{taken['id']}/receipt"
    receipt = fetch(other.as_("yixing-liaison"), path)[1].decode()
    for text, status in ((receipt.replace(taken["digest"], "0" * 64), 422), ("{}", 422)):
        answer = world.as_(LIAISON).post("/packages/receipts", {"receipt": text})
        assert answer.status == status
        assert "回执不能接受" in answer.body["errors"][0]["message"]
    stranger = world.as_("nanxun-liaison").post("/packages/receipts", {"receipt": receipt})
    assert stranger.status == 422


def test_packages_are_listed_found_and_exported(hubs):
    world, other = hubs
    row = approved(world, built(world))
    bring(other, carried(world, row))
    for found in (
        world.as_(OFFICIAL).get("/packages", direction="out", q=row["digest"][:12]),
        other.as_("yixing-official").get("/packages", direction="in", q=row["number"]),
    ):
        assert [item["digest"] for item in found.body["items"]] == [row["digest"]]
    assert world.as_(OFFICIAL).get("/packages", direction="in").body["items"] == []
    assert row["digest"] in world.as_(OFFICIAL).get("/packages.csv").body
    assert world.as_("nanxun-official").get(f"/packages/{row['id']}").status == 404
    assert world.as_(OFFICIAL).get(f"/packages/{row['id']}").body["items"]


def test_a_zone_narrows_the_choice(world):
    assert in_zone(world)
    elsewhere = choice(world, zone_id="00000000-0000-7000-8000-000000000000")
    assert world.as_(LIAISON).post("/packages/preview", elsewhere).body["items"] == []


def test_an_upload_without_a_file_is_told_so(world):
    answer = world.as_("yixing-liaison").post("/packages/check")
    assert answer.status == 422
    assert send_file(world.as_("yixing-liaison"), "/packages/check", b"x", "x").status == 422
