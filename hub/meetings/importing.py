"""Bringing meetings in from a sheet, the way of a meeting that is called by hand.

A row is a meeting by its number; without one by agreement, title and beginning, so that the same
sheet brought in twice calls nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.agreements.access import visible_to as agreements_of
from hub.agreements.models import Agreement
from hub.bureaus.services import bureau
from hub.clock import SHANGHAI
from hub.errors import Conflict, Text, field_error
from hub.meetings.access import access_meeting, visible_to
from hub.meetings.models import Meeting
from hub.meetings.services import change_meeting, create_meeting
from hub.web.sheet_import import Report, Row, changes_of, each_row, headings_of, moment_in

COLUMNS: dict[str, Text] = {
    "number": _l("编号"),
    "title": _l("会议名称"),
    "starts_at": _l("开始时间"),
    "ends_at": _l("结束时间"),
    "place": _l("地点"),
    "host_name": _l("主办单位"),
    "chair_name": _l("主持单位"),
    "agreement_number": _l("备忘录"),
}
TIMES = ("starts_at", "ends_at")
MUST = ("title", "starts_at", "ends_at", "agreement_number")
LONGEST = {"title": 200, "place": 300}


def bring_in(session: Session, actor: Actor, sheet: Sequence[Mapping[str, str]]) -> Report:
    """Call and change meetings; the caller undoes all of it if a row is refused.

    Raises:
        Forbidden: the actor's role does not call meetings.
        Invalid: the sheet has no column by which a meeting is known.
    """
    actor.require(Right.MEETING_WORK)
    columns, ignored = headings_of(list(sheet[0]) if sheet else [], COLUMNS)
    held = set(columns.values())
    if "number" not in held and not held >= set(MUST):
        raise field_error("file", _l("表格应有“编号”一列，或会议名称、时间和备忘录各列。"))
    seen: set[str] = set()

    def take(row: Row, cells: dict[str, str]) -> None:
        _take(session, actor, row, cells, seen)

    return each_row(session, sheet, columns, ignored, take)


def _take(session: Session, actor: Actor, row: Row, cells: dict[str, str], seen: set[str]) -> None:
    row.number, row.title = cells.get("number") or None, cells.get("title", "")
    given: dict[str, Any] = {name: cells[name] for name in LONGEST if cells.get(name)}
    for name, text in given.items():
        if len(text) > LONGEST[name]:
            raise field_error(name, _l("最多%(most)s个字。", most=LONGEST[name]))
    given |= {name: moment_in(name, cells[name]) for name in TIMES if cells.get(name)}
    agreement = _agreement(session, actor, cells.get("agreement_number", ""))
    meeting = _known(session, actor, cells, given, agreement)
    if meeting is None:
        _call(session, actor, row, cells, given, agreement)
    else:
        _change(session, actor, row, meeting, given)
    if row.record_id in seen:
        raise Conflict(_l("同一会议在表格中出现了两次。"))
    seen.add(row.record_id or "")


def _agreement(session: Session, actor: Actor, number: str) -> Agreement | None:
    if not number:
        return None
    found = session.scalar(
        select(Agreement).where(Agreement.number == number, agreements_of(actor.bureau_id))
    )
    if found is None:
        raise field_error("agreement_number", _l("没有这份备忘录，或您无权查看。"))
    return found


def _known(
    session: Session,
    actor: Actor,
    cells: Mapping[str, str],
    given: Mapping[str, Any],
    agreement: Agreement | None,
) -> Meeting | None:
    statement = select(Meeting.id).where(visible_to(actor.reader))
    if cells.get("number"):
        found = session.scalar(statement.where(Meeting.number == cells["number"]))
        if found is None:
            raise field_error("number", _l("没有这次会议，或您无权查看。"))
        return access_meeting(session, actor, found, lock=True)
    for name in MUST:
        if not cells.get(name):
            raise field_error(name, _l("新会议须填写%(field)s。", field=COLUMNS[name]))
    found = session.scalar(
        statement.where(
            Meeting.agreement_id == (agreement.id if agreement else None),
            Meeting.title == given["title"],
            Meeting.starts_at == given["starts_at"],
        )
    )
    return None if found is None else access_meeting(session, actor, found, lock=True)


def _call(
    session: Session,
    actor: Actor,
    row: Row,
    cells: Mapping[str, str],
    given: dict[str, Any],
    agreement: Agreement | None,
) -> None:
    values = dict(given)
    if agreement is not None:
        values["agreement_id"] = agreement.id
        for name in ("host", "chair"):
            if cells.get(f"{name}_name"):
                text = cells[f"{name}_name"]
                values[f"{name}_bureau_id"] = _party(session, agreement, f"{name}_name", text)
    meeting = create_meeting(session, actor, values)
    row.state, row.record_id, row.number = "new", meeting.id, meeting.number


def _party(session: Session, agreement: Agreement, field: str, text: str) -> str:
    for one in agreement.party_ids:
        held = bureau(session, one)
        if text in (held.name, held.short_name, held.name_en, held.code):
            return one
    raise field_error(field, _l("没有“%(text)s”这一参会单位。", text=text[:40]))


def _change(
    session: Session, actor: Actor, row: Row, meeting: Meeting, given: dict[str, Any]
) -> None:
    row.number, row.title, row.record_id = meeting.number, meeting.title, meeting.id
    changed = {name: value for name, value in given.items() if getattr(meeting, name) != value}
    if not changed:
        row.state = "same"
        return
    told = {name: _text(value) for name, value in changed.items()}
    before = {name: _text(getattr(meeting, name)) for name in changed}
    change_meeting(session, actor, meeting, changed)
    row.state, row.changes = "changed", changes_of(before, told, COLUMNS)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return str(value)
