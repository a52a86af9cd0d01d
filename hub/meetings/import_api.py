"""Bringing meetings and action items in from a sheet."""

from __future__ import annotations

from apiflask import APIBlueprint

from hub.access import Right
from hub.action_items import importing as items
from hub.meetings import importing as meetings
from hub.web.sheet_doors import sheet_doors

bp = APIBlueprint("meeting_import_api", __name__, url_prefix="/api/v1", tag="meetings")

sheet_doors(
    bp,
    "/meetings",
    right=Right.MEETING_WORK,
    columns=meetings.COLUMNS,
    bring_in=meetings.bring_in,
    what="meetings",
)
sheet_doors(
    bp,
    "/action-items",
    right=Right.MEETING_WORK,
    columns=items.COLUMNS,
    bring_in=items.bring_in,
    what="action items",
)
