"""Lists as CSV for spreadsheets, which must not take a cell for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter
from flask import Response
from flask_babel import lazy_gettext as _l

from hub.errors import Text

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The columns of a list: the keys of its views with their headings.
Columns = Mapping[str, Text] | Sequence[tuple[str, Text]]
# What Excel holds in one cell; how wide columns of long texts are, in characters.
MOST_IN_CELL = 32_767
WIDTHS = {"title": 40, "description": 60, "place": 30, "number": 20, "parties": 30}

# Characters with which spreadsheets begin a formula, full-width ones included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def cell(value: object) -> str:
    """A value as text that no spreadsheet executes; numbers stay numbers."""
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
    response = Response(csv_text(columns, rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def xlsx_response(
    name: str, columns: Sequence[tuple[str, str]], rows: Iterable[Mapping[str, Any]]
) -> Response:
    """Rows as an Excel workbook: text as text, numbers as numbers, no formula and no link."""
    out = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, plain | {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True, "bg_color": "#EEF2F5"})
        sheet.freeze_panes(1, 0)
        for column, (key, heading) in enumerate(columns):
            sheet.write_string(0, column, heading, bold)
            sheet.set_column(column, column, WIDTHS.get(key, 16))
        for line, row in enumerate(rows, start=1):
            for column, (key, _heading) in enumerate(columns):
                _write(sheet, line, column, row.get(key))
        sheet.autofilter(0, 0, 0, len(columns) - 1)
    response = Response(out.getvalue(), mimetype=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _write(sheet: Any, line: int, column: int, value: object) -> None:
    if value is None or value == "":
        return
    if isinstance(value, int | float):
        sheet.write_number(line, column, value)
    else:
        # A cell of text stays text whatever it begins with; nothing needs to be put before it.
        sheet.write_string(line, column, str(value)[:MOST_IN_CELL])
