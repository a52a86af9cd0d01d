"""Which cases a reader may see and how much of each, without making their views.

Own ones are matched in the query. Of a partner's the query proposes what is shared at this moment;
what the decision opens (`hub.shares.alike`) says whether a narrowing or a word may count. Both
come newest first, from their own index, so that a page costs the same however many cases there
are. Words are looked up in the index of the search, which leads straight to what is the reader's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    cast,
    false,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.cases.due import overdue_ids
from hub.cases.lookups import KIND
from hub.cases.models import Case
from hub.cases.views import NOTES, OWN_GROUPS
from hub.search.condition import stands_in
from hub.search.models import SearchRecord
from hub.search.tokens import (
    PERSONS,
    Asked,
    Piece,
    as_partners_read,
    handler_token,
    owner_token,
    partner_token,
)
from hub.shares.alike import SHARE_COLUMNS, Opened
from hub.shares.deciding import Judge
from sharing.decisions import NEVER_SHARED
from sharing.models import Share

BASICS = "basics"
# Groups whose words a partner may find by.
SHARED_GROUPS = frozenset(OWN_GROUPS.values()) - NEVER_SHARED - {NOTES}
# What the decision asks of a case, and where it lies; enough to count and to place it.
PLACED = (Case.id, Case.owner_bureau_id, Case.classification, Case.lon, Case.lat)
COLUMNS = (
    Case.id, Case.owner_bureau_id, Case.classification, Case.number, Case.title, Case.stage,
    Case.category, Case.adcode, Case.opened_at, Case.lon, Case.lat,
)  # fmt: skip


@dataclass(frozen=True)
class CaseFilter:
    """Which cases are asked for; None means any."""

    stage: str | None = None
    category: str | None = None
    # own or shared
    scope: str | None = None
    bureau: str | None = None
    q: str | None = None
    # id of somebody who handles it: own cases alone
    handler: str | None = None
    adcode: str | None = None
    zone: str | None = None
    # a deadline that the own bureau has to keep has passed
    overdue: bool = False
    # first moment, and first one after
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    sort: str | None = None
    # west, south, east, north in EPSG:4326; only cases whose place shows can lie in it
    bbox: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Sought:
    """Who asks, at which moment, for what; `pieces` are the words of `wanted.q`, if it has any."""

    session: Session
    actor: Actor
    judge: Judge
    wanted: CaseFilter
    pieces: Sequence[Piece] | None = None
    # Ids of the cases in the zone that is asked for, if one is.
    within: Sequence[str] | None = None

    @property
    def by_basics(self) -> bool:
        """Whether it is narrowed by fields of the group `basics`."""
        wanted = self.wanted
        given = (wanted.stage, wanted.category, wanted.adcode, wanted.zone, wanted.opened_from,
                 wanted.opened_before)  # fmt: skip
        return any(value is not None for value in given)


@dataclass(frozen=True, slots=True)
class Reached:
    """A case with the field groups of it that are open to the reader."""

    row: Any
    groups: frozenset[str]

    def shows(self, name: str) -> Any:
        """A field's value, or None when it is not open."""
        return getattr(self.row, name) if OWN_GROUPS[name] in self.groups else None


def own_rows(sought: Sought, columns: Sequence[Any]) -> Select[Any]:
    """The cases of the reader's bureau within his clearance that match, in no order."""
    actor, wanted = sought.actor, sought.wanted
    conditions = [
        Case.owner_bureau_id == actor.bureau_id,
        Case.classification <= actor.clearance,
        *_narrowed(sought),
    ]
    if wanted.handler:
        handles = cast(Case.handlers, String).contains(wanted.handler, autoescape=True)
        conditions.append(handles)
    if sought.pieces is not None:
        handled = handler_token(actor.user_id)
        asked = Asked(
            sought.pieces,
            frozenset(OWN_GROUPS.values()) - {NOTES},
            {owner_token(actor.bureau_id)},
            {NOTES: handled, PERSONS: handled},
        )
        conditions.append(Case.id.in_(select(_found(sought.session, asked).c.record_id)))
    return select(*columns).where(*conditions)


def _narrowed(sought: Sought) -> Iterator[ColumnElement[bool]]:
    wanted = sought.wanted
    yield from _by_place_and_time(sought)
    if wanted.overdue:
        yield Case.id.in_(overdue_ids(sought.actor.bureau_id, sought.judge.at))
    if wanted.bureau:
        yield Case.owner_bureau_id == wanted.bureau
    if wanted.stage:
        yield Case.stage == wanted.stage
    if wanted.category:
        yield Case.category == wanted.category
    if wanted.bbox:
        west, south, east, north = wanted.bbox
        yield Case.lat.between(south, north)
        yield Case.lon.between(west, east)


def _by_place_and_time(sought: Sought) -> Iterator[ColumnElement[bool]]:
    wanted = sought.wanted
    if wanted.adcode:
        yield Case.adcode == wanted.adcode
    if sought.within is not None:
        yield Case.id.in_(sought.within)
    if wanted.opened_from:
        yield Case.opened_at >= wanted.opened_from
    if wanted.opened_before:
        yield Case.opened_at < wanted.opened_before


def _found(session: Session, asked: Asked) -> Any:
    # Materialized: the words lead to few rows; a planner that begins with the order reads all.
    found = select(SearchRecord.record_id).where(
        SearchRecord.kind == KIND, stands_in(session, asked)
    )
    return found.cte().prefix_with("MATERIALIZED", dialect="postgresql")


def shared_cases(
    sought: Sought,
    before: str | None = None,
    batch: int | None = None,
    columns: Sequence[Any] = PLACED,
) -> Iterator[Reached]:
    """Partners' cases that are open to the reader and match by what is open, newest first.

    Args:
        columns: what is read of each, `PLACED` among it.
        before: only ids smaller than this one.
        batch: read so many at a time, for readers who stop early; None: all at once.
    """
    opened = Opened(sought.judge, KIND, sought.actor.bureau_id)
    statement = _shared_rows(sought, columns)
    while True:
        part = statement if before is None else statement.where(Share.record_id < before)
        # By the connection: rows as they come, without the ORM's way of loading each.
        rows = sought.session.connection().execute(part.limit(batch)).all()
        reached = map(Reached, rows, opened.groups(rows))
        yield from _matching(sought, [one for one in reached if one.groups])
        if batch is None or len(rows) < batch:
            return
        before = rows[-1].id


def _shared_rows(sought: Sought, columns: Sequence[Any]) -> Select[Any]:
    """What runs at this moment. Whether its agreement is in force, the decision knows: in the query
    the index of agreements looked better than that of what is the reader's, and all was read."""
    actor, judge, wanted = sought.actor, sought.judge, sought.wanted
    statement = (
        select(*columns, *SHARE_COLUMNS)
        .join(Share, and_(Share.record_id == Case.id, Share.kind == KIND))
        .where(
            Share.partner_bureau_id == actor.bureau_id,
            Share.running(judge.at),
            Case.owner_bureau_id != actor.bureau_id,
            Case.classification <= actor.clearance,
            *_narrowed(sought),
        )
        .order_by(Share.record_id.desc())
    )
    # A narrowing by what a share does not open reads none of its rows, in no time that tells.
    if sought.by_basics:
        statement = statement.where(_opens(BASICS))
    if wanted.handler:
        statement = statement.where(false())  # who handles it never leaves its bureau
    if wanted.bbox:
        statement = statement.where(_opens("place"))
    if sought.pieces is not None:
        found = _found(sought.session, _asked_of_partners(sought, SHARED_GROUPS))
        statement = statement.where(Share.record_id.in_(select(found.c.record_id)))
    return statement


def _opens(group: str) -> ColumnElement[bool]:
    listed = (cast(column, String) for column in (Share.field_groups, Share.granted_groups))
    return or_(*(column.contains(f'"{group}"') for column in listed))


def _asked_of_partners(sought: Sought, groups: Iterable[str]) -> Asked:
    read = {as_partners_read(group) for group in groups}
    return Asked(sought.pieces or (), read, {partner_token(sought.actor.bureau_id)})


def _matching(sought: Sought, reached: Sequence[Reached]) -> list[Reached]:
    """Those whose narrowing and words lie in what is open."""
    wanted = sought.wanted
    needed = {BASICS} if sought.by_basics else set()
    needed |= {"place"} if wanted.bbox else set()
    kept = [one for one in reached if needed <= one.groups]
    if sought.pieces is None or not kept:
        return kept
    return _with_words(sought, kept)


def _with_words(sought: Sought, reached: Sequence[Reached]) -> list[Reached]:
    """Those in whose open groups the words stand: one query, whatever was opened to whom."""
    ways = sorted({one.groups & SHARED_GROUPS for one in reached} - {SHARED_GROUPS}, key=sorted)
    if not ways:
        return list(reached)
    found = [
        select(literal(number).label("way"), SearchRecord.record_id).where(
            SearchRecord.kind == KIND,
            stands_in(sought.session, _asked_of_partners(sought, groups)),
        )
        for number, groups in enumerate(ways)
    ]
    stands = {(ways[way], key) for way, key in sought.session.execute(union_all(*found))}
    return [
        one
        for one in reached
        if one.groups >= SHARED_GROUPS or (one.groups & SHARED_GROUPS, one.row.id) in stands
    ]
