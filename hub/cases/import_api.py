"""Bringing cases in from a sheet."""

from __future__ import annotations

from apiflask import APIBlueprint

from hub.access import Right
from hub.cases.import_rows import COLUMNS
from hub.cases.importing import bring_in
from hub.cases.labels import FIELDS
from hub.web.sheet_doors import sheet_doors

bp = APIBlueprint("case_import_api", __name__, url_prefix="/api/v1", tag="cases")

sheet_doors(
    bp,
    "/cases",
    right=Right.CASE_EDIT,
    # Without the version, which an export has and a new case has not.
    columns={name: FIELDS[name] for name in COLUMNS[:-1]},
    bring_in=bring_in,
    what="cases",
)
