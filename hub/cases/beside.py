"""What stands beside cases in other tables, read at once for a whole page of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.cases.link_models import CaseLink
from hub.cases.lookups import KIND
from hub.cases.measure_models import CaseMeasure
from hub.cases.measure_views import KIND as MEASURE
from hub.cases.models import Case
from hub.cases.note_models import CaseNote
from hub.cases.party_models import CaseParty
from hub.deadlines.services import clocks_of
from hub.deadlines.views import ClockView
from hub.files.models import StoredFile
from sharing.models import Share


@dataclass(frozen=True)
class Beside:
    """By case id: files, parties, notes, measures and links, oldest first, and running shares.

    `clocks` are by measure; `linked` has the cases at the other ends of links, whose running
    shares are among `shares` too.
    """

    files: dict[str, list[StoredFile]] = field(default_factory=dict)
    shares: dict[str, list[Share]] = field(default_factory=dict)
    parties: dict[str, list[CaseParty]] = field(default_factory=dict)
    notes: dict[str, list[CaseNote]] = field(default_factory=dict)
    measures: dict[str, list[CaseMeasure]] = field(default_factory=dict)
    clocks: dict[str, list[ClockView]] = field(default_factory=dict)
    links: dict[str, list[CaseLink]] = field(default_factory=dict)
    linked: dict[str, Case] = field(default_factory=dict)


def beside(session: Session, case_ids: Collection[str], at: datetime) -> Beside:
    """What stands beside some cases at a moment; a query for each table, however many cases."""
    found = Beside()
    if not case_ids:
        return found
    for row in session.scalars(
        select(StoredFile)
        .where(StoredFile.kind == KIND, StoredFile.record_id.in_(case_ids))
        .order_by(StoredFile.id)
    ):
        found.files.setdefault(row.record_id, []).append(row)
    for party in session.scalars(
        select(CaseParty).where(CaseParty.case_id.in_(case_ids)).order_by(CaseParty.id)
    ):
        found.parties.setdefault(party.case_id, []).append(party)
    for note in session.scalars(
        select(CaseNote).where(CaseNote.case_id.in_(case_ids)).order_by(CaseNote.id)
    ):
        found.notes.setdefault(note.case_id, []).append(note)
    _measures(session, found, case_ids, at)
    _links(session, found, case_ids)
    for share in session.scalars(
        select(Share).where(
            Share.kind == KIND, Share.record_id.in_({*case_ids, *found.linked}), Share.running(at)
        )
    ):
        found.shares.setdefault(share.record_id, []).append(share)
    return found


def _measures(session: Session, found: Beside, case_ids: Collection[str], at: datetime) -> None:
    rows = session.scalars(
        select(CaseMeasure).where(CaseMeasure.case_id.in_(case_ids)).order_by(CaseMeasure.id)
    ).all()
    for row in rows:
        found.measures.setdefault(row.case_id, []).append(row)
    found.clocks.update(clocks_of(session, MEASURE, [row.id for row in rows], at=at))


def _links(session: Session, found: Beside, case_ids: Collection[str]) -> None:
    ends = or_(CaseLink.from_case_id.in_(case_ids), CaseLink.to_case_id.in_(case_ids))
    rows = session.scalars(select(CaseLink).where(ends).order_by(CaseLink.id)).all()
    for row in rows:
        for one in {row.from_case_id, row.to_case_id}.intersection(case_ids):
            found.links.setdefault(one, []).append(row)
    if rows:
        ids = {one for row in rows for one in (row.from_case_id, row.to_case_id)}
        cases = session.scalars(select(Case).where(Case.id.in_(ids)))
        found.linked.update({case.id: case for case in cases})
