"""Bringing petitions in from a sheet (the export of a hotline), the way of the hand.

A row is a new petition; one of the same subject, time and place is there already. Who brought it
is sealed at once and stands in no word of the report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.texts import clean
from hub.clock import SHANGHAI
from hub.errors import Text, field_error
from hub.petitions.labels import CATEGORIES, CHANNELS, FIELDS
from hub.petitions.models import Petition
from hub.petitions.services import create_petition
from hub.web.sheet_import import Report, Row, code_of, each_row, headings_of, require_columns

NAMES = ("title", "category", "channel", "text", "place", "lon", "lat", "occurred_at",
         "received_at", "firm_name", "firm_uscc", "reporter_name", "reporter_contact",
         "reporter_address")  # fmt: skip
COLUMNS: dict[str, Text] = {name: FIELDS[name] for name in NAMES}
MUST = ("title", "category", "channel", "lon", "lat")
LONGEST = {"title": 200, "text": 8000, "place": 300, "firm_name": 200, "firm_uscc": 24,
           "reporter_name": 100, "reporter_contact": 100, "reporter_address": 300}  # fmt: skip


def bring_in(session: Session, actor: Actor, sheet: Sequence[Mapping[str, str]]) -> Report:
    """Register petitions; the caller undoes all of it if a row is refused.

    Raises:
        Forbidden: the actor takes no petitions.
        Invalid: the sheet lacks a column without which there is no petition.
    """
    actor.require(Right.PETITION_WORK)
    columns, ignored = headings_of(list(sheet[0]) if sheet else [], COLUMNS)
    require_columns(columns, COLUMNS, MUST)
    return each_row(
        session, sheet, columns, ignored, lambda row, cells: _take(session, actor, row, cells)
    )


def _take(session: Session, actor: Actor, row: Row, cells: dict[str, str]) -> None:
    row.title = cells.get("title", "")
    values = _values(cells)
    held = _held(session, actor, values)
    if held is not None:
        row.state, row.number, row.record_id = "same", held.number, held.id
        return
    # Its number is given for good only when the sheet is brought in.
    made = create_petition(session, actor, values)
    row.state, row.record_id, row.number = "new", made.id, made.number


def _values(cells: Mapping[str, str]) -> dict[str, Any]:
    for name in MUST:
        if not cells.get(name):
            raise field_error(name, _l("须填写%(field)s。", field=COLUMNS[name]))
    for name, most in LONGEST.items():
        if len(cells.get(name, "")) > most:
            raise field_error(name, _l("最多%(most)s个字。", most=most))
    values: dict[str, Any] = {
        name: cells[name]
        for name in ("title", "text", "place", "firm_name", "firm_uscc")
        if cells.get(name)
    }
    values |= {"lon": _degrees("lon", cells, 180), "lat": _degrees("lat", cells, 90)}
    values["category"] = code_of("category", cells["category"], CATEGORIES)
    values["channel"] = code_of("channel", cells["channel"], CHANNELS)
    values |= {n: _moment(n, cells[n]) for n in ("occurred_at", "received_at") if cells.get(n)}
    values["reporter"] = {
        name: cells.get(f"reporter_{name}", "") for name in ("name", "contact", "address")
    }
    return values


def _held(session: Session, actor: Actor, values: Mapping[str, Any]) -> Petition | None:
    same = [
        Petition.owner_bureau_id == actor.bureau_id,
        Petition.title == clean(values["title"]),
        Petition.lon == values["lon"],
        Petition.lat == values["lat"],
    ]
    same += [
        getattr(Petition, name) == values[name]
        for name in ("occurred_at", "received_at")
        if name in values
    ]
    return session.scalars(select(Petition).where(*same).limit(1)).first()


def _degrees(name: str, cells: Mapping[str, str], limit: float) -> float:
    try:
        value = float(cells[name])
    except ValueError:
        value = float("nan")
    if not -limit <= value <= limit:
        raise field_error(name, _l("应为WGS 84的度数，例如 119.95。"))
    return value


def _moment(name: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip().replace("/", "-"))
    except ValueError as error:
        raise field_error(name, _l("应为时间，例如 2026-03-05 14:30。")) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
