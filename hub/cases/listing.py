"""Lists of cases: own ones and those shared at this moment, in one order, filtered by what shows.

`hub.cases.reach` says which; the views of a page are made together. The order is that of the ids
(time of making), which every reader of a row sees anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
from hub.web.paging import decode_cursor, encode_cursor
from sharing.canonical import utc_text

__all__ = ["EXPORT_LIMIT", "CaseFilter", "list_cases", "sought_by", "visible_cases"]

BATCH = 200
EXPORT_LIMIT = 5000


def sought_by(session: Session, actor: Actor, wanted: CaseFilter) -> Sought:
    """What is asked for, at this moment."""
    text = clean(wanted.q)
    within = ids_within(session, actor, wanted.zone) if wanted.zone else None
    pieces = pieces_of(text) if text else None
    return Sought(session, actor, Judge(session), wanted, pieces, within)


def list_cases(
    session: Session, actor: Actor, wanted: CaseFilter, limit: int, cursor: str | None
) -> dict[str, Any]:
    """A page of what the actor may see, newest first, or by the soonest deadline."""
    actor.require(Right.WORK_VIEW)
    if wanted.sort == "due":
        return _by_deadline(sought_by(session, actor, wanted), limit, cursor)
    after = decode_cursor(cursor, 1)
    sought = sought_by(session, actor, wanted)
    ids = list(islice(_ids(sought, after[0] if after else None, limit + 1), limit + 1))
    shown = ids[:limit]
    more = encode_cursor([shown[-1]]) if len(ids) > limit else None
    return {"items": _views(sought, shown), "next": more}


def _by_deadline(sought: Sought, limit: int, cursor: str | None) -> dict[str, Any]:
    """First those on which the own bureau has a deadline to keep, then the rest, newest first."""
    after = decode_cursor(cursor, 2)
    dues = next_due(sought.session, sought.actor.bureau_id)
    timed = sorted((utc_text(dues[one]), one) for one in _with_deadline(sought, dues))
    if after is not None:
        timed = [key for key in timed if after[0] and key > tuple(after)]
    found = timed[: limit + 1]
    if len(found) <= limit:
        before = after[1] if after is not None and not after[0] else None
        rest = (one for one in _ids(sought, before, limit + 1) if one not in dues)
        found += [("", one) for one in islice(rest, limit + 1 - len(found))]
    shown = found[:limit]
    more = encode_cursor(list(shown[-1])) if len(found) > limit else None
    return {"items": _views(sought, [one for _due, one in shown]), "next": more}


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


def visible_cases(
    session: Session,
    actor: Actor,
    wanted: CaseFilter,
    before_id: str | None = None,
    batch: int = BATCH,
) -> Iterator[dict[str, Any]]:
    """The views of all cases that match, newest first, made in batches."""
    sought = sought_by(session, actor, wanted)
    ids = _ids(sought, before_id, batch)
    while part := list(islice(ids, batch)):
        yield from _views(sought, part)


def _views(sought: Sought, ids: list[str]) -> list[dict[str, Any]]:
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
