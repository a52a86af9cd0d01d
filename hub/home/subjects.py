"""Name and page of a record that something else points at: a clock, a notification."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hub.access import ReaderClass, Right
from hub.action_items.access import visible_to as action_items_of
from hub.action_items.models import ActionItem
from hub.cases.measure_models import CaseMeasure, MeasureKind
from hub.cases.measure_views import KIND as MEASURE
from hub.cases.measure_views import KINDS as MEASURES
from hub.home.activity import KINDS, name_of, page_of
from hub.realtime.renderers import views_of
from hub.requests.access import visible_to as requests_of
from hub.requests.models import Request
from hub.shares.models import AccessRequest
from hub.shares.onward_models import OnwardRequest

# Kind and id of a record.
Key = tuple[str, str]


@dataclass(frozen=True)
class Named:
    """A record in words, with its page; without one it is gone, or not the reader's to see."""

    kind_name: str
    title: str
    url: str | None


# What is part of another record: its table, the kind of that record and the column of its id.
_PARTS: dict[str, tuple[Any, str, str]] = {
    "access_request": (AccessRequest, "share", "share_id"),
    "onward_request": (OnwardRequest, "share", "share_id"),
    MEASURE: (CaseMeasure, "case", "case_id"),
}
# What everybody who sees it at all knows the title of: its table, and the condition of the feature.
# The views of these read much for each record.
_TITLED: dict[str, tuple[Any, Callable[[ReaderClass], ColumnElement[bool]]]] = {
    "request": (Request, requests_of),
    "action_item": (ActionItem, action_items_of),
}


def describe(session: Session, reader: ReaderClass, kind: str, record_id: str) -> Named:
    """A record as the reader may see it at this moment."""
    return describe_all(session, reader, [(kind, record_id)])[kind, record_id]


def subject_key(clock: Mapping[str, Any]) -> Key:
    """The record for which a clock runs, of its view."""
    return clock["kind"], clock["subject_id"]


def describe_all(session: Session, reader: ReaderClass, records: Iterable[Key]) -> dict[Key, Named]:
    """The same for many records by kind and id; those of one kind are read together."""
    asked = set(records)
    parts = _parts_among(session, asked)
    roots = {record: _root(record, parts) for record in asked}
    wanted: dict[str, set[str]] = defaultdict(set)
    for kind, one in roots.values():
        wanted[kind].add(one)
    named = {
        (kind, one): _named(kind, view)
        for kind, ids in wanted.items()
        for one, view in _views(session, reader, kind, ids)
    }
    return {record: _as_part(record, parts, named[roots[record]]) for record in asked}


def _parts_among(session: Session, asked: Iterable[Key]) -> dict[Key, Any]:
    """The rows of those that are part of another record."""
    found: dict[Key, Any] = {}
    for kind, (model, _of, _column) in _PARTS.items():
        if ids := {one for part, one in asked if part == kind}:
            rows = session.scalars(select(model).where(model.id.in_(ids))).unique()
            found |= {(kind, row.id): row for row in rows}
    return found


def _root(record: Key, parts: Mapping[Key, Any]) -> Key:
    """The record whose view tells the name; of a part that is gone there is none."""
    if record[0] not in _PARTS:
        return record
    _model, kind, column = _PARTS[record[0]]
    return kind, getattr(parts[record], column) if record in parts else ""


def _views(
    session: Session, reader: ReaderClass, kind: str, ids: Collection[str]
) -> Iterator[tuple[str, Mapping[str, Any] | None]]:
    """What tells the name of records of a kind: nothing of those that are not the reader's."""
    views: Mapping[str, Mapping[str, Any] | None]
    if kind in _TITLED:
        model, condition = _TITLED[kind]
        seen = select(model.id, model.title, model.number).where(
            model.id.in_(ids), condition(reader)
        )
        works = Right.WORK_VIEW in reader.rights
        views = {row.id: row._asdict() for row in session.execute(seen)} if works else {}
    else:
        (views,) = views_of(session, kind, [(reader, sorted(ids))])
    return ((one, views.get(one)) for one in ids)


def _named(kind: str, view: Mapping[str, Any] | None) -> Named:
    kind_name = str(KINDS.get(kind, kind))
    if view is None:
        return Named(kind_name, _("已收回或不再可见"), None)
    return Named(kind_name, name_of(view), page_of(kind, view))


def _as_part(record: Key, parts: Mapping[Key, Any], named: Named) -> Named:
    """What a part is called after the record that it is part of, where it is looked at."""
    kind = record[0]
    if kind == "access_request":
        return replace(named, kind_name=_("查看申请"))
    if kind == "onward_request":
        return replace(named, kind_name=_("转交申请"))
    if kind == MEASURE and named.url is not None:
        name = str(MEASURES[MeasureKind(parts[record].kind)])
        return Named(name, named.title, f"{named.url}#measures-h")
    return named
