"""Bringing cases in from a sheet: tried, all or nothing, and nothing the second time."""

from __future__ import annotations

import csv
import io
import json
import uuid
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from tests.support.cases import YIXING, case_body, in_zone, new_case

OFFICER = "changxing-officer1"
HEADS = ("本单位案号", "案由", "类别", "经度", "纬度", "阶段", "承办人")


def as_csv(rows, heads=HEADS, encoding="utf-8-sig"):
    out = io.StringIO()
    csv.writer(out).writerows([heads, *rows])
    return out.getvalue().encode(encoding)


def as_xlsx(rows, heads=HEADS):
    book = Workbook()
    for row in (heads, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def bring(world, content, *, dry=False, who=OFFICER):
    caller = world.as_(who)
    with caller.app.test_client() as client:
        answer = client.post(
            f"/api/v1/cases/import?dry_run={str(dry).lower()}",
            data={"file": (io.BytesIO(content), "sheet.csv")},
            headers={
                "Authorization": f"Bearer {caller.token}",
                "Idempotency-Key": uuid.uuid4().hex,
            },
        )
    return answer.status_code, json.loads(answer.data)


def row(world, number, title="表格里的案件", **more):
    lon, lat = in_zone(world)
    cells = dict(zip(HEADS, (number, title, "水污染", lon, lat, "线索", ""), strict=True))
    return list((cells | more).values())


def states(report):
    return [one["state"] for one in report["rows"]]


def titles(world):
    return [one["title"] for one in world.as_(OFFICER).get("/cases", limit=200).body["items"]]


@pytest.mark.parametrize("made", [as_csv, as_xlsx, lambda rows: as_csv(rows, encoding="gb18030")])
def test_a_sheet_is_tried_brought_in_and_changes_nothing_again(world, made):
    sheet = made([row(world, "长环立1号"), row(world, "长环立2号", 承办人="")])
    status, report = bring(world, sheet, dry=True)
    assert (status, states(report)) == (200, ["new", "new"])
    assert "表格里的案件" not in titles(world)
    assert [one["number"] or one["record_id"] for one in report["rows"]] == [None, None]
    status, kept = bring(world, sheet)
    assert status == 200
    assert titles(world).count("表格里的案件") == 2
    again = bring(world, sheet)[1]
    assert states(again) == ["same", "same"]
    assert [one["number"] for one in again["rows"]] == [one["number"] for one in kept["rows"]]
    assert titles(world).count("表格里的案件") == 2


def test_one_refused_row_refuses_all_and_says_why(world):
    wrong = row(world, "长环立2号", 类别="噪音污染", 经度="东经")
    sheet = as_csv([row(world, "长环立1号"), wrong, row(world, "")])
    status, problem = bring(world, sheet)
    assert status == 422
    report = problem["report"]
    assert states(report) == ["new", "refused", "refused"]
    assert {e["field"] for e in report["rows"][1]["errors"]} == {"category", "lon"}
    assert {e["column"] for e in report["rows"][1]["errors"]} == {"类别", "经度"}
    assert report["rows"][2]["errors"][0]["field"] == "own_number"
    assert {one["record_id"] for one in report["rows"]} == {None}
    assert "表格里的案件" not in titles(world)


def exported(world, who=OFFICER):
    text = world.as_(who).get("/cases.csv").body.removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text)))


def test_an_export_comes_back_as_the_same(world):
    new_case(world, title="=公式样的案由", own_number="长环立3号")
    world.as_("yixing-officer1").post("/cases", case_body(in_zone(world, YIXING)))
    heads, *rows = exported(world)
    status, report = bring(world, as_csv(rows, heads), dry=True)
    assert status == 200
    assert set(states(report)) == {"same", "skipped"}
    assert "承办单位" in report["ignored"]


def changed_sheet(world, case, **changes):
    heads, *rows = exported(world)
    mine = next(r for r in rows if r[0] == case["number"])
    return as_csv([[changes.get(h, c) for h, c in zip(heads, mine, strict=True)]], heads)


def test_a_changed_cell_changes_the_case_and_its_partners_see_it(world):
    case = new_case(world).body
    sheet = changed_sheet(world, case, 案由="表格改的案由", 污染物="氨氮")
    report = bring(world, sheet)[1]
    assert [c["field"] for c in report["rows"][0]["changes"]] == ["title", "pollutant"]
    seen = world.as_("yixing-officer1").get(f"/cases/{case['id']}").body
    assert (seen["title"], seen["pollutant"]) == ("表格改的案由", "氨氮")


def test_what_was_changed_since_the_export_is_not_overwritten(world):
    case = new_case(world).body
    sheet = changed_sheet(world, case, 案由="旧表格的案由")
    world.as_(OFFICER).patch(f"/cases/{case['id']}", {"place": "别处"}, version=1)
    status, problem = bring(world, sheet)
    assert status == 422
    assert "重新导出" in problem["report"]["rows"][0]["detail"]


@pytest.mark.parametrize("column", [{"阶段": "结案"}, {"密级": "1 级 内部"}])
def test_stages_and_lower_classifications_do_not_come_from_a_sheet(world, column):
    case = new_case(world).body
    status, problem = bring(world, changed_sheet(world, case, **column))
    assert (status, states(problem["report"])) == (422, ["refused"])


def test_a_number_that_is_not_to_be_seen_is_like_one_that_is_not_there(world):
    hidden = world.as_("nanxun-officer1").get("/cases").body["items"]
    theirs = world.as_("yixing-officer1").get("/cases", scope="own", limit=200).body["items"]
    mine = {one["number"] for one in world.as_(OFFICER).get("/cases", limit=200).body["items"]}
    unseen = [one["number"] for one in (*hidden, *theirs) if one["number"] not in mine]
    sheet = as_csv([[one, "x"] for one in (*unseen[:1], "联防〔1999〕1号")], ("编号", "案由"))
    report = bring(world, sheet, dry=True)[1]
    assert len({str(one["errors"]) for one in report["rows"]}) == 1


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 120_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"\x00\xff\xfe\x00", 422),
        (b"PK\x03\x04nothing", 422),
        (as_csv([["x"]], ("颜色",)), 422),
        (as_csv([["x", "y"]], ("案由", "案由")), 422),
        (as_csv([["长1号"]] * 501, ("本单位案号",)), 413),
    ],
)
def test_what_is_no_sheet_is_answered_clearly(world, content, status):
    assert bring(world, content, dry=True)[0] == status


def test_an_archive_that_unfolds_too_far_is_not_opened(world):
    assert bring(world, bomb(), dry=True)[0] == 413


@pytest.mark.parametrize("who", ["changxing-liaison", "changxing-official", "changxing-auditor"])
def test_only_officers_bring_cases_in(world, who):
    assert bring(world, as_csv([row(world, "长环立9号")]), who=who)[0] == 403
    assert world.as_(who).page("/cases/import").status == 403


def test_the_empty_sheet_has_the_columns_that_are_read(world):
    caller = world.as_(OFFICER)
    with caller.app.test_client() as client:
        sent = {"Authorization": f"Bearer {caller.token}"}
        answer = client.get("/api/v1/cases/template.xlsx", headers=sent)
    heads = [cell.value for cell in next(load_workbook(io.BytesIO(answer.data)).active.iter_rows())]
    assert {"编号", "本单位案号", "案由", "承办人"} <= set(heads)
    assert "试算" in caller.page("/cases/import").body
