"""The clocks of a bureau: those it has to keep, and those it follows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, String, cast, or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.db import utc_now
from hub.deadlines.models import Clock, ClockState
from hub.deadlines.services import OPEN
from hub.deadlines.views import OVERDUE, clock_view
from hub.errors import field_error
from hub.web.paging import decode_cursor, page
from sharing.canonical import utc_text

# Which of some records, by kind and id, a reader sees; the records are other features'.
Sees = Callable[[Session, ReaderClass, Iterable[tuple[str, str]]], Collection[tuple[str, str]]]
# At least so many are read at a time when some of them are not the reader's to see.
BATCH = 50


@dataclass(frozen=True)
class ClockFilter:
    """What to list; None: any."""

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
    session: Session,
    actor: Actor,
    wanted: ClockFilter,
    limit: int,
    after: list[str] | None = None,
    *,
    sees: Sees,
) -> Sequence[Clock]:
    """Clocks that concern the actor's bureau, soonest due first; at most `limit`.

    Args:
        sees: a clock tells that its record exists; it is left out where the actor does not see it.
    """
    actor.require(Right.WORK_VIEW)
    mine = Clock.bureau_id == actor.bureau_id
    # `told` is a JSON list of ids; an id is unlike any part of another.
    follows = cast(Clock.told, String).contains(actor.bureau_id)
    query = select(Clock).where(mine if wanted.own else or_(mine, follows))
    query = query.where(*_states(wanted.state))
    query = query.where(*_narrowed(wanted))
    query = query.order_by(Clock.due_at, Clock.id).limit(max(limit, BATCH))
    place = None if after is None else (_moment(after[0]), after[1])
    found: list[Clock] = []
    while len(found) < limit:
        part = query if place is None else query.where(_later(*place))
        rows = session.scalars(part).unique().all()
        shown = sees(session, actor.reader, [(row.kind, row.subject_id) for row in rows])
        found += [row for row in rows if (row.kind, row.subject_id) in shown]
        if len(rows) < max(limit, BATCH):
            break
        place = (rows[-1].due_at, rows[-1].id)
    return found[:limit]


def _later(moment: datetime, clock_id: str) -> ColumnElement[bool]:
    return (Clock.due_at > moment) | ((Clock.due_at == moment) & (Clock.id > clock_id))


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise field_error("cursor", _l("游标无效，请从第一页重新开始。")) from error


def _narrowed(wanted: ClockFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.kind is not None:
        found.append(Clock.kind == wanted.kind)
    if wanted.kinds:
        found.append(Clock.kind.in_(wanted.kinds))
    if wanted.due_from is not None:
        found.append(Clock.due_at >= wanted.due_from)
    if wanted.due_before is not None:
        found.append(Clock.due_at < wanted.due_before)
    if wanted.person_id is not None:
        found.append(Clock.person_id == wanted.person_id)
    return found


def _states(state: str | None) -> list[Any]:
    if state is None:
        return []
    if state == "open":
        return [Clock.state.in_(OPEN)]
    if state == OVERDUE:
        return [Clock.state == ClockState.RUNNING, Clock.due_at < utc_now()]
    return [Clock.state == state]


def list_clocks(
    session: Session,
    actor: Actor,
    wanted: ClockFilter,
    limit: int,
    cursor: str | None,
    *,
    sees: Sees,
) -> dict[str, Any]:
    """A page of clocks."""
    now = utc_now()
    rows = clocks(session, actor, wanted, limit + 1, decode_cursor(cursor, 2), sees=sees)
    return page(
        rows,
        limit,
        lambda row: [utc_text(row.due_at), row.id],
        lambda row: clock_view(row, now).to_dict(),
    )


def clock_columns() -> list[tuple[str, str]]:
    """Keys and headings of the list for spreadsheets."""
    return [
        ("rule_name", _("期限")),
        ("kind", _("类型")),
        ("subject_id", _("记录标识")),
        ("starts_at", _("起算")),
        ("due_at", _("截止")),
        ("state_name", _("状态")),
        ("remaining", _("剩余")),
        ("legal_ref", _("依据")),
        ("provisional_reason", _("说明")),
    ]


def rule_columns() -> list[tuple[str, str]]:
    """Keys and headings of the rules for spreadsheets."""
    return [
        ("code", _("编号")),
        ("version", _("版本")),
        ("name", _("期限")),
        ("trigger", _("起算")),
        ("amount", _("时长")),
        ("unit_name", _("单位（时长）")),
        ("max_extension", _("可延长")),
        ("legal_ref", _("依据")),
        ("source", _("来源")),
        ("mark_name", _("核实")),
        ("valid_from", _("生效")),
        ("valid_to", _("失效")),
        ("note", _("说明")),
    ]
