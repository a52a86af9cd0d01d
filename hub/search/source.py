"""What the search knows of a kind of record, and which texts of a view it reads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.access import Actor
from hub.clock import SHANGHAI
from hub.shares.deciding import Judge

# By which of its fields something listed in a record is found.
NAMING = ("name", "title", "text", "kind_name", "document_number", "description", "outcome_text")
Row = Any
View = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """Every field of a row, as its owner reads it, and the tokens that only its kind has."""

    record: View
    tokens: Sequence[str] = ()


Entries = Callable[[Session, Judge, Sequence[Row]], list[Entry]]


def each(record: Callable[[Session, Judge, Row], View]) -> Entries:
    """Entries of a kind beside whose rows nothing else is read."""
    return lambda session, judge, rows: [Entry(record(session, judge, row)) for row in rows]


@dataclass(frozen=True)
class Source:
    """One kind of record as the search knows it.

    `entries` are what is indexed of rows, in their order; `views` what a reader sees of many.
    `groups` has the searched fields, each with its field group.
    """

    kind: str
    model: type[Any]
    groups: Mapping[str, str]
    entries: Entries
    views: Callable[[Session, Actor, Judge, Collection[Row]], dict[str, View]]
    title: str = "title"
    moment: str = "created_at"
    stage: str | None = None
    category: str | None = None

    def texts(self, view: Mapping[str, Any]) -> dict[str, list[str]]:
        """The searched texts of a view by field group; fields that it does not show are absent."""
        found: dict[str, list[str]] = {}
        for name, group in self.groups.items():
            if view.get(name):
                found.setdefault(group, []).extend(texts_in(view[name]))
        return found

    def facets(self, view: Mapping[str, Any]) -> View:
        """What results are counted by, as far as the view shows it."""
        moment = view.get(self.moment)
        stage = view.get(self.stage or "")
        return {
            "kind": self.kind,
            "stage": f"{self.kind}.{stage}" if stage else None,
            "category": view.get(self.category or ""),
            "bureau": view.get("owner_bureau_id"),
            "year": year_of(moment) if moment else None,
            "district": view.get("adcode"),
        }


def texts_in(value: object) -> list[str]:
    """The texts of a field: a text, or the names of what is listed."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        # The code of a firm; what is left of a person's masked number is no word.
        keys = NAMING if value.get("masked") else (*NAMING, "code")
        return [str(value[key]) for key in keys if value.get(key)]
    if isinstance(value, list | tuple):
        return [text for one in value for text in texts_in(one)]
    return []


def year_of(moment: str) -> int:
    """The calendar year in China of a moment (ISO 8601)."""
    return year_in_china(datetime.fromisoformat(moment))


def year_in_china(moment: datetime) -> int:
    """The calendar year in China of an aware moment."""
    return moment.astimezone(SHANGHAI).year
