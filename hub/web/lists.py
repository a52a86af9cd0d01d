"""The doors of a list of stored records: a page of it, and all of it for spreadsheets.

Both are made of one statement and one way to the views, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar

from flask_babel import lazy_gettext as _l
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Integer, Select, and_, or_
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub.errors import field_error
from hub.web.paging import decode_cursor, encode_cursor
from sharing.base import UtcDateTime
from sharing.canonical import utc_text

T = TypeVar("T")
F = TypeVar("F")
View = dict[str, Any]

# What a spreadsheet gets at most; how many rows are read at a time for it.
EXPORT_LIMIT = 5_000
BATCH = 200
MOST_DIGITS = 18


def in_parts(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """What comes one by one, some at a time, for what is read together."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def filter_of(kind: type[F], query: BaseModel) -> F:
    """The filter, a dataclass, that a query asks for; its paging is left out."""
    names = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    return kind(**query.model_dump(include=names))


def narrowed(
    statement: Select[Any], conditions: Iterable[tuple[Any, ColumnElement[bool]]]
) -> Select[Any]:
    """The statement with those conditions that are asked for: (asked for or not, condition)."""
    return statement.where(*(condition for given, condition in conditions if given))


def between(
    column: InstrumentedAttribute[datetime], since: datetime | None, until: datetime | None
) -> list[ColumnElement[bool]]:
    """That a moment lies in a period; `until` is excluded, None is no bound."""
    first = [column >= since] if since is not None else []
    return [*first, column < until] if until is not None else first


def containing(text: str, *columns: Any) -> ColumnElement[bool]:
    """That one of the columns has the text in it, in capitals or not."""
    return or_(*(column.icontains(text, autoescape=True) for column in columns))


def says(words: Iterable[object], text: str) -> bool:
    """The same of what a reader is shown: that one of the words has the text in it."""
    asked = text.casefold()
    return not asked or any(asked in str(word).casefold() for word in words if word)


@dataclass(frozen=True)
class Order:
    """How a list runs: by a column if one is given, then by id; the last comes first, unless
    `ascending`."""

    id: InstrumentedAttribute[Any]
    by: InstrumentedAttribute[Any] | None = None
    ascending: bool = False

    @property
    def columns(self) -> list[InstrumentedAttribute[Any]]:
        """What is ordered by, in order."""
        return [self.id] if self.by is None else [self.by, self.id]

    def apply(self, statement: Select[Any]) -> Select[Any]:
        """The statement in this order and no other."""
        turned = [c.asc() if self.ascending else c.desc() for c in self.columns]
        return statement.order_by(None).order_by(*turned)

    def key(self, row: Any) -> list[str]:
        """A row's place in the order, as it stands in a cursor."""
        values = (getattr(row, column.key) for column in self.columns)
        return [utc_text(v) if isinstance(v, datetime) else str(v) for v in values]

    def beyond(self, key: list[str]) -> ColumnElement[bool]:
        """What comes after a place.

        Raises:
            Invalid: the cursor was made by another list.
        """
        last = _value(self.id, key[-1])
        passed: ColumnElement[bool] = self.id > last if self.ascending else self.id < last
        if self.by is None:
            return passed
        value = _value(self.by, key[0])
        further = self.by > value if self.ascending else self.by < value
        return or_(further, and_(self.by == value, passed))


def _value(column: InstrumentedAttribute[Any], text: str) -> Any:
    """What stands in a cursor, as its column has it."""
    try:
        if isinstance(column.type, UtcDateTime):
            return datetime.fromisoformat(text)
        if isinstance(column.type, Integer):
            return _number(text)
    except ValueError as error:
        raise field_error("cursor", _l("游标无效，请从第一页重新开始。")) from error
    return text


def _number(text: str) -> int:
    # Longer ones no database holds.
    if len(text) > MOST_DIGITS:
        raise ValueError(text)
    return int(text)


class Listed(Protocol):
    """What the doors of a list are made of; see `Listing`."""

    def page(self, session: Session, limit: int, cursor: str | None) -> dict[str, Any]:
        """At most `limit` views after a cursor, and the cursor of the next page or None."""

    def all(self, session: Session, most: int | None) -> Iterator[View]:
        """The same without pages."""


@dataclass(frozen=True)
class Listing(Generic[T]):
    """A list: which rows, in which order, and what of them is shown.

    `views` makes the views of some rows together, in their order. It leaves out what the reader is
    not shown, or what he did not ask for by what he is shown; each view has the id of its row,
    under the name of the order's column.
    """

    statement: Select[Any]
    order: Order
    views: Callable[[Sequence[T]], Iterable[View]]

    def page(self, session: Session, limit: int, cursor: str | None) -> dict[str, Any]:
        """At most `limit` views after a cursor, and the cursor of the next page or None.

        A page is full as long as anything follows, however many rows are left out.

        Raises:
            Invalid: a cursor of no list, or of another.
        """
        after = decode_cursor(cursor, len(self.order.columns))
        shown: list[View] = []
        place: list[str] | None = None
        for row, view in self._shown(session, after, limit + 1):
            if len(shown) == limit:
                return {"items": shown, "next": encode_cursor(place or [])}
            shown.append(view)
            place = self.order.key(row)
        return {"items": shown, "next": None}

    def all(
        self, session: Session, most: int | None = EXPORT_LIMIT, *, before: str | None = None
    ) -> Iterator[View]:
        """The same without pages.

        Args:
            most: at most so many; None: however many there are.
            before: only what follows the row of this id (lists ordered by id alone).
        """
        after = None if before is None else [before]
        for _row, view in islice(self._shown(session, after, BATCH), most):
            yield view

    def _shown(
        self, session: Session, after: list[str] | None, batch: int
    ) -> Iterator[tuple[T, View]]:
        ordered = self.order.apply(self.statement)
        while True:
            part = ordered if after is None else ordered.where(self.order.beyond(after))
            rows = session.scalars(part.limit(batch)).all()
            name = self.order.id.key
            by_id = {getattr(row, name): row for row in rows}
            for view in self.views(rows):
                yield by_id[view[name]], view
            if len(rows) < batch:
                return
            after, batch = self.order.key(rows[-1]), max(batch, BATCH)
