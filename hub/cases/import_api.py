"""Bringing cases in from a sheet, over JSON and multipart."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.import_rows import COLUMNS
from hub.cases.importing import MOST_ROWS, Report, bring_in
from hub.cases.labels import FIELDS
from hub.db import unit_of_work
from hub.errors import Forbidden, Invalid, TooLarge
from hub.files.api import sent_file
from hub.web.doors import json_response, writing
from hub.web.exports import xlsx_response
from hub.web.identity import current_actor
from hub.web.sheets import read_sheet

bp = APIBlueprint("case_import_api", __name__, url_prefix="/api/v1", tag="cases")
MOST_BYTES = 5 * 1024 * 1024


class ImportQuery(BaseModel):
    """Whether to bring it in, or only to say what would become of it."""

    model_config = ConfigDict(extra="forbid")

    dry_run: bool = False


class RowOut(BaseModel):
    """What becomes of one row; `line` counts from the sheet's first line, the headings'."""

    line: int
    state: str
    number: str | None
    title: str
    case_id: str | None
    errors: list[dict[str, str]]
    detail: str
    changes: list[dict[str, Any]]


class ReportOut(BaseModel):
    """What becomes of a sheet: new, changed, same, skipped and refused rows."""

    counts: dict[str, int]
    # Headings that mean nothing here.
    ignored: list[str]
    rows: list[RowOut]


class _Undone(Exception):
    """Ends a trial: nothing of it is kept."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


@bp.get("/cases/template.xlsx")
@bp.doc(summary="An empty sheet with the columns that can be brought in")
def template() -> Response:
    """Headings in the reader's language; the export of the list can be brought in as well."""
    current_actor().require(Right.CASE_EDIT)
    return xlsx_response("cases-template", [(name, str(FIELDS[name])) for name in COLUMNS[:-1]], [])


@bp.post("/cases/import")
@bp.input(ImportQuery, location="query", arg_name="query")
@bp.output(ReportOut)
@bp.doc(summary="Bring in cases from CSV or XLSX (multipart, field `file`): all rows or none")
def bring(query: ImportQuery) -> Response:
    """With `dry_run` nothing is kept; else one refused row refuses all (422 with the report)."""
    actor = current_actor()
    actor.require(Right.CASE_EDIT)
    sheet = _sheet()
    if query.dry_run:
        return json_response(_tried(actor, sheet).to_dict())
    answer: Response = _enter(sheet)
    return answer


def _tried(actor: Actor, sheet: list[dict[str, str]]) -> Report:
    if actor.read_only:
        raise Forbidden(_l("此令牌只有读取权限。"))
    try:
        with unit_of_work() as session:
            raise _Undone(bring_in(session, actor, sheet))
    except _Undone as undone:
        return undone.report


@writing
def _enter(session: Session, actor: Actor, sheet: list[dict[str, str]]) -> dict[str, Any]:
    report = bring_in(session, actor, sheet)
    if report.refused:
        raise Invalid(
            _l("有%(count)s行不能导入，全部未导入。", count=report.refused),
            extra={"report": report.to_dict()},
        )
    return report.to_dict()


def _sheet() -> list[dict[str, str]]:
    content = sent_file().stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise TooLarge(_l("文件过大，最多%(most)s MB。", most=MOST_BYTES // 1024 // 1024))
    return read_sheet(content, MOST_ROWS)
