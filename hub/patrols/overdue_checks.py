"""What a firm is late with comes back: as points of the next patrol's checklist."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import ReaderClass, Right
from hub.patrols.finding_closure_models import FindingState
from hub.patrols.finding_views import view_for
from hub.patrols.models import Finding, Patrol
from hub.patrols.openness import Course

MOST = 20


def overdue_points(session: Session, zone_id: str, party_ids: Iterable[str], on: date) -> list[str]:
    """Points for findings of a zone that will be overdue on a local day, oldest first.

    A checklist is read by all parties: of a finding it names the number alone, and none that one of
    them would not be told of. The words are data in the language of the authorities.
    """
    of_zone = select(Patrol.id).where(Patrol.zone_id == zone_id)
    query = select(Finding).where(
        Finding.patrol_id.in_(of_zone),
        Finding.state == FindingState.TASKED.value,
        Finding.due_on < on,
    )
    readers = [ReaderClass(one, frozenset({Right.WORK_VIEW}), 0) for one in sorted(party_ids)]
    course = Course(session)
    found = []
    for row in session.scalars(query.order_by(Finding.due_on, Finding.id).limit(MOST)):
        views = [view_for(session, reader, row, course) for reader in readers]
        if all(view is not None and "due_on" in view for view in views):
            found.append(f"复查逾期整改 {row.number}")  # data, not screen text
    return found
