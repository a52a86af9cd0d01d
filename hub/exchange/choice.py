"""What goes into a package: chosen by agreement, partner, period, zone and kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import ReaderClass, Right
from hub.cases.models import Case
from hub.cases.subjects import subject_of
from hub.cases.views import views_of
from hub.patrols.finding_views import view_for
from hub.patrols.models import Finding, Patrol
from hub.patrols.views import render_patrol
from hub.petitions.models import Petition
from hub.petitions.views import petition_view
from hub.petitions.views import subject_of as petition_subject
from hub.shares.deciding import Judge
from sharing.canonical import utc_text

# Of a petition and of a measure, what is of the moment: clocks, and keys being turned.
LIVE = ("clocks", "overdue", "approvals", "content_hash")
# More is refused with the advice to choose a shorter period.
MOST_RECORDS = 5000


@dataclass(frozen=True)
class Choice:
    """Which of the own records a partner gets; times are UTC-aware, the end is not included."""

    agreement_id: str
    partner_id: str
    kinds: tuple[str, ...]
    since: datetime
    until: datetime
    zone_id: str | None = None
    with_files: bool = True
    meeting_id: str | None = None
    # What is classified above the clearance of the person who builds is left out.
    clearance: int = 4

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as they stand in the package."""
        return {
            "agreement_id": self.agreement_id,
            "partner_id": self.partner_id,
            "kinds": sorted(self.kinds),
            "since": utc_text(self.since),
            "until": utc_text(self.until),
            "zone_id": self.zone_id,
            "with_files": self.with_files,
        }


@dataclass(frozen=True)
class Chosen:
    """A record and the partner's view of it at this moment."""

    kind: str
    id: str
    version: int
    classification: int
    view: dict[str, Any]


def reader_of(bureau_id: str, clearance: int = 4) -> ReaderClass:
    """The partner as a reader: what it may see at all; persons' clearance is checked by its hub."""
    return ReaderClass(bureau_id, frozenset({Right.WORK_VIEW}), clearance)


def _cases(session: Session, bureau_id: str, choice: Choice) -> Iterator[Chosen]:
    judge = Judge(session)
    rows = session.scalars(
        select(Case)
        .where(
            Case.owner_bureau_id == bureau_id,
            Case.opened_at >= choice.since,
            Case.opened_at < choice.until,
        )
        .order_by(Case.id)
        .limit(MOST_RECORDS + 1)
    ).all()
    for row, view in zip(
        rows,
        views_of(session, reader_of(choice.partner_id, choice.clearance), rows, judge),
        strict=True,
    ):
        if view is None or view["access"]["agreement_id"] != choice.agreement_id:
            continue
        zones = {hit.zone_id for hit in judge.place(subject_of(row)).zones}
        if choice.zone_id is None or choice.zone_id in zones:
            yield Chosen("case", row.id, view["version"], row.classification, _lasting(view))


def _lasting(view: dict[str, Any]) -> dict[str, Any]:
    """A case's view without the clocks of its measures, which read otherwise every day: what was
    built today could not be approved tomorrow, and would come in as changed each time."""
    if "measures" not in view:
        return view
    measures = [{k: v for k, v in one.items() if k not in LIVE} for one in view["measures"]]
    return view | {"measures": measures}


def _findings(session: Session, bureau_id: str, choice: Choice) -> Iterator[Chosen]:
    statement = (
        select(Finding)
        .join(Patrol, Patrol.id == Finding.patrol_id)
        .where(
            Finding.bureau_id == bureau_id,
            Finding.found_at >= choice.since,
            Finding.found_at < choice.until,
            Patrol.agreement_id == choice.agreement_id,
        )
    )
    if choice.zone_id is not None:
        statement = statement.where(Patrol.zone_id == choice.zone_id)
    for row in session.scalars(statement.order_by(Finding.id).limit(MOST_RECORDS + 1)).all():
        view = view_for(session, reader_of(choice.partner_id, choice.clearance), row)
        if view is not None:
            yield Chosen("finding", row.id, view["version"], 2, view)


def _patrols(session: Session, bureau_id: str, choice: Choice) -> Iterator[Chosen]:
    statement = select(Patrol).where(
        Patrol.proposing_bureau_id == bureau_id,
        Patrol.agreement_id == choice.agreement_id,
        Patrol.starts_at >= choice.since,
        Patrol.starts_at < choice.until,
    )
    if choice.zone_id is not None:
        statement = statement.where(Patrol.zone_id == choice.zone_id)
    for row in session.scalars(statement.order_by(Patrol.id).limit(MOST_RECORDS + 1)).all():
        view = render_patrol(session, reader_of(choice.partner_id, choice.clearance), row.id)
        if view is not None:
            # Whether its time has passed is the clock's to say, not the package's.
            yield Chosen("patrol", row.id, row.version, 2, view | {"overdue": False})


def _petitions(session: Session, bureau_id: str, choice: Choice) -> Iterator[Chosen]:
    """Those that the partner settles too or is asked to; who brought them is in no view."""
    rows = session.scalars(
        select(Petition)
        .where(
            Petition.owner_bureau_id == bureau_id,
            Petition.partner_bureau_id == choice.partner_id,
            Petition.received_at >= choice.since,
            Petition.received_at < choice.until,
        )
        .order_by(Petition.id)
        .limit(MOST_RECORDS + 1)
    ).all()
    judge, reader = Judge(session), reader_of(choice.partner_id, choice.clearance)
    for row in rows:
        view = petition_view(session, reader, row, judge=judge)
        if view is None or view["access"]["agreement_id"] != choice.agreement_id:
            continue
        zones = {hit.zone_id for hit in judge.place(petition_subject(row)).zones}
        if choice.zone_id is None or choice.zone_id in zones:
            kept = {name: value for name, value in view.items() if name not in LIVE}
            yield Chosen("petition", row.id, view["version"], row.classification, kept)


SOURCES: dict[str, Callable[[Session, str, Choice], Iterator[Chosen]]] = {
    "case": _cases,
    "finding": _findings,
    "patrol": _patrols,
    "petition": _petitions,
}


def chosen(session: Session, bureau_id: str, choice: Choice) -> list[Chosen]:
    """The records of a bureau that a choice gives its partner, by kind, each by age."""
    return [
        item for kind in sorted(choice.kinds) for item in SOURCES[kind](session, bureau_id, choice)
    ]
