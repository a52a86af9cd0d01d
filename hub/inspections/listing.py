"""Lists of records of inspections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.inspections.access import visible_to
from hub.inspections.models import InspectionRecord
from hub.inspections.views import view_for
from hub.patrols.openness import Course
from hub.web.paging import decode_cursor, page

EXPORT_LIMIT = 5_000


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; `until` is excluded."""

    state: str | None = None
    patrol_id: str | None = None
    finding_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    own: bool = False
    q: str = ""


def _chosen(actor: Actor, wanted: Filters) -> Select[Any]:
    query = (
        select(InspectionRecord)
        .where(visible_to(actor.reader))
        .order_by(InspectionRecord.id.desc())
    )
    for column, value in (
        (InspectionRecord.state, wanted.state),
        (InspectionRecord.patrol_id, wanted.patrol_id),
        (InspectionRecord.finding_id, wanted.finding_id),
    ):
        if value:
            query = query.where(column == value)
    if wanted.since is not None:
        query = query.where(InspectionRecord.created_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(InspectionRecord.created_at < wanted.until)
    if wanted.own:
        query = query.where(InspectionRecord.bureau_id == actor.bureau_id)
    return query


def _asked_for(view: dict[str, Any] | None, q: str) -> bool:
    """Whether a record is shown and has the words asked for in what is shown of it."""
    if view is None or not q:
        return view is not None
    words = [view["number"], view["patrol_title"], view.get("cause"), view.get("place")]
    words += [(view.get("party") or {}).get("name")]
    words += [item["text"] for item in view.get("items", ())]
    return any(q in word for word in words if word)


def list_inspections(
    session: Session, actor: Actor, wanted: Filters, limit: int, cursor: str | None
) -> dict[str, Any]:
    """Records that the actor may see, newest first."""
    actor.require(Right.WORK_VIEW)
    query = _chosen(actor, wanted)
    after = decode_cursor(cursor, 1)
    if after:
        query = query.where(InspectionRecord.id < after[0])
    rows = session.scalars(query.limit(limit + 1)).all()
    course = Course(session)
    return page(
        rows, limit, lambda row: [row.id], lambda row: _shown(session, actor, row, course, wanted)
    )


def _shown(
    session: Session, actor: Actor, row: InspectionRecord, course: Course, wanted: Filters
) -> dict[str, Any] | None:
    view = view_for(session, actor.reader, row, course)
    return view if _asked_for(view, wanted.q) else None


def exported(session: Session, actor: Actor, wanted: Filters) -> Iterator[dict[str, Any]]:
    """The same list without pages, at most EXPORT_LIMIT, flat for a spreadsheet."""
    actor.require(Right.WORK_VIEW)
    course = Course(session)
    for row in session.scalars(_chosen(actor, wanted).limit(EXPORT_LIMIT)):
        view = _shown(session, actor, row, course, wanted)
        if view is not None:
            yield view | {
                "party_name": (view.get("party") or {}).get("name"),
                "officer_names": "、".join(one["name"] for one in view.get("officers", ())),
                "findings": "；".join(one["text"] for one in view.get("items", ())),
                "photo_count": len(view["photos"]) if "photos" in view else None,
            }


def of_patrol(session: Session, actor: Actor, patrol_id: str) -> list[dict[str, Any]]:
    """The records of a patrol that the actor may see, newest first."""
    return list(_all(session, actor, Filters(patrol_id=patrol_id)))


def of_patrols(
    session: Session, actor: Actor, patrol_ids: Sequence[str], wanted: Filters
) -> Iterator[dict[str, Any]]:
    """The records of some patrols that the actor may see."""
    course = Course(session)
    query = _chosen(actor, wanted).where(InspectionRecord.patrol_id.in_(patrol_ids))
    for row in session.scalars(query):
        view = view_for(session, actor.reader, row, course)
        if view is not None:
            yield view


def of_finding(session: Session, actor: Actor, finding_id: str) -> list[dict[str, Any]]:
    """The records of a finding that the actor may see, newest first."""
    return list(_all(session, actor, Filters(finding_id=finding_id)))


def _all(session: Session, actor: Actor, wanted: Filters) -> Iterator[dict[str, Any]]:
    course = Course(session)
    for row in session.scalars(_chosen(actor, wanted)):
        view = view_for(session, actor.reader, row, course)
        if view is not None:
            yield view
