"""Lists of patrols: what they are narrowed to, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.errors import field_error
from hub.patrols.access import may_see
from hub.patrols.beside import beside
from hub.patrols.models import Patrol, PatrolParty, PatrolState
from hub.patrols.views import patrol_view
from hub.web.paging import decode_cursor, page
from sharing.canonical import utc_text


@dataclass(frozen=True)
class Filters:
    """What a list of patrols is narrowed to; times are moments, `until` is excluded."""

    states: Sequence[PatrolState] = ()
    since: datetime | None = None
    until: datetime | None = None
    zone_id: str | None = None
    text: str = ""


def own_patrols(actor: Actor, filters: Filters) -> Select[Patrol]:
    """Patrols that the actor's bureau takes part in, latest first, not yet limited."""
    party = select(PatrolParty.patrol_id).where(PatrolParty.bureau_id == actor.bureau_id)
    statement = select(Patrol).where(Patrol.id.in_(party))
    if filters.states:
        statement = statement.where(Patrol.state.in_(filters.states))
    if filters.since is not None:
        statement = statement.where(Patrol.ends_at > filters.since)
    if filters.until is not None:
        statement = statement.where(Patrol.starts_at < filters.until)
    if filters.zone_id is not None:
        statement = statement.where(Patrol.zone_id == filters.zone_id)
    if filters.text:
        pattern = f"%{_literal(filters.text)}%"
        statement = statement.where(
            or_(Patrol.title.like(pattern, escape="\\"), Patrol.number.like(pattern, escape="\\"))
        )
    return statement.order_by(Patrol.starts_at.desc(), Patrol.id.desc())


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def after(statement: Select[Patrol], starts_at: datetime, last_id: str) -> Select[Patrol]:
    """The rows of `own_patrols` that come after the last one of a page."""
    same = and_(Patrol.starts_at == starts_at, Patrol.id < last_id)
    return statement.where(or_(Patrol.starts_at < starts_at, same))


def states_of(text: str | None) -> tuple[PatrolState, ...]:
    """States from `proposed,approved`.

    Raises:
        Invalid: one of them is none.
    """
    try:
        return tuple(PatrolState(part) for part in (text or "").split(",") if part)
    except ValueError as error:
        raise field_error("state", _l("没有这种状态。")) from error


def list_patrols(
    session: Session, actor: Actor, filters: Filters, limit: int, cursor: str | None
) -> dict[str, Any]:
    """A page of the patrols of the actor's bureau, latest first."""
    actor.require(Right.WORK_VIEW)
    statement = own_patrols(actor, filters)
    last = decode_cursor(cursor, 2)
    if last is not None:
        statement = after(statement, _moment(last[0]), last[1])
    rows = session.scalars(statement.limit(limit + 1)).all()
    view = _shown(session, actor, rows)
    return page(rows, limit, lambda row: [utc_text(row.starts_at), row.id], view)


def all_patrols(
    session: Session, actor: Actor, filters: Filters, limit: int
) -> list[dict[str, Any]]:
    """The patrols of the actor's bureau in one piece, latest first."""
    actor.require(Right.WORK_VIEW)
    rows = session.scalars(own_patrols(actor, filters).limit(limit)).all()
    return [view for view in map(_shown(session, actor, rows), rows) if view is not None]


def patrols_before(session: Session, actor: Actor, first_id: str | None = None) -> Iterator[Patrol]:
    """Begun patrols that the actor may see with ids up to `first_id`, highest id first."""
    actor.require(Right.WORK_VIEW)
    statement = own_patrols(actor, Filters()).where(Patrol.started_at.is_not(None))
    if first_id is not None:
        statement = statement.where(Patrol.id <= first_id)
    for row in session.scalars(statement.order_by(None).order_by(Patrol.id.desc())):
        if may_see(session, actor.reader, row):
            yield row


def _shown(
    session: Session, actor: Actor, rows: Sequence[Patrol]
) -> Callable[[Patrol], dict[str, Any] | None]:
    known = beside(session, rows)

    def view(row: Patrol) -> dict[str, Any] | None:
        seen = may_see(session, actor.reader, row)
        return patrol_view(session, row, actor.reader, known) if seen else None

    return view


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise field_error("cursor", _l("游标无效，请从第一页重新开始。")) from error
