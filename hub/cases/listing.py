"""Lists of cases: own ones and those shared at this moment, in one order, filtered by what shows.

`hub.cases.reach` says which; the views of a page are made together. The order is that of the ids
(time of making), which every reader of a row sees anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.due import next_due
from hub.cases.models import Case
from hub.cases.reach import CaseFilter, Sought, own_rows, shared_cases
from hub.cases.texts import clean
from hub.cases.views import views_of
from hub.cases.within import ids_within
from hub.search.tokens import pieces_of
from hub.shares.deciding import Judge
from hub.web.lists import BATCH, EXPORT_LIMIT, in_parts
from hub.web.paging import decode_cursor, encode_cursor
from sharing.canonical import utc_text

__all__ = ["CaseFilter", "CaseList", "case_list", "sought_by"]

View = dict[str, Any]
# A case's place in the order of a list: its id, after its deadline where it is ordered by that.
Place = tuple[str, ...]


def sought_by(session: Session, actor: Actor, wanted: CaseFilter) -> Sought:
    """What is asked for, at this moment."""
    text = clean(wanted.q)
    within = ids_within(session, actor, wanted.zone) if wanted.zone else None
    pieces = pieces_of(text) if text else None
    return Sought(session, actor, Judge(session), wanted, pieces, within)


@dataclass(frozen=True)
class CaseList:
    """Cases that a reader may see: newest first, or by the soonest deadline of his bureau.

    Own ones and those shared come from queries of their own, so it is no `Listing`; its page and
    its files are made of the same places, as there.
    """

    sought: Sought

    def page(self, _session: Session, limit: int, cursor: str | None) -> dict[str, Any]:
        """At most `limit` views after a cursor, and the cursor of the next page or None.

        Raises:
            Invalid: a cursor of no list, or of another.
        """
        after = decode_cursor(cursor, 2 if self._by_deadline else 1)
        places = list(islice(self._places(after, limit + 1), limit + 1))
        more = encode_cursor(list(places[limit - 1])) if len(places) > limit else None
        return {"items": self._views(places[:limit]), "next": more}

    def all(
        self, _session: Session, most: int | None = EXPORT_LIMIT, *, before: str | None = None
    ) -> Iterator[View]:
        """The same without pages; see `Listing.all`."""
        batch = min(BATCH, most or BATCH)
        places = islice(self._places(None if before is None else [before], batch), most)
        for part in in_parts(places, batch):
            yield from self._views(part)

    @property
    def _by_deadline(self) -> bool:
        return self.sought.wanted.sort == "due"

    def _places(self, after: list[str] | None, batch: int) -> Iterator[Place]:
        """Where the cases stand in the order, the id last, read as far as they are asked for."""
        if self._by_deadline:
            return _by_deadline(self.sought, after, batch)
        return ((one,) for one in _ids(self.sought, after[0] if after else None, batch))

    def _views(self, places: Sequence[Place]) -> list[View]:
        return _views(self.sought, [place[-1] for place in places])


def case_list(session: Session, actor: Actor, wanted: CaseFilter) -> CaseList:
    """What the actor may see of what is asked for, at this moment.

    Raises:
        Forbidden: the actor does not work with records.
    """
    actor.require(Right.WORK_VIEW)
    return CaseList(sought_by(session, actor, wanted))


def _by_deadline(sought: Sought, after: list[str] | None, batch: int) -> Iterator[Place]:
    """First those on which the own bureau has a deadline to keep, then the rest, newest first."""
    dues = next_due(sought.session, sought.actor.bureau_id)
    if after is None or after[0]:
        timed = sorted((utc_text(dues[one]), one) for one in _with_deadline(sought, dues))
        yield from (place for place in timed if after is None or place > tuple(after))
    before = after[1] if after is not None and not after[0] else None
    yield from (("", one) for one in _ids(sought, before, batch) if one not in dues)


def _with_deadline(sought: Sought, dues: Mapping[str, datetime]) -> set[str]:
    if sought.pieces is not None and not sought.pieces:
        return set()
    scope, found = sought.wanted.scope, set()
    if scope != "shared":
        own = own_rows(sought, [Case.id]).where(Case.id.in_(list(dues)))
        found |= set(sought.session.scalars(own))
    if scope != "own":
        found |= {one.row.id for one in shared_cases(sought)} & dues.keys()
    return found


def _views(sought: Sought, ids: list[str]) -> list[View]:
    found = sought.session.scalars(select(Case).where(Case.id.in_(ids)))
    rows = {row.id: row for row in found}
    kept = [rows[one] for one in ids if one in rows]
    actor = sought.actor
    views = views_of(sought.session, actor.reader, kept, sought.judge, actor.user_id)
    return [view for view in views if view is not None]


def _ids(sought: Sought, before: str | None, batch: int) -> Iterator[str]:
    """The ids of what matches, newest first, read as far as they are asked for."""
    if sought.pieces is not None and not sought.pieces:
        return iter(())  # signs that no text is found by
    own = _own_ids(sought, before, batch)
    shared = (one.row.id for one in shared_cases(sought, before, _batch_of(sought, batch)))
    scope = sought.wanted.scope
    sides = (own if scope != "shared" else (), shared if scope != "own" else ())
    return merge(*sides, reverse=True)


def _batch_of(sought: Sought, batch: int) -> int | None:
    """Words are looked up once and read whole; without them a page reads on as it needs."""
    return None if sought.pieces is not None else batch


def _own_ids(sought: Sought, before: str | None, batch: int) -> Iterator[str]:
    statement = own_rows(sought, [Case.id]).order_by(Case.id.desc())
    while True:
        part = statement if before is None else statement.where(Case.id < before)
        ids = sought.session.scalars(part.limit(_batch_of(sought, batch))).all()
        yield from ids
        if len(ids) < batch or sought.pieces is not None:
            return
        before = ids[-1]
