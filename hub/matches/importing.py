"""Bringing in what a bureau says of matches: the export of the list with its words filled in.

A row is a match by the numbers of both records, as far as its reader sees both at this moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.cases.texts import clean
from hub.errors import Conflict, Forbidden, Text, field_error
from hub.matches.finding import Match, find_matches
from hub.matches.models import MarkState
from hub.matches.services import STATES, may_mark, say
from hub.web.sheet_import import (
    Report,
    Row,
    changes_of,
    code_of,
    each_row,
    headings_of,
    require_columns,
)

COLUMNS: dict[str, Text] = {
    "own_number": _l("本单位记录"),
    "other_number": _l("对方记录"),
    "state_name": _l("状态"),
    "note": _l("说明"),
}
MUST = ("own_number", "other_number", "state_name")
LONGEST_NOTE = 500
NEW = "new"


def bring_in(session: Session, actor: Actor, sheet: Sequence[Mapping[str, str]]) -> Report:
    """Say of matches what the rows say; the caller undoes all of it if a row is refused.

    Raises:
        Forbidden: the actor may not speak for his bureau here.
        Invalid: the sheet lacks a column.
    """
    if not may_mark(actor):
        raise Forbidden
    columns, ignored = headings_of(list(sheet[0]) if sheet else [], COLUMNS)
    require_columns(columns, COLUMNS, MUST)
    found: dict[tuple[str, str], list[Match]] = {}
    for one in find_matches(session, actor):
        found.setdefault((one.own.number, one.other.number), []).append(one)
    seen: set[tuple[str, str]] = set()

    def take(row: Row, cells: dict[str, str]) -> None:
        pair = cells["own_number"], cells["other_number"]
        row.number, row.title = pair
        held = found.get(pair, [])
        if len(held) != 1:
            raise field_error("other_number", _l("没有这一匹配，或您无权查看其中一方。"))
        if pair in seen:
            raise Conflict(_l("同一匹配在表格中出现了两次。"))
        seen.add(pair)
        _take(session, actor, row, held[0], cells)

    return each_row(session, sheet, columns, ignored, take)


def _take(session: Session, actor: Actor, row: Row, match: Match, cells: Mapping[str, str]) -> None:
    row.title = match.own.title
    state = code_of("state_name", cells["state_name"], STATES)
    before = {"state_name": match.state, "note": match.mark.note if match.mark else ""}
    after = {"state_name": state, "note": clean(cells.get("note", before["note"]))}
    if len(after["note"]) > LONGEST_NOTE:
        raise field_error("note", _l("最多%(most)s个字。", most=LONGEST_NOTE))
    if before == after:
        row.state = "same"
        return
    if state == NEW:
        row.state, row.detail = "skipped", str(_l("表格没有说明这一匹配是否为同一事项。"))
        return
    say(session, actor, match, MarkState(state), after["note"])
    row.state = "changed"
    old, new = (one | {"state_name": str(STATES[one["state_name"]])} for one in (before, after))
    row.changes = changes_of(old, new, COLUMNS)
