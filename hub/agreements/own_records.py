"""A bureau's own records that terms speak of, as the question "what would change" needs them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.cases.lookups import KIND
from hub.cases.models import Case
from hub.cases.stages import ENDED
from hub.patrols.models import Finding, Patrol
from hub.patrols.openness import CLASSIFICATION
from hub.petitions.models import Petition
from hub.petitions.views import subject_of
from hub.shares.deciding import PURPOSES, Subject
from sharing.models import Share, ShareState


@dataclass(frozen=True)
class OwnRecord:
    """One record of the reader's own bureau."""

    subject: Subject
    number: str
    title: str
    # Partners that have a share of it now.
    shared_with: frozenset[str]
    # Whether it is opened by itself where the terms and the place allow it,
    shares_itself: bool
    # but to none of these, from whom it was taken back, or who kept it as long as they might.
    closed_to: frozenset[str] = frozenset()
    # Whether partners, or those of `shared_with` if there are any, see of it what the terms show at
    # each moment, without a share.
    follows_terms: bool = False

    @property
    def id(self) -> str:
        """The record's id."""
        return self.subject.record_id

    @property
    def url(self) -> str:
        """Where it is looked at."""
        return f"/{self.subject.kind}s/{self.id}"

    @property
    def purposes(self) -> tuple[str, ...]:
        """The purposes for which partners can come to see it; only cases are shared for others."""
        return PURPOSES if self.subject.kind == KIND else PURPOSES[:1]


def own_records(session: Session, actor: Actor, agreement_id: str, at: datetime) -> list[OwnRecord]:
    """Cases and petitions of the actor's bureau within his clearance, and its findings under the
    agreement.

    Five queries, however many there are.
    """
    return [
        *_cases(session, actor, at),
        *_findings(session, actor, agreement_id),
        *_petitions(session, actor),
    ]


def _cases(session: Session, actor: Actor, at: datetime) -> list[OwnRecord]:
    shared: dict[str, set[str]] = {}
    for record_id, partner in session.execute(
        select(Share.record_id, Share.partner_bureau_id).where(
            Share.kind == KIND, Share.owner_bureau_id == actor.bureau_id, Share.running(at)
        )
    ):
        shared.setdefault(record_id, set()).add(partner)
    closed = _closed(session, actor.bureau_id)
    rows = session.execute(
        select(
            Case.id, Case.number, Case.title, Case.stage, Case.classification, Case.lon, Case.lat
        )
        .where(Case.owner_bureau_id == actor.bureau_id, Case.classification <= actor.clearance)
        .order_by(Case.id.desc())
    )
    ended = {stage.value for stage in ENDED}
    return [
        OwnRecord(
            Subject(KIND, row.id, actor.bureau_id, row.classification, row.lon, row.lat),
            row.number,
            row.title,
            frozenset(shared.get(row.id, ())),
            row.stage not in ended,
            frozenset(closed.get(row.id, ())),
        )
        for row in rows
    ]


def _closed(session: Session, owner_id: str) -> dict[str, set[str]]:
    """By case the partners to whom it is not opened again by itself."""
    over = or_(Share.state == ShareState.RECALLED, Share.end_reason == "retention_over")
    closed: dict[str, set[str]] = {}
    for record_id, partner in session.execute(
        select(Share.record_id, Share.partner_bureau_id).where(
            Share.kind == KIND, Share.owner_bureau_id == owner_id, over
        )
    ):
        closed.setdefault(record_id, set()).add(partner)
    return closed


def _findings(session: Session, actor: Actor, agreement_id: str) -> list[OwnRecord]:
    rows = session.execute(
        select(Finding.id, Finding.number, Finding.text, Finding.lon, Finding.lat, Patrol.id)
        .join(Patrol, Patrol.id == Finding.patrol_id)
        .where(Patrol.agreement_id == agreement_id, Finding.bureau_id == actor.bureau_id)
        .order_by(Finding.id.desc())
    )
    return [
        OwnRecord(
            Subject("finding", row[0], actor.bureau_id, CLASSIFICATION, row.lon, row.lat),
            row.number,
            row.text,
            frozenset(),
            True,
            follows_terms=True,
        )
        for row in rows
    ]


def _petitions(session: Session, actor: Actor) -> list[OwnRecord]:
    """A neighbour reads one once he is asked to settle it too, and not by the terms alone."""
    rows = session.scalars(
        select(Petition)
        .where(
            Petition.owner_bureau_id == actor.bureau_id,
            Petition.classification <= actor.clearance,
        )
        .order_by(Petition.id.desc())
    )
    return [
        OwnRecord(
            subject_of(row),
            row.number,
            row.title,
            frozenset({row.shared_with} if row.shared_with else ()),
            False,
            follows_terms=row.shared_with is not None,
        )
        for row in rows
    ]
