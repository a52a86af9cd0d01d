"""Bringing action items in from a sheet, the way of one that is laid down by hand.

A row is an item by its number; without one by meeting, title and bureau, so that the same sheet
brought in twice lays nothing down twice. Items of sealed minutes are changed on their own page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.directory import colleagues
from hub.action_items.access import access_action_item, visible_to
from hub.action_items.models import ActionItem, ActionState
from hub.action_items.services import change, create
from hub.bureaus.services import bureau
from hub.errors import Conflict, Text, field_error
from hub.meetings.access import visible_to as meetings_of
from hub.meetings.minutes import open_minutes, touch
from hub.meetings.models import Meeting
from hub.meetings.steps import tell
from hub.web.sheet_import import Report, Row, changes_of, each_row, headings_of

COLUMNS: dict[str, Text] = {
    "number": _l("编号"),
    "title": _l("办理事项"),
    "detail": _l("要求"),
    "bureau_name": _l("责任单位"),
    "person_name": _l("责任人"),
    "due_on": _l("期限"),
    "meeting_number": _l("会议编号"),
}
MUST = ("title", "bureau_name", "due_on", "meeting_number")
LONGEST = {"title": 200, "detail": 4000}


def bring_in(session: Session, actor: Actor, sheet: Sequence[Mapping[str, str]]) -> Report:
    """Lay down and change action items; the caller undoes all of it if a row is refused.

    Raises:
        Forbidden: the actor's role does not work on meetings.
        Invalid: the sheet has no column by which an item is known.
    """
    actor.require(Right.MEETING_WORK)
    columns, ignored = headings_of(list(sheet[0]) if sheet else [], COLUMNS)
    held = set(columns.values())
    if "number" not in held and not held >= set(MUST):
        raise field_error("file", _l("表格应有“编号”一列，或会议编号、办理事项、责任单位和期限。"))
    seen: set[str] = set()

    def take(row: Row, cells: dict[str, str]) -> None:
        _take(session, actor, row, cells)
        if row.record_id in seen:
            raise Conflict(_l("同一事项在表格中出现了两次。"))
        seen.add(row.record_id or "")

    return each_row(session, sheet, columns, ignored, take)


def _take(session: Session, actor: Actor, row: Row, cells: dict[str, str]) -> None:
    row.number, row.title = cells.get("number") or None, cells.get("title", "")
    given: dict[str, Any] = {name: cells[name] for name in LONGEST if cells.get(name)}
    for name, text in given.items():
        if len(text) > LONGEST[name]:
            raise field_error(name, _l("最多%(most)s个字。", most=LONGEST[name]))
    if cells.get("due_on"):
        given["due_on"] = _day(cells["due_on"])
    if row.number:
        found = session.scalar(
            select(ActionItem.id).where(ActionItem.number == row.number, visible_to(actor.reader))
        )
        if found is None:
            raise field_error("number", _l("没有这一事项，或您无权查看。"))
        _change(session, actor, row, access_action_item(session, actor, found), given, cells)
        return
    for name in MUST:
        if not cells.get(name):
            raise field_error(name, _l("新事项须填写%(field)s。", field=COLUMNS[name]))
    _lay(session, actor, row, given, cells)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.replace("/", "-")[:10])
    except ValueError as error:
        raise field_error("due_on", _l("应为日期，例如 2026-03-05。")) from error


def _lay(
    session: Session, actor: Actor, row: Row, given: dict[str, Any], cells: Mapping[str, str]
) -> None:
    meeting_id = session.scalar(
        select(Meeting.id).where(
            Meeting.number == cells["meeting_number"], meetings_of(actor.reader)
        )
    )
    if meeting_id is None:
        raise field_error("meeting_number", _l("没有这次会议，或您无权查看。"))
    meeting = session.get_one(Meeting, meeting_id)
    bureau_id = _party(session, meeting, cells["bureau_name"])
    held = session.scalars(
        select(ActionItem).where(
            ActionItem.meeting_id == meeting_id,
            ActionItem.bureau_id == bureau_id,
            ActionItem.title == given["title"],
            ActionItem.state != ActionState.DROPPED,
        )
    ).first()
    if held is not None:
        _change(session, actor, row, held, given, cells)
        return
    open_minutes(session, actor, meeting_id)
    person = _person(session, bureau_id, cells.get("person_name", ""))
    item = create(session, actor, meeting, given | {"bureau_id": bureau_id, "person_id": person})
    _touched(session, actor, meeting)
    row.state, row.record_id, row.number = "new", item.id, item.number


def _party(session: Session, meeting: Meeting, text: str) -> str:
    for one in meeting.party_ids:
        held = bureau(session, one)
        if text in (held.name, held.short_name, held.name_en, held.code):
            return one
    raise field_error("bureau_name", _l("没有“%(text)s”这一参会单位。", text=text[:40]))


def _person(session: Session, bureau_id: str, name: str) -> str | None:
    if not name:
        return None
    ids = [one.user_id for one in colleagues(session, bureau_id, Right.WORK_VIEW)
           if one.name == name]  # fmt: skip
    if len(ids) != 1:
        raise field_error("person_name", _l("责任单位没有（或不止一位）“%(name)s”。", name=name))
    return ids[0]


def _change(
    session: Session,
    actor: Actor,
    row: Row,
    item: ActionItem,
    given: dict[str, Any],
    cells: Mapping[str, str],
) -> None:
    row.number, row.title, row.record_id = item.number, item.title, item.id
    changed = {name: value for name, value in given.items() if getattr(item, name) != value}
    told = {name: str(value) for name, value in changed.items()}
    before = {name: str(getattr(item, name)) for name in changed}
    if cells.get("person_name") and cells["person_name"] != item.person_name:
        before["person_name"], told["person_name"] = item.person_name, cells["person_name"]
        changed["person_id"] = _person(session, item.bureau_id, cells["person_name"])
    if not changed:
        row.state = "same"
        return
    meeting = open_minutes(session, actor, item.meeting_id)
    if item.state != ActionState.OPEN:
        raise Conflict(_l("此事项已报告或办结，不能由表格更改。"))
    change(session, actor, item, changed)
    _touched(session, actor, meeting)
    row.state, row.changes = "changed", changes_of(before, told, COLUMNS)


def _touched(session: Session, actor: Actor, meeting: Meeting) -> None:
    touch(session, meeting)
    tell(session, actor, meeting, "action_items")
