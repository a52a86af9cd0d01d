"""Lists of findings, narrowed by what the reader is shown of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.clock import local_day
from hub.db import utc_now
from hub.patrols.finding_closure_models import FindingState
from hub.patrols.finding_views import beside, view_for
from hub.patrols.models import Finding, Patrol, PatrolOfficer, PatrolParty, PatrolState
from hub.patrols.openness import Course
from hub.patrols.tracks import LATE
from hub.web.lists import Listing, Order, between, containing, narrowed, says

NEWEST = Order(Finding.id)


@dataclass(frozen=True)
class Filters:
    """What a list of findings is narrowed to; `until` is excluded."""

    patrol_id: str | None = None
    category: str | None = None
    adcode: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    open_only: bool = False
    q: str = ""
    zone_id: str | None = None
    # One of FindingState.
    state: str | None = None
    # The day of its task has passed.
    overdue: bool = False

    @property
    def asks_for(self) -> frozenset[str]:
        """The fields of a view by which it narrows; who follows a finding reads of it what its
        recorder keeps to himself, and the other way round."""
        asked = (
            (self.category, "category"),
            (self.adcode, "adcode"),
            (self.since or self.until, "found_at"),
            (self.open_only, "has_case"),
            (self.state, "state"),
            (self.overdue, "overdue"),
        )
        return frozenset(name for given, name in asked if given)


def _chosen(actor: Actor, wanted: Filters) -> Select[Any]:
    own = select(PatrolParty.patrol_id).where(PatrolParty.bureau_id == actor.bureau_id)
    in_zone = select(Patrol.id).where(Patrol.zone_id == wanted.zone_id)
    late = Finding.due_on < local_day(utc_now())
    return narrowed(
        select(Finding)
        .where(Finding.patrol_id.in_(own))
        .where(*between(Finding.found_at, wanted.since, wanted.until)),
        [
            (wanted.patrol_id, Finding.patrol_id == wanted.patrol_id),
            (wanted.category, Finding.category == wanted.category),
            (wanted.adcode, Finding.adcode == wanted.adcode),
            (wanted.open_only, Finding.case_id.is_(None)),
            (wanted.zone_id, Finding.patrol_id.in_(in_zone)),
            (wanted.state, Finding.state == wanted.state),
            (wanted.overdue, (Finding.state == FindingState.TASKED.value) & late),
            (wanted.q, containing(wanted.q, Finding.text, Finding.number)),
        ],
    )


def _asked_for(view: dict[str, Any], wanted: Filters) -> bool:
    """A filter tells nothing about what the reader may not see."""
    if not wanted.asks_for <= view.keys():
        return False
    return "text" in view or says([view["number"]], wanted.q)


def findings(session: Session, actor: Actor, wanted: Filters) -> Listing[Finding]:
    """Findings that the actor's bureau may see, newest first."""
    actor.require(Right.WORK_VIEW)
    course = Course(session)

    def views(rows: Sequence[Finding]) -> Iterator[dict[str, Any]]:
        near = beside(session, rows)
        for row in rows:
            view = view_for(session, actor.reader, row, course, near)
            if view is not None and _asked_for(view, wanted):
                yield view

    return Listing(_chosen(actor, wanted), NEWEST, views)


def findings_before(
    session: Session, actor: Actor, before: str | None = None
) -> Iterator[dict[str, Any]]:
    """The views of all findings with an id below `before`, newest first."""
    return findings(session, actor, Filters()).all(session, None, before=before)


def open_patrols(session: Session, actor: Actor) -> list[Patrol]:
    """Patrols to which the actor may log at this moment, the newest first."""
    if not actor.may(Right.PATROL_LOG):
        return []
    ended = Patrol.state == PatrolState.COMPLETED
    statement = (
        select(Patrol)
        .join(PatrolOfficer, PatrolOfficer.patrol_id == Patrol.id)
        .where(PatrolOfficer.user_id == actor.user_id)
        .where(
            (Patrol.state == PatrolState.IN_PROGRESS)
            | (ended & (Patrol.ended_at >= utc_now() - LATE))
        )
        .order_by(Patrol.starts_at.desc())
    )
    return list(session.scalars(statement))
