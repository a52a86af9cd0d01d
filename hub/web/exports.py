"""Lists as files: CSV and Excel, which must not take a cell for a formula, and JSON.

Spreadsheets tell moments by the bureaus' clock with its offset; JSON is for programs, in UTC.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
import xlsxwriter
from flask import Response
from flask_babel import lazy_gettext as _l

from hub.clock import local_text
from hub.errors import Text

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The columns of a list: the keys of its views with their headings.
Columns = Mapping[str, Text] | Sequence[tuple[str, Text]]
# What Excel holds in one cell; how wide columns of long texts are, in characters.
MOST_IN_CELL = 32_767
WIDTHS = {"title": 40, "description": 60, "place": 30, "number": 20, "parties": 30}

# A moment as views have it (`sharing.canonical.utc_text`).
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
# Characters with which spreadsheets begin a formula, full-width ones included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def _told(value: object) -> object:
    """A value as people read it: a moment, alone in its cell, by the bureaus' clock."""
    if isinstance(value, datetime):
        return local_text(value)
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return value
    try:
        return local_text(datetime.fromisoformat(value))
    except ValueError:
        return value  # digits in the form of a moment that is none


def cell(value: object) -> str:
    """A value as text that no spreadsheet executes; numbers stay numbers."""
    value = _told(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_l("是") if value else _l("否"))
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_text(columns: Columns, rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as CSV: columns are keys with their headings; absent fields are empty cells.

    Begins with a byte order mark, without which spreadsheets misread Chinese.
    """
    headings = dict(columns)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([cell(heading) for heading in headings.values()])
    writer.writerows([cell(row.get(key)) for key in headings] for row in rows)
    return "\ufeff" + out.getvalue()


def csv_response(name: str, columns: Columns, rows: Iterable[Mapping[str, Any]]) -> Response:
    """The same as a file to download."""
    return _file(csv_text(columns, rows), f"{name}.csv", "text/csv")


def json_response(name: str, columns: Columns, rows: Iterable[Mapping[str, Any]]) -> Response:
    """The same for programs: each row by the keys of the columns, whatever language is read."""
    keys = list(dict(columns))
    items = [{key: row.get(key) for key in keys} for row in rows]
    return _file(orjson.dumps({"items": items}), f"{name}.json", "application/json")


def _file(data: bytes | str, name: str, media_type: str) -> Response:
    response = Response(data, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def xlsx_response(name: str, columns: Columns, rows: Iterable[Mapping[str, Any]]) -> Response:
    """Rows as an Excel workbook: text as text, numbers as numbers, no formula and no link."""
    headings = dict(columns)
    out = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, plain | {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True, "bg_color": "#EEF2F5"})
        sheet.freeze_panes(1, 0)
        for column, (key, heading) in enumerate(headings.items()):
            sheet.write_string(0, column, str(heading), bold)
            sheet.set_column(column, column, WIDTHS.get(key, 16))
        for line, row in enumerate(rows, start=1):
            for column, key in enumerate(headings):
                _write(sheet, line, column, row.get(key))
        sheet.autofilter(0, 0, 0, len(headings) - 1)
    return _file(out.getvalue(), f"{name}.xlsx", XLSX)


def _write(sheet: Any, line: int, column: int, value: object) -> None:
    value = _told(value)
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(line, column, cell(value))
    elif isinstance(value, int | float):
        sheet.write_number(line, column, value)
    else:
        # A cell of text stays text whatever it begins with; nothing needs to be put before it.
        sheet.write_string(line, column, str(value)[:MOST_IN_CELL])
