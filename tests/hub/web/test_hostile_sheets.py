"""Spreadsheets of strangers: an archive whose parts are not what they should be is told so."""

from __future__ import annotations

import io
import json
import time
import zipfile

import pytest
from openpyxl import Workbook

GROWING = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
ENTITIES = f'<!DOCTYPE x [<!ENTITY a0 "ha">{GROWING}]>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY a9 SYSTEM "file:///etc/passwd">]>'


def workbook(change) -> bytes:
    """A workbook, one part of which went through a change."""
    book = Workbook()
    book.active.append(["案由", "类别"])
    book.active.append(["正常", "水污染"])
    plain, out = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = change(name, source.read(name))
            if data is not None:
                target.writestr(name, data)
    return out.getvalue()


def in_sheet(text: str, entity: str = "&a9;"):
    cell = f'<c r="A2" t="inlineStr"><is><t>{entity}</t></is></c>'

    def change(name: str, data: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return data
        body = data.decode().replace("</sheetData>", f'<row r="3">{cell}</row></sheetData>')
        return (text + body).encode()

    return change


def without(part: str):
    return lambda name, data: None if name.endswith(part) else data


def spoilt(part: str, by: bytes):
    return lambda name, data: by if name.endswith(part) else data


HOSTILE = {
    "entities that grow": workbook(in_sheet(ENTITIES)),
    "an entity from the disk": workbook(in_sheet(EXTERNAL)),
    "a sheet of no xml": workbook(spoilt("sheet1.xml", b"\xff\xfe\x00not xml")),
    "a workbook of no xml": workbook(spoilt("workbook.xml", b"<<<")),
    "types of no xml": workbook(spoilt("[Content_Types].xml", b"<a>")),
    "styles of no xml": workbook(spoilt("styles.xml", b"<a")),
    "an empty workbook": workbook(spoilt("workbook.xml", b"<workbook/>")),
    "no workbook": workbook(without("workbook.xml")),
    "no sheet": workbook(without("sheet1.xml")),
    "a sheet nested without end": workbook(spoilt("sheet1.xml", b"<a>" * 50_000)),
    "a zip of something else": workbook(lambda name, _data: None if "xl" in name else b"?"),
    "a sheet of nothing": workbook(spoilt("sheet1.xml", b"")),
}


@pytest.mark.once
@pytest.mark.parametrize("door", ["/cases", "/meetings", "/action-items", "/petitions"])
def test_a_hostile_workbook_is_refused_at_once_and_without_a_fault(world, door):
    caller = world.as_("changxing-officer1" if door == "/cases" else "changxing-liaison")
    begun = time.monotonic()
    for what, content in HOSTILE.items():
        with caller.app.test_client() as client:
            answer = client.post(
                f"/api/v1{door}/import?dry_run=true",
                data={"file": (io.BytesIO(content), "sheet.xlsx")},
                headers={"Authorization": f"Bearer {caller.token}"},
            )
        assert answer.status_code in (413, 422), what
        assert json.loads(answer.data)["detail"]
        assert b"root:" not in answer.data
    assert time.monotonic() - begun < 20
