"""The doors of a list over JSON: a page, and all of it as CSV, Excel and JSON.

All four narrow by the same query and are made of the same list, so that a file has what the
page shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field, create_model
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.web.doors import reading
from hub.web.exports import Columns, csv_response, json_response, xlsx_response
from hub.web.lists import EXPORT_LIMIT, Listed
from hub.web.paging import DEFAULT_LIMIT, MAX_LIMIT

View = dict[str, Any]
Rows = Callable[[Session, Actor, Iterable[View]], Iterable[Mapping[str, Any]]]
# Ending of the address -> how it is written, and what it is for.
FILES: dict[str, tuple[Callable[[str, Columns, Iterable[Mapping[str, Any]]], Response], str]] = {
    "csv": (csv_response, "The same list for spreadsheets"),
    "xlsx": (xlsx_response, "The same list as an Excel workbook"),
    "json": (json_response, "The same list in one piece, the columns of the spreadsheet by name"),
}


class NoQuery(BaseModel):
    """A list that is not narrowed."""


def paged(query: type[BaseModel]) -> type[BaseModel]:
    """The filters of a list with its paging."""
    page: dict[str, Any] = {
        "limit": (int, Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)),
        "cursor": (str | None, Field(default=None, max_length=2000)),
    }
    return create_model(f"{query.__name__}Page", __base__=query, __doc__="A page of them.", **page)


def as_shown(_session: Session, _actor: Actor, views: Iterable[View]) -> Iterable[View]:
    """The rows of a file are the views themselves."""
    return views


def list_doors(
    bp: APIBlueprint,
    address: str,
    *,
    query: type[BaseModel],
    out: type[BaseModel],
    listed: Callable[..., Listed],
    columns: Columns,
    summary: str,
    rows: Rows = as_shown,
    file: str | None = None,
    most: int = EXPORT_LIMIT,
) -> None:
    """Add the doors of a list to a blueprint: `address`, and the same with the endings of FILES.

    Args:
        query: the filters, without paging.
        out: a page of the list.
        listed: the list that a query asks for, `(session, actor, query)` and by name what stands
            in the address, as in `/patrols/<patrol_id>/waypoints`; it refuses who may not read it.
        columns: of the files, the keys of `rows` with their headings.
        rows: what of the views the files have.
        file: what the files are called; else by the address.
        most: how many rows a file has at most.
    """

    @bp.get(address, endpoint=_endpoint(address))
    @bp.input(paged(query), location="query", arg_name="query")
    @bp.output(out)
    @bp.doc(summary=summary)
    @reading
    def page(session: Session, actor: Actor, query: Any, **place: str) -> dict[str, Any]:
        """A page; `next` leads to the one after it."""
        return listed(session, actor, query, **place).page(session, query.limit, query.cursor)

    def whole(
        session: Session, actor: Actor, query: Any, **place: str
    ) -> Iterable[Mapping[str, Any]]:
        return rows(session, actor, listed(session, actor, query, **place).all(session, most))

    file_doors(bp, address, query=query, rows=whole, columns=columns, file=file)


def file_doors(
    bp: APIBlueprint,
    address: str,
    *,
    query: type[BaseModel],
    rows: Callable[..., Iterable[Mapping[str, Any]]],
    columns: Columns | Callable[[], Columns],
    file: str | None = None,
    door: Callable[..., Callable[..., Any]] = reading,
) -> None:
    """Add the files of a list alone: `address` with the endings of FILES.

    Args:
        query: the filters.
        rows: all that a query asks for, at most some thousand, called as `listed` of `list_doors`;
            it refuses who may not read it.
        columns: the keys of `rows` with their headings.
        file: what the files are called; else by the last word of the address.
        door: `reading`, or `witnessed` where a trail has who read.
    """
    for ending, (written, purpose) in FILES.items():
        whole = _file_door(rows, columns, written, file or address.rpartition("/")[2])
        described = bp.doc(summary=purpose)(door(whole))
        asked = bp.input(query, location="query", arg_name="query")(described)
        bp.get(f"{address}.{ending}", endpoint=f"{_endpoint(address)}_{ending}")(asked)


def _endpoint(address: str) -> str:
    return "_".join(re.findall(r"[a-z]+", re.sub(r"<[^>]*>", "", address)))


def _file_door(
    rows: Callable[..., Iterable[Mapping[str, Any]]],
    columns: Columns | Callable[[], Columns],
    written: Callable[[str, Columns, Iterable[Mapping[str, Any]]], Response],
    name: str,
) -> Callable[..., Response]:
    def whole(session: Session, actor: Actor, query: Any, **place: str) -> Response:
        """All that the filters leave, at most some thousand rows."""
        named = columns() if callable(columns) else columns
        return written(name, named, rows(session, actor, query, **place))

    return whole
