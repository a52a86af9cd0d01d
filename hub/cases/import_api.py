"""Bringing cases in from a sheet, over JSON and multipart."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from hub.access import Right
from hub.cases.import_rows import COLUMNS
from hub.cases.importing import bring_in
from hub.cases.labels import FIELDS
from hub.web.exports import xlsx_response
from hub.web.identity import current_actor
from hub.web.sheet_import import ImportQuery, ReportOut, bring_sheet

bp = APIBlueprint("case_import_api", __name__, url_prefix="/api/v1", tag="cases")


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
    return bring_sheet(actor, bring_in, dry_run=query.dry_run)
