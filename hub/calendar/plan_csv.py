"""The plan of a year as CSV: one day a line, `day,type,name`, as it is exported too."""

from __future__ import annotations

import csv
import io
from datetime import date

from flask_babel import lazy_gettext as _l

from hub.calendar.services import DayIn
from hub.errors import FieldError, Invalid

MOST_LINES = 2000
WORK = frozenset({"work", "workday", "1", "班", "上班", "工作日"})  # data, not screen text
OFF = frozenset({"off", "holiday", "0", "休", "放假", "假日", "节假日"})  # data, not screen text
HEADS = frozenset({"day", "date", "日期"})  # data, not screen text


def read_plan(text: str) -> list[DayIn]:
    """The days of a plan; a heading line and columns after the third are passed over.

    Raises:
        Invalid: names every line that cannot be used, and why.
    """
    lines = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    if len(lines) > MOST_LINES:
        text_ = _l("最多%(most)s行。", most=MOST_LINES)
        raise Invalid(text_, errors=[FieldError("csv", text_)])
    found: dict[date, DayIn] = {}
    faults = []
    for number, cells in enumerate(lines, 1):
        values = [cell.strip().lstrip("'") for cell in cells]
        if not any(values) or values[0].lower() in HEADS:
            continue
        entry = _entry(values)
        if entry is None:
            message = _l("第%(n)s行无法读取：应为“2027-01-01,休,元旦”。", n=number)
            faults.append(FieldError("csv", message))
        elif entry.day in found:
            faults.append(FieldError("csv", _l("第%(n)s行与前面的日期重复。", n=number)))
        else:
            found[entry.day] = entry
    if faults:
        raise Invalid(errors=faults[:20])
    return [found[day] for day in sorted(found)]


def _entry(values: list[str]) -> DayIn | None:
    kind = values[1].lower() if len(values) > 1 else ""
    if kind not in WORK | OFF:
        return None
    try:
        day = date.fromisoformat(values[0].replace("/", "-"))
    except ValueError:
        return None
    return DayIn(day, kind in WORK, (values[2] if len(values) > 2 else "")[:200])
