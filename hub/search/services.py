"""Searching: what a reader finds, how much of it there is, and by what it can be narrowed.

Own records are matched in the query over all that the person may read of them. Of what others
share, the query proposes records that are open to the bureau at this moment, and the redacted view
decides: whether the words stand in what it shows, what it is counted by, and what is excerpted.
The order is that of making, newest first, so that it tells nothing of what is hidden.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.agreements.access import visible_to
from hub.agreements.models import Agreement
from hub.bureaus.services import bureaus, jurisdiction_names
from hub.cases.models import Case
from hub.cases.reach import PLACED, CaseFilter, Sought, shared_cases
from hub.cases.views import NOTES
from hub.search.condition import stands_in
from hub.search.models import SearchRecord
from hub.search.source import year_in_china
from hub.search.sources import SOURCES, rows_of
from hub.search.tokens import (
    PERSONS,
    Asked,
    Piece,
    agreement_token,
    handler_token,
    highlighted,
    matches,
    owner_token,
    pieces_of,
    received_token,
)
from hub.search.words import FACETS, KINDS, stage_name, url_of, value_name
from hub.shares.deciding import Judge
from hub.web.paging import decode_cursor, encode_cursor
from sharing.decisions import NEVER_SHARED

# Kinds of which the owner's bureau reads every row of its own, within the person's clearance.
OWN_KINDS = ("case", "finding", "station", "petition", "inspection")
TOLD_KINDS = (
    "agreement",
    "zone",
    "patrol",
    "finding",
    "meeting",
    "action_item",
    "petition",
    "inspection",
)
# Seen by who received it alone; which of it, and how long, its view decides.
RECEIVED = "received"
EXPORT_LIMIT = 5000
GROUPS = frozenset(group for source in SOURCES.values() for group in source.groups.values())
View = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """The words, and what the results are narrowed to; None means any."""

    q: str = ""
    kind: str | None = None
    stage: str | None = None
    category: str | None = None
    bureau: str | None = None
    year: int | None = None
    district: str | None = None

    def allows(self, facets: Mapping[str, Any]) -> bool:
        """Whether a record that shows these values is wanted; what it does not show never fits."""
        return all(getattr(self, name) in (None, facets[name]) for name in FACETS)


@dataclass(frozen=True)
class Hit:
    """A record found."""

    kind: str
    record_id: str
    facets: Mapping[str, Any]
    view: View | None = field(default=None, compare=False)

    @property
    def place(self) -> tuple[str, str]:
        """Its place in the order: by time of making, newest first."""
        return (self.record_id, self.kind)


def search(
    session: Session, actor: Actor, wanted: Wanted, limit: int, cursor: str | None
) -> dict[str, Any]:
    """A page of results, newest first, with the number of all of them and their facets.

    Raises:
        Forbidden: the actor's role sees no work.
        Invalid: not a cursor of ours.
    """
    judge, pieces = Judge(session), pieces_of(wanted.q)
    hits = find(session, actor, judge, wanted, pieces)
    after = decode_cursor(cursor, 2)
    rest = [hit for hit in hits if after is None or hit.place < tuple(after)]
    shown = rest[:limit]
    names = _names(session)
    return {
        "items": items(session, actor, judge, shown, pieces, names),
        "next": encode_cursor(shown[-1].place) if len(rest) > limit else None,
        "total": len(hits),
        "facets": _facets(hits, names),
    }


def suggest(session: Session, actor: Actor, q: str, limit: int) -> list[View]:
    """The newest few that the words find."""
    judge, pieces = Judge(session), pieces_of(q)
    hits = find(session, actor, judge, Wanted(q), pieces, newest=limit)[:limit]
    return items(session, actor, judge, hits, pieces, _names(session))


def exported(session: Session, actor: Actor, wanted: Wanted) -> list[View]:
    """The results in one piece, at most EXPORT_LIMIT."""
    judge, pieces = Judge(session), pieces_of(wanted.q)
    hits = find(session, actor, judge, wanted, pieces)[:EXPORT_LIMIT]
    return items(session, actor, judge, hits, pieces, _names(session))


def find(
    session: Session,
    actor: Actor,
    judge: Judge,
    wanted: Wanted,
    pieces: Sequence[Piece],
    newest: int | None = None,
) -> list[Hit]:
    """All that the words find for a reader, newest first; of the cases only so many, if asked.

    Raises:
        Forbidden: the actor's role sees no work.
    """
    actor.require(Right.WORK_VIEW)
    if not pieces:
        return []
    hits = _own(session, actor, wanted, pieces, newest)
    hits += _shared(session, actor, judge, wanted, pieces, newest)
    return sorted(hits, key=lambda hit: hit.place, reverse=True)


def _own(
    session: Session, actor: Actor, wanted: Wanted, pieces: Sequence[Piece], newest: int | None
) -> list[Hit]:
    row = SearchRecord
    statement = (
        select(
            row.kind, row.record_id, row.stage, row.category, row.owner_bureau_id, row.year,
            row.adcode,
        )
        .where(
            row.owner_bureau_id == actor.bureau_id,
            row.kind.in_(OWN_KINDS),
            row.classification <= actor.clearance,
            stands_in(session, _own_asked(actor, pieces)),
            *_narrowed(wanted),
        )
        .order_by(row.record_id.desc())
    )  # fmt: skip
    if newest is not None:
        statement = statement.limit(newest)
    names = ("kind", "stage", "category", "bureau", "year", "district")
    return [
        Hit(kind, record_id, dict(zip(names, (kind, *facets), strict=True)))
        for kind, record_id, *facets in session.execute(statement)
    ]


def _own_asked(actor: Actor, pieces: Sequence[Piece]) -> Asked:
    handled = handler_token(actor.user_id)
    return Asked(
        pieces,
        GROUPS - {NOTES},
        {owner_token(actor.bureau_id)},
        {NOTES: handled, PERSONS: handled},
    )


def _narrowed(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    columns = {
        "kind": SearchRecord.kind,
        "stage": SearchRecord.stage,
        "category": SearchRecord.category,
        "bureau": SearchRecord.owner_bureau_id,
        "year": SearchRecord.year,
        "district": SearchRecord.adcode,
    }
    for name, held in columns.items():
        if getattr(wanted, name) is not None:
            yield held == getattr(wanted, name)


def _shared(
    session: Session,
    actor: Actor,
    judge: Judge,
    wanted: Wanted,
    pieces: Sequence[Piece],
    newest: int | None,
) -> Iterator[Hit]:
    if wanted.kind in (None, "case"):
        yield from islice(_shared_cases(session, actor, judge, wanted, pieces), newest)
    if wanted.kind != "case":
        yield from _told(session, actor, judge, wanted, pieces)


def _shared_cases(
    session: Session, actor: Actor, judge: Judge, wanted: Wanted, pieces: Sequence[Piece]
) -> Iterator[Hit]:
    """Partners' cases, decided on without making their views."""
    # Only what every reader of a row sees of it may narrow the query.
    sought = Sought(session, actor, judge, CaseFilter(bureau=wanted.bureau), pieces)
    columns = (*PLACED, Case.stage, Case.category, Case.adcode, Case.opened_at)
    for one in shared_cases(sought, columns=columns):
        basics = "basics" in one.groups
        facets = {
            "kind": "case",
            "stage": f"case.{one.row.stage}" if basics else None,
            "category": one.shows("category"),
            "bureau": one.row.owner_bureau_id,
            "year": year_in_china(one.row.opened_at) if basics else None,
            "district": one.shows("adcode"),
        }
        if wanted.allows(facets):
            yield Hit("case", one.row.id, facets)


def _told(
    session: Session, actor: Actor, judge: Judge, wanted: Wanted, pieces: Sequence[Piece]
) -> Iterator[Hit]:
    """What parties of agreements are told of, stations of partners, what came by package."""
    by_kind: dict[str, list[str]] = {}
    for kind, record_id in session.execute(_told_rows(session, actor, judge, wanted, pieces)):
        by_kind.setdefault(kind, []).append(record_id)
    for kind, ids in by_kind.items():
        source = SOURCES[kind]
        for record_id, view in _views(session, actor, judge, kind, ids).items():
            facets = source.facets(view)
            if wanted.allows(facets) and matches(pieces, source.texts(view)):
                yield Hit(kind, record_id, facets, view)


def _told_rows(
    session: Session, actor: Actor, judge: Judge, wanted: Wanted, pieces: Sequence[Piece]
) -> Select[Any]:
    row = SearchRecord
    party = session.scalars(select(Agreement.id).where(visible_to(actor.bureau_id))).all()
    partners = judge.partners(actor.bureau_id)
    within = {
        received_token(actor.bureau_id),
        *map(agreement_token, party),
        *map(owner_token, partners),
    }
    others = row.owner_bureau_id != actor.bureau_id
    told = and_(
        row.kind.in_(TOLD_KINDS),
        or_(row.kind.not_in(OWN_KINDS), others),
        row.agreement_id.in_(party),
    )
    of_partners = and_(row.kind == "station", row.owner_bureau_id.in_(partners))
    asked = Asked(pieces, GROUPS - NEVER_SHARED - {NOTES}, within)
    columns: Sequence[Any] = (row.kind, row.record_id)
    statement = select(*columns).where(
        or_(told, of_partners, row.kind == RECEIVED), stands_in(session, asked)
    )
    for held, value in ((row.kind, wanted.kind), (row.owner_bureau_id, wanted.bureau)):
        if value is not None:
            statement = statement.where(held == value)
    return statement


def _views(
    session: Session, actor: Actor, judge: Judge, kind: str, ids: Collection[str]
) -> dict[str, View]:
    """What the reader sees of records of a kind, by id."""
    return SOURCES[kind].views(session, actor, judge, rows_of(session, kind, ids))


def items(
    session: Session,
    actor: Actor,
    judge: Judge,
    hits: Sequence[Hit],
    pieces: Sequence[Piece],
    names: Mapping[str, str],
) -> list[View]:
    """Results as they are shown: made from the reader's views and nothing else."""
    missing: dict[str, list[str]] = {}
    for hit in hits:
        if hit.view is None:
            missing.setdefault(hit.kind, []).append(hit.record_id)
    views = {
        (kind, record_id): view
        for kind, ids in missing.items()
        for record_id, view in _views(session, actor, judge, kind, ids).items()
    }
    shown = [(hit, hit.view or views.get((hit.kind, hit.record_id))) for hit in hits]
    return [_item(actor, hit, view, pieces, names) for hit, view in shown if view is not None]


def _item(
    actor: Actor, hit: Hit, view: View, pieces: Sequence[Piece], names: Mapping[str, str]
) -> View:
    source = SOURCES[hit.kind]
    facets = source.facets(view)
    title = str(view.get(source.title) or "")[:200]
    stage = str(facets["stage"] or "").partition(".")[2]
    return {
        "kind": hit.kind,
        "kind_name": str(KINDS[hit.kind]),
        "id": hit.record_id,
        "number": view.get("number"),
        "title": title or None,
        "title_parts": _parts(highlighted(title, pieces, len(title)) or [(title, False)]),
        "bureau_id": view["owner_bureau_id"],
        "bureau_name": names.get(view["owner_bureau_id"], ""),
        "own": view["owner_bureau_id"] == actor.bureau_id,
        "stage": facets["stage"],
        "stage_name": stage_name(hit.kind, stage) if stage else None,
        "category": facets["category"],
        "year": facets["year"],
        "url": url_of(hit.kind, view),
        "snippets": _snippets(source.texts(view), pieces, title),
    }


def _parts(parts: Sequence[tuple[str, bool]]) -> list[View]:
    return [{"text": text, "hit": hit} for text, hit in parts]


def _snippets(
    texts: Mapping[str, Sequence[str]], pieces: Sequence[Piece], title: str
) -> list[View]:
    """Where else than in the title the words stand."""
    found = []
    for group, values in texts.items():
        for text in values:
            parts = highlighted(text, pieces) if text != title else []
            if parts:
                found.append({"group": group, "parts": _parts(parts)})
    return found[:4]


def _names(session: Session) -> dict[str, str]:
    """Bureaus by id and districts by code."""
    return jurisdiction_names(session) | {row.id: row.short_name for row in bureaus(session)}


def _facets(hits: Sequence[Hit], names: Mapping[str, str]) -> list[View]:
    found = []
    for facet, title in FACETS.items():
        counted = Counter(hit.facets[facet] for hit in hits if hit.facets[facet] is not None)
        values = [
            {"value": str(value), "name": value_name(facet, value, names), "count": number}
            for value, number in sorted(counted.items(), key=lambda one: (-one[1], str(one[0])))
        ]
        found.append({"name": facet, "title": str(title), "values": values})
    return found
