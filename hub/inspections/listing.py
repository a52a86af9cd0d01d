"""Lists of records of inspections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
from hub.web.lists import Listing, Order, between, narrowed, says

NEWEST = Order(InspectionRecord.id)


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
    return narrowed(
        select(InspectionRecord)
        .where(visible_to(actor.reader))
        .where(*between(InspectionRecord.created_at, wanted.since, wanted.until)),
        [
            (wanted.state, InspectionRecord.state == wanted.state),
            (wanted.patrol_id, InspectionRecord.patrol_id == wanted.patrol_id),
            (wanted.finding_id, InspectionRecord.finding_id == wanted.finding_id),
            (wanted.own, InspectionRecord.bureau_id == actor.bureau_id),
        ],
    )


def _asked_for(view: dict[str, Any], q: str) -> bool:
    """Whether a record has the words asked for in what is shown of it."""
    words = [view["number"], view["patrol_title"], view.get("cause"), view.get("place")]
    words += [(view.get("party") or {}).get("name")]
    words += [item["text"] for item in view.get("items", ())]
    return says(words, q)


def inspections(
    session: Session, actor: Actor, wanted: Filters, among: Sequence[str] | None = None
) -> Listing[InspectionRecord]:
    """Records that the actor may see, newest first.

    Args:
        among: only those of these patrols.
    """
    actor.require(Right.WORK_VIEW)
    course = Course(session)

    def views(rows: Sequence[InspectionRecord]) -> Iterator[dict[str, Any]]:
        for row in rows:
            view = view_for(session, actor.reader, row, course)
            if view is not None and _asked_for(view, wanted.q):
                yield view

    statement = _chosen(actor, wanted)
    if among is not None:
        statement = statement.where(InspectionRecord.patrol_id.in_(among))
    return Listing(statement, NEWEST, views)


def flat(
    _session: Session, _actor: Actor, views: Iterable[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Views of the list as rows of a spreadsheet."""
    for view in views:
        yield view | {
            "party_name": (view.get("party") or {}).get("name"),
            "officer_names": "、".join(one["name"] for one in view.get("officers", ())),
            "findings": "；".join(one["text"] for one in view.get("items", ())),
            "photo_count": len(view["photos"]) if "photos" in view else None,
        }


def of_patrol(session: Session, actor: Actor, patrol_id: str) -> list[dict[str, Any]]:
    """The records of a patrol that the actor may see, newest first."""
    return list(inspections(session, actor, Filters(patrol_id=patrol_id)).all(session))


def of_finding(session: Session, actor: Actor, finding_id: str) -> list[dict[str, Any]]:
    """The records of a finding that the actor may see, newest first."""
    return list(inspections(session, actor, Filters(finding_id=finding_id)).all(session))
