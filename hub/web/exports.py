"""Lists as CSV for spreadsheets, which must not take a cell for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response

# Characters with which spreadsheets begin a formula, full-width ones included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def cell(value: object) -> str:
    """A value as text that no spreadsheet executes; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_text(columns: Sequence[tuple[str, str]], rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as CSV: columns are (key, heading); absent fields are empty cells.

    Begins with a byte order mark, without which spreadsheets misread Chinese.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([cell(heading) for _key, heading in columns])
    writer.writerows([cell(row.get(key)) for key, _heading in columns] for row in rows)
    return "\ufeff" + out.getvalue()


def csv_response(
    name: str, columns: Sequence[tuple[str, str]], rows: Iterable[Mapping[str, Any]]
) -> Response:
    """The same as a file to download."""
    response = Response(csv_text(columns, rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response
