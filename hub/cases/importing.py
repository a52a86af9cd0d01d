"""Bringing cases in from a sheet: every row new, changed, the same, left aside or refused.

A row is an own case by its number or by its number in the bureau's own system; with neither it is
refused, so that the same sheet brought in twice changes nothing the second time. Each row goes the
way of a case entered by hand, in one transaction: all rows or none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.access import own_case
from hub.cases.import_rows import COLUMNS, Cells, checked
from hub.cases.labels import FIELDS
from hub.cases.lookups import KIND
from hub.cases.models import Case, CaseStage
from hub.cases.services import create_case, own_view, update_case
from hub.cases.steps import team_of
from hub.cases.views import case_view
from hub.changes import record_act
from hub.errors import Conflict, NotFound, field_error
from hub.web.sheet_import import Report, Row, each_row, headings_of


def bring_in(session: Session, actor: Actor, sheet: Sequence[Mapping[str, str]]) -> Report:
    """Enter and change the cases of a sheet; the caller undoes all of it if a row is refused.

    Raises:
        Invalid: the sheet has no column by which a case is known.
    """
    actor.require(Right.CASE_EDIT)
    names = {name: FIELDS[name] for name in COLUMNS}
    columns, ignored = headings_of(list(sheet[0]) if sheet else [], names)
    if not {"number", "own_number"} & set(columns.values()):
        raise field_error("file", _l("表格应有“编号”或“本单位案号”一列，才能认出案件。"))
    team = team_of(session, actor.bureau_id)
    seen: set[str] = set()

    def take(row: Row, cells: dict[str, str]) -> None:
        _take(session, actor, row, Cells(cells, team), seen)

    return each_row(session, sheet, columns, ignored, take)


def _take(session: Session, actor: Actor, row: Row, cells: Cells, seen: set[str]) -> None:
    given = cells.values
    row.number, row.title = given.get("number") or None, given.get("title", "")
    values = dict(checked(cells))
    case = _known(session, actor, row, values)
    key = case.id if case is not None else values.get("own_number")
    if row.state == "skipped":
        return
    if not key:
        raise field_error("own_number", _l("请填写编号或本单位案号，才能认出案件。"))
    if key in seen:
        raise Conflict(_l("同一案件在表格中出现了两次。"))
    seen.add(key)
    version = values.pop("version", None)
    values.pop("number", None)
    if case is None:
        _open(session, actor, row, values)
    else:
        _change(session, actor, row, case, values, version)


def _known(session: Session, actor: Actor, row: Row, values: Mapping[str, Any]) -> Case | None:
    """The own case that a row is about; a partner's that the actor sees is left aside.

    Raises:
        Invalid: the number is nobody's that the actor sees.
    """
    if values.get("number"):
        found = session.scalars(select(Case).where(Case.number == values["number"])).one_or_none()
        view = case_view(session, actor.reader, found) if found is not None else None
        if found is None or view is None:
            raise field_error("number", _l("没有这个案件，或您无权查看。"))
        if view["own"]:
            return own_case(session, actor, found.id, lock=True)
        row.state, row.detail = "skipped", str(_l("他方的案件，不导入。"))
        return None
    own = select(Case.id).where(
        Case.owner_bureau_id == actor.bureau_id, Case.own_number == values.get("own_number")
    )
    case_id = session.scalar(own) if values.get("own_number") else None
    if case_id is None:
        return None
    try:
        return own_case(session, actor, case_id, lock=True)
    except NotFound as error:
        raise field_error("own_number", _l("没有这个案件，或您无权查看。")) from error


def _open(session: Session, actor: Actor, row: Row, values: dict[str, Any]) -> None:
    missing = [name for name in ("title", "category", "lon", "lat") if name not in values]
    if missing:
        raise field_error(missing[0], _l("新案件须填写%(field)s。", field=FIELDS[missing[0]]))
    if values.get("stage", CaseStage.LEAD) not in (CaseStage.LEAD, CaseStage.FILED):
        raise field_error("stage", _l("新案件只能是线索或立案，其后的阶段须逐步办理。"))
    case = create_case(session, actor, values)
    _entered(session, actor, row, case, "new")


def _change(
    session: Session,
    actor: Actor,
    row: Row,
    case: Case,
    values: dict[str, Any],
    version: int | None,
) -> None:
    before = own_view(session, actor, case) or {}
    row.number, row.record_id, row.title = case.number, case.id, case.title
    changed = {name: value for name, value in values.items() if _differs(before.get(name), value)}
    if not changed:
        row.state = "same"
        return
    if "stage" in changed:
        raise field_error("stage", _l("阶段不能由表格更改，请在案件页面办理。"))
    if version is not None and version != case.version:
        raise Conflict(
            _l("导出之后案件已被修改（表格为第%(old)s版，现为第%(new)s版），请重新导出。",
               old=version, new=case.version)
        )  # fmt: skip
    update_case(session, actor, case, changed)
    row.changes = [
        {"field": name, "name": str(FIELDS[name]), "before": before.get(name), "after": value}
        for name, value in changed.items()
    ]
    _entered(session, actor, row, case, "changed")


def _differs(before: Any, after: Any) -> bool:
    if isinstance(after, list):
        return sorted(before or []) != sorted(after)
    return (before or "") != (after or "")


def _entered(session: Session, actor: Actor, row: Row, case: Case, state: str) -> None:
    row.state, row.record_id, row.number = state, case.id, case.number
    record_act(session, actor, action="case.imported", kind=KIND, record_id=case.id)
