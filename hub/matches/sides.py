"""What a reader sees of the records of both sides, as far as matching needs it.

Own records are read as light rows; the other side's come from the features' own views, so that
what terms hide is not there to be matched by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.cases.models import Case
from hub.cases.party_models import CaseParty, PartyForm
from hub.cases.views import views_of
from hub.patrols.finding_views import view_for
from hub.patrols.models import Finding, PatrolParty
from hub.patrols.openness import Course
from hub.petitions.access import near
from hub.petitions.models import Petition
from hub.petitions.views import petition_views
from hub.shares.deciding import Judge
from sharing.models import Share

CASE, FINDING, PETITION = "case", "finding", "petition"
KINDS = (CASE, FINDING, PETITION)
# How far back records are looked at, and how many of each kind on each side.
BACK = timedelta(days=365)
MOST_OWN, MOST_OTHER = 5000, 500
# What features call alike, in one word; kinds that say nothing match nothing.
SORTS: Mapping[str, str] = {
    "water": "water", "outfall": "water", "litter": "water", "air": "air", "odour": "air",
    "dust": "air", "solid_waste": "waste", "hazardous_waste": "waste", "waste": "waste",
    "noise": "noise", "soil": "soil", "ecology": "ecology",
}  # fmt: skip
PAGES = {CASE: "/cases", FINDING: "/findings", PETITION: "/petitions"}


@dataclass(frozen=True)
class Facts:
    """A record as the reader sees it; None: not shown to him, or not known."""

    kind: str
    id: str
    number: str
    title: str
    owner_id: str
    sort: str | None = None
    at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    codes: frozenset[str] = frozenset()
    # The record from which it arose: no match with that one.
    source_id: str | None = None

    @property
    def url(self) -> str:
        """Where it is looked at."""
        return f"{PAGES[self.kind]}/{self.id}"


def own_facts(session: Session, actor: Actor, since: datetime) -> Iterator[Facts]:
    """The reader's bureau's own records since a moment, within his clearance."""
    yield from _own_cases(session, actor, since)
    own = actor.bureau_id
    findings = select(Finding).where(Finding.bureau_id == own, Finding.found_at >= since)
    for row in session.scalars(findings.order_by(Finding.id.desc()).limit(MOST_OWN)):
        yield Facts(FINDING, row.id, row.number, row.text, own, SORTS.get(row.category),
                    row.found_at, row.lon, row.lat)  # fmt: skip
    petitions = select(Petition).where(
        Petition.owner_bureau_id == own,
        Petition.classification <= actor.clearance,
        Petition.received_at >= since,
    )
    for one in session.scalars(petitions.order_by(Petition.id.desc()).limit(MOST_OWN)):
        codes = frozenset(filter(None, [one.firm_uscc]))
        yield Facts(PETITION, one.id, one.number, one.title, own, SORTS.get(one.category),
                    one.occurred_at, one.lon, one.lat, codes)  # fmt: skip


def _own_cases(session: Session, actor: Actor, since: datetime) -> Iterator[Facts]:
    wanted = (
        select(Case.id)
        .where(
            Case.owner_bureau_id == actor.bureau_id,
            Case.classification <= actor.clearance,
            Case.opened_at >= since,
        )
        .order_by(Case.id.desc())
        .limit(MOST_OWN)
        .subquery()
    )
    firms: dict[str, set[str]] = {}
    parties = select(CaseParty.case_id, CaseParty.code).join(
        wanted, wanted.c.id == CaseParty.case_id
    )
    for case_id, code in session.execute(
        parties.where(CaseParty.form == PartyForm.FIRM.value, CaseParty.code.is_not(None))
    ):
        firms.setdefault(case_id, set()).add(str(code))
    rows = select(
        Case.id, Case.number, Case.title, Case.category, Case.opened_at, Case.lon, Case.lat,
        Case.finding_id,
    ).join(wanted, wanted.c.id == Case.id)  # fmt: skip
    for row in session.execute(rows.order_by(Case.id.desc())):
        yield Facts(CASE, row.id, row.number, row.title, actor.bureau_id, SORTS.get(row.category),
                    row.opened_at, row.lon, row.lat, frozenset(firms.get(row.id, ())),
                    row.finding_id)  # fmt: skip


def other_facts(
    session: Session, actor: Actor, since: datetime, most: int = MOST_OTHER
) -> Iterator[Facts]:
    """What the other side's newest records since a moment show to the reader now."""
    judge = Judge(session)
    yield from _shared_cases(session, actor, judge, since, most)
    theirs = near(actor.reader) & (Petition.owner_bureau_id != actor.bureau_id)
    petitions = select(Petition).where(theirs, Petition.joint_asked_at >= since)
    rows = session.scalars(petitions.order_by(Petition.id.desc()).limit(most)).all()
    for view in petition_views(session, actor.reader, rows, judge):
        codes = frozenset(filter(None, [view.get("firm_uscc")]))
        yield _facts(PETITION, view, "occurred_at", codes)
    patrols = select(PatrolParty.patrol_id).where(PatrolParty.bureau_id == actor.bureau_id)
    findings = select(Finding).where(
        Finding.patrol_id.in_(patrols),
        Finding.bureau_id != actor.bureau_id,
        Finding.found_at >= since,
    )
    course = Course(session, judge)
    for row in session.scalars(findings.order_by(Finding.id.desc()).limit(most)):
        seen = view_for(session, actor.reader, row, course)
        if seen is not None:
            told = seen | {"title": seen.get("text"), "owner_bureau_id": row.bureau_id}
            yield _facts(FINDING, told, "found_at", frozenset())


def _shared_cases(
    session: Session, actor: Actor, judge: Judge, since: datetime, most: int
) -> Iterator[Facts]:
    rows = session.scalars(
        select(Case)
        .join(Share, (Share.record_id == Case.id) & (Share.kind == CASE))
        .where(
            Share.partner_bureau_id == actor.bureau_id,
            Share.running(judge.at),
            Share.created_at >= since,
            Case.owner_bureau_id != actor.bureau_id,
        )
        .order_by(Case.id.desc())
        .limit(most)
    ).all()
    for view in views_of(session, actor.reader, rows, judge):
        if view is not None:
            firms = (p.get("code") for p in view.get("parties") or () if p.get("form") == "firm")
            codes = frozenset(filter(None, [view.get("party_uscc"), *firms]))
            yield _facts(CASE, view, "opened_at", codes)


def _facts(kind: str, view: Mapping[str, Any], moment: str, codes: frozenset[str]) -> Facts:
    at = view.get(moment)
    return Facts(
        kind,
        view["id"],
        view.get("number") or "",
        view.get("title") or view.get("number") or "",
        view["owner_bureau_id"],
        SORTS.get(view.get("category") or ""),
        datetime.fromisoformat(at) if at else None,
        view.get("lon"),
        view.get("lat"),
        codes,
    )
