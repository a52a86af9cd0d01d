"""The doors through which a list comes in as a sheet: an empty one to fill, and the filled one."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from hub.access import Right
from hub.web.exports import Columns, xlsx_response
from hub.web.identity import current_actor
from hub.web.sheet_import import BringIn, ImportQuery, ReportOut, bring_sheet


def sheet_doors(
    bp: APIBlueprint,
    address: str,
    *,
    right: Right,
    columns: Columns,
    bring_in: BringIn,
    what: str,
) -> None:
    """Add `address`/template.xlsx and `address`/import to a blueprint.

    Args:
        right: whoever brings in, or wants an empty sheet, must have it.
        columns: of the empty sheet, with their headings.
        bring_in: takes the rows, by the services of the pages.
        what: is brought in, in the words of the API's description.
    """
    name = address.strip("/").replace("-", "_")

    @bp.get(f"{address}/template.xlsx", endpoint=f"{name}_template")
    @bp.doc(summary=f"An empty sheet with the columns of {what} that can be brought in")
    def template() -> Response:
        """Headings in the reader's language; the export of the list can be brought in as well."""
        current_actor().require(right)
        return xlsx_response(f"{address.strip('/')}-template", columns, [])

    @bp.post(f"{address}/import", endpoint=f"{name}_import")
    @bp.input(ImportQuery, location="query", arg_name="query")
    @bp.output(ReportOut)
    @bp.doc(summary=f"Bring in {what} from CSV or XLSX (multipart, `file`): all rows or none")
    def bring(query: ImportQuery) -> Response:
        """With `dry_run` nothing is kept; else one refused row refuses all (422, the report)."""
        actor = current_actor()
        actor.require(right)
        return bring_sheet(actor, bring_in, dry_run=query.dry_run)
