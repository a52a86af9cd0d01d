"""Bringing meetings and action items in from a sheet, over multipart."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from hub.access import Right
from hub.action_items import importing as items
from hub.meetings import importing as meetings
from hub.web.exports import xlsx_response
from hub.web.identity import current_actor
from hub.web.sheet_import import ImportQuery, ReportOut, bring_sheet

bp = APIBlueprint("meeting_import_api", __name__, url_prefix="/api/v1", tag="meetings")


@bp.get("/meetings/template.xlsx")
@bp.doc(summary="An empty sheet with the columns of meetings that can be brought in")
def meetings_template() -> Response:
    """Headings in the reader's language; the export of the list can be brought in as well."""
    current_actor().require(Right.MEETING_WORK)
    columns = [(name, str(text)) for name, text in meetings.COLUMNS.items()]
    return xlsx_response("meetings-template", columns, [])


@bp.post("/meetings/import")
@bp.input(ImportQuery, location="query", arg_name="query")
@bp.output(ReportOut)
@bp.doc(summary="Bring in meetings from CSV or XLSX (multipart, field `file`): all rows or none")
def bring_meetings(query: ImportQuery) -> Response:
    """With `dry_run` nothing is kept; else one refused row refuses all (422 with the report)."""
    actor = current_actor()
    actor.require(Right.MEETING_WORK)
    return bring_sheet(actor, meetings.bring_in, dry_run=query.dry_run)


@bp.get("/action-items/template.xlsx")
@bp.doc(summary="An empty sheet with the columns of action items that can be brought in")
def items_template() -> Response:
    """Headings in the reader's language; the export of the list can be brought in as well."""
    current_actor().require(Right.MEETING_WORK)
    columns = [(name, str(text)) for name, text in items.COLUMNS.items()]
    return xlsx_response("action-items-template", columns, [])


@bp.post("/action-items/import")
@bp.input(ImportQuery, location="query", arg_name="query")
@bp.output(ReportOut)
@bp.doc(summary="Bring in action items from CSV or XLSX (multipart, `file`): all rows or none")
def bring_items(query: ImportQuery) -> Response:
    """With `dry_run` nothing is kept; else one refused row refuses all (422 with the report)."""
    actor = current_actor()
    actor.require(Right.MEETING_WORK)
    return bring_sheet(actor, items.bring_in, dry_run=query.dry_run)
