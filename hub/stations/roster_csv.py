"""The roster as a sheet: one turn a line, in the form that can be brought in again."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hub.accounts.directory import Colleague
from hub.clock import SHANGHAI
from hub.errors import FieldError, Invalid
from hub.stations.roster import Turn

MOST_LINES = 500
HEADS = frozenset({"day", "date", "日期"})  # data, not screen text
FIELD = "csv"


def columns() -> list[tuple[str, str]]:
    """Keys and headings; the first five are read when the sheet is brought in."""
    heads = [("day", _("日期")), ("from", _("开始")), ("to", _("结束")), ("person", _("人员"))]
    return [*heads, ("note", _("备注")), ("bureau_name", _("单位"))]


def row(view: dict[str, Any]) -> dict[str, Any]:
    """A turn as a line of the sheet; local day and hours (Asia/Shanghai)."""
    starts, ends = (
        datetime.fromisoformat(view[key]).astimezone(SHANGHAI) for key in ("starts_at", "ends_at")
    )
    return view | {
        "day": starts.date().isoformat(),
        "from": f"{starts:%H:%M}",
        "to": f"{ends:%H:%M}",
        "person": view["name"] or "",
    }


def read_turns(text: str, people: Sequence[Colleague], own_name: str) -> list[Turn]:
    """The turns of a sheet: day, from, to, person, note; an end not after its start is next day's.

    Args:
        people: who may be named, by name.
        own_name: the bureau's short name; lines of another bureau are passed over.

    Raises:
        Invalid: names every line that cannot be used, and why.
    """
    lines = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    if len(lines) > MOST_LINES:
        raise Invalid(errors=[FieldError(FIELD, _l("最多%(most)s行。", most=MOST_LINES))])
    named: dict[str, list[str]] = defaultdict(list)
    for one in people:
        named[one.name].append(one.user_id)
    found, faults = [], []
    for number, cells in enumerate(lines, 1):
        values = [cell.strip().lstrip("'") for cell in cells] + [""] * 6
        if not any(values) or values[0].lower() in HEADS:
            continue
        if values[5] not in ("", own_name):
            continue
        moments = _moments(*values[:3])
        ids = named.get(values[3], [])
        if moments is None:
            text_ = _l("第%(n)s行无法读取：应为“2027-01-01,08:00,20:00,姓名,备注”。", n=number)
            faults.append(FieldError(FIELD, text_))
        elif len(ids) != 1:
            text_ = _l("第%(n)s行：本单位没有或不止一位“%(name)s”。", n=number, name=values[3])
            faults.append(FieldError(FIELD, text_))
        else:
            found.append(Turn(ids[0], *moments, values[4][:200]))
    if not found and not faults:
        faults.append(FieldError(FIELD, _l("没有可导入的班次。")))
    if faults:
        raise Invalid(errors=faults[:20])
    return found


def _moments(day: str, begin: str, end: str) -> tuple[datetime, datetime] | None:
    try:
        on = date.fromisoformat(day.replace("/", "-"))
        first, last = time.fromisoformat(begin.zfill(5)), time.fromisoformat(end.zfill(5))
    except ValueError:
        return None
    starts = datetime.combine(on, first, SHANGHAI)
    ends = datetime.combine(on, last, SHANGHAI)
    return starts, ends if ends > starts else ends + timedelta(days=1)
