"""Bringing absences in from a sheet, the way of those entered by hand.

A row that is entered already (same person or craft, same times) is passed over, so that the same
sheet brought in twice enters nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.availability import services
from hub.availability.models import REASON_NAMES, Absence, Reason
from hub.errors import Text, field_error
from hub.patrols.plan_crew import able_craft, able_officers
from hub.web.sheet_import import Report, Row, by_words, each_row, headings_of, moment_in

COLUMNS: dict[str, Text] = {
    "name": _l("人员或船车"),
    "starts_at": _l("开始（北京时间）"),
    "ends_at": _l("结束（北京时间）"),
    "reason_name": _l("原因"),
    "note": _l("说明"),
}
MUST = ("name", "starts_at", "ends_at")
LONGEST_NOTE = 300


def bring_in(session: Session, actor: Actor, sheet: Sequence[Mapping[str, str]]) -> Report:
    """Enter absences; the caller undoes all of it if a row is refused.

    Raises:
        Forbidden: the actor does not work with records.
        Invalid: the sheet does not say who is away, and when.
    """
    actor.require(Right.WORK_VIEW)
    columns, ignored = headings_of(list(sheet[0]) if sheet else [], COLUMNS)
    if not set(columns.values()) >= set(MUST):
        raise field_error("file", _l("表格应有人员或船车、开始和结束各列。"))

    def take(row: Row, cells: dict[str, str]) -> None:
        _take(session, actor, row, cells)

    return each_row(session, sheet, columns, ignored, take)


def _take(session: Session, actor: Actor, row: Row, cells: dict[str, str]) -> None:
    row.title = cells["name"]
    starts, ends = (moment_in(name, cells[name]) for name in ("starts_at", "ends_at"))
    note = cells.get("note", "")
    if len(note) > LONGEST_NOTE:
        raise field_error("note", _l("最多%(most)s个字。", most=LONGEST_NOTE))
    subject, subject_id = _subject(session, actor, cells["name"])
    known = _entered(session, subject_id, starts, ends)
    if known is not None:
        row.state, row.record_id = "same", known
        return
    made = services.enter(
        session,
        actor,
        subject=subject,
        subject_id=subject_id,
        starts_at=starts,
        ends_at=ends,
        reason=_reason(cells.get("reason_name", "")),
        note=note,
    )
    row.state, row.record_id = "new", made["id"]
    row.detail = "".join(str(one["message"]) for one in made["clashes"])


def _subject(session: Session, actor: Actor, name: str) -> tuple[str, str]:
    people = [("officer", user.id, user.name) for user in able_officers(session, actor.bureau_id)]
    boats = [("craft", item.id, item.name) for item in able_craft(session, actor.bureau_id)]
    found = [(kind, id_) for kind, id_, named in [*people, *boats] if named == name]
    if len(found) != 1:
        raise field_error("name", _l("本单位没有或不止一个“%(name)s”。", name=name[:40]))
    return found[0]


def _entered(
    session: Session, subject_id: str, starts_at: datetime, ends_at: datetime
) -> str | None:
    rows = session.scalars(
        select(Absence).where(
            or_(Absence.user_id == subject_id, Absence.craft_id == subject_id),
            Absence.withdrawn_at.is_(None),
            Absence.starts_at < ends_at,
            Absence.ends_at > starts_at,
        )
    )
    # The sheet tells whole seconds.
    wanted = (starts_at.replace(microsecond=0), ends_at.replace(microsecond=0))
    for row in rows:
        if (row.starts_at.replace(microsecond=0), row.ends_at.replace(microsecond=0)) == wanted:
            return row.id
    return None


def _reason(text: str) -> Reason:
    if not text:
        return Reason.OTHER
    known = by_words(REASON_NAMES)
    if text not in known:
        raise field_error("reason_name", _l("没有“%(text)s”这种原因。", text=text[:40]))
    return known[text]
