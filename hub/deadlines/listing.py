"""The clocks of a bureau: those it has to keep, and those it follows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, String, cast, or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.db import utc_now
from hub.deadlines.models import Clock, ClockState
from hub.deadlines.services import OPEN
from hub.deadlines.views import OVERDUE, clock_view
from hub.web.lists import Listing, Order, between, narrowed

# In whatever state; what an address says for it.
ALL = "all"
# Which of some records, by kind and id, a reader sees; the records are other features'.
Sees = Callable[[Session, ReaderClass, Iterable[tuple[str, str]]], Collection[tuple[str, str]]]
SOONEST = Order(Clock.id, Clock.due_at, ascending=True)


@dataclass(frozen=True)
class ClockFilter:
    """What to list; None: any, as is the state `all`."""

    state: str | None = "open"
    kind: str | None = None
    # Of the own bureau alone, not those that it merely follows.
    own: bool = False
    # Several kinds, and a stretch of time in which it is due (the end is excluded).
    kinds: Sequence[str] = ()
    due_from: datetime | None = None
    due_before: datetime | None = None
    person_id: str | None = None


def clocks(
    session: Session, actor: Actor, wanted: ClockFilter, most: int, *, sees: Sees
) -> list[Clock]:
    """Clocks that concern the actor's bureau, soonest due first; at most `most`.

    Args:
        sees: as in `clock_list`.
    """

    def shown(rows: Sequence[Clock]) -> Iterator[dict[str, Any]]:
        return ({"id": row.id, "clock": row} for row in _seen(session, actor, rows, sees))

    listing = Listing(clocks_query(actor, wanted), SOONEST, shown)
    return [view["clock"] for view in listing.all(session, most)]


def clock_list(
    session: Session, actor: Actor, wanted: ClockFilter, *, sees: Sees
) -> Listing[Clock]:
    """The same as a list, with the clocks' views.

    Args:
        sees: a clock tells that its record exists; it is left out where the actor does not see it.
    """
    now = utc_now()

    def shown(rows: Sequence[Clock]) -> Iterator[dict[str, Any]]:
        found = _seen(session, actor, rows, sees)
        return (clock_view(row, now).to_dict(actor.bureau_id) for row in found)

    return Listing(clocks_query(actor, wanted), SOONEST, shown)


def _seen(session: Session, actor: Actor, rows: Sequence[Clock], sees: Sees) -> list[Clock]:
    shown = sees(session, actor.reader, [(row.kind, row.subject_id) for row in rows])
    return [row for row in rows if (row.kind, row.subject_id) in shown]


def clocks_query(actor: Actor, wanted: ClockFilter) -> Select[Clock]:
    """The clocks that match, whatever of their records the actor sees.

    Raises:
        Forbidden: the actor does not work with records.
    """
    actor.require(Right.WORK_VIEW)
    mine = Clock.bureau_id == actor.bureau_id
    # `told` is a JSON list of ids; an id is unlike any part of another.
    follows = cast(Clock.told, String).contains(actor.bureau_id)
    conditions: list[tuple[Any, ColumnElement[bool]]] = [
        (wanted.kind, Clock.kind == wanted.kind),
        (wanted.kinds, Clock.kind.in_(wanted.kinds)),
        (wanted.person_id, Clock.person_id == wanted.person_id),
    ]
    query = select(Clock).where(mine if wanted.own else or_(mine, follows))
    query = query.where(*_states(wanted.state))
    query = query.where(*between(Clock.due_at, wanted.due_from, wanted.due_before))
    return narrowed(query, conditions)


def _states(state: str | None) -> list[ColumnElement[bool]]:
    if state is None or state == ALL:
        return []
    if state == "open":
        return [Clock.state.in_(OPEN)]
    if state == OVERDUE:
        return [Clock.state == ClockState.RUNNING, Clock.due_at < utc_now()]
    return [Clock.state == state]


# Of the list as a file: keys and headings; what names the record for programs comes last.
CLOCK_COLUMNS = {
    "rule_name": _l("期限"),
    "subject_kind": _l("类型"),
    "subject": _l("事项"),
    "bureau": _l("应办单位"),
    "starts_at": _l("起算"),
    "due_at": _l("截止"),
    "state_name": _l("状态"),
    "remaining": _l("剩余"),
    "legal_ref": _l("依据"),
    "provisional_reason": _l("说明"),
    "kind": _l("记录种类"),
    "subject_id": _l("记录标识"),
}
