"""Lists of patrols: what they are narrowed to, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.errors import field_error
from hub.patrols.access import may_see
from hub.patrols.beside import beside
from hub.patrols.models import Patrol, PatrolParty, PatrolState
from hub.patrols.views import patrol_view
from hub.web.lists import Listing, Order, containing, narrowed

LATEST = Order(Patrol.id, Patrol.starts_at)


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
    conditions: list[tuple[Any, ColumnElement[bool]]] = [
        (filters.states, Patrol.state.in_(filters.states)),
        (filters.zone_id, Patrol.zone_id == filters.zone_id),
        (filters.text, containing(filters.text, Patrol.title, Patrol.number)),
    ]
    # Whatever touches the span of time, not what begins in it.
    if filters.since is not None:
        conditions.append((True, Patrol.ends_at > filters.since))
    if filters.until is not None:
        conditions.append((True, Patrol.starts_at < filters.until))
    return LATEST.apply(narrowed(select(Patrol).where(Patrol.id.in_(party)), conditions))


def states_of(text: str | None) -> tuple[PatrolState, ...]:
    """States from `proposed,approved`.

    Raises:
        Invalid: one of them is none.
    """
    try:
        return tuple(PatrolState(part) for part in (text or "").split(",") if part)
    except ValueError as error:
        raise field_error("state", _l("没有这种状态。")) from error


def patrols(session: Session, actor: Actor, filters: Filters) -> Listing[Patrol]:
    """The patrols of the actor's bureau, latest first.

    Raises:
        Forbidden: the actor does not work with records.
    """
    actor.require(Right.WORK_VIEW)

    def shown(rows: Sequence[Patrol]) -> Iterator[dict[str, Any]]:
        known = beside(session, rows)
        seen = (row for row in rows if may_see(session, actor.reader, row))
        return (patrol_view(session, row, actor.reader, known) for row in seen)

    return Listing(own_patrols(actor, filters), LATEST, shown)


def patrols_before(session: Session, actor: Actor, first_id: str | None = None) -> Iterator[Patrol]:
    """Begun patrols that the actor may see with ids up to `first_id`, highest id first."""
    actor.require(Right.WORK_VIEW)
    statement = own_patrols(actor, Filters()).where(Patrol.started_at.is_not(None))
    if first_id is not None:
        statement = statement.where(Patrol.id <= first_id)
    for row in session.scalars(statement.order_by(None).order_by(Patrol.id.desc())):
        if may_see(session, actor.reader, row):
            yield row
