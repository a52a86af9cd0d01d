"""Running a station together: the owner asks a partner, who accepts; either ends it."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.agreements.effect import in_force_between
from hub.changes import record_change
from hub.db import utc_now
from hub.errors import Conflict, Invalid, NotFound
from hub.errors import FieldError as Fault
from hub.stations.models import Station
from hub.stations.roster_models import StationParty

KIND = "station"


def ask(
    session: Session, actor: Actor, station: Station, bureau_id: str, agreement_id: str
) -> StationParty:
    """Ask a partner to run an own station together.

    Raises:
        Forbidden: the actor's role edits no stations.
        Invalid: no agreement in force between the two bureaus is named.
        Conflict: the partner was asked already.
    """
    actor.require(Right.STATION_EDIT)
    between = in_force_between(session, station.owner_bureau_id, bureau_id)
    if bureau_id == actor.bureau_id or agreement_id not in {row.id for row in between}:
        text = _l("须以双方之间已生效的备忘录为依据。")
        raise Invalid(text, errors=[Fault("agreement_id", text)])
    if session.get(StationParty, (station.id, bureau_id)) is not None:
        raise Conflict(_l("已经邀请过这一单位。"))
    row = StationParty(
        station_id=station.id, bureau_id=bureau_id, agreement_id=agreement_id, asked_at=utc_now()
    )
    session.add(row)
    _tell(session, actor, station, "joint_asked", (bureau_id,))
    return row


def accept(session: Session, actor: Actor, station: Station) -> None:
    """Join a station to which the actor's bureau was asked.

    Raises:
        Forbidden: the actor's role edits no stations.
        NotFound: his bureau was not asked, or has joined already.
        Conflict: the agreement is not in force any more.
    """
    actor.require(Right.STATION_EDIT)
    row = _own(session, actor, station)
    if row.accepted_at is not None:
        raise NotFound
    between = in_force_between(session, station.owner_bureau_id, actor.bureau_id)
    if row.agreement_id not in {agreement.id for agreement in between}:
        raise Conflict(_l("所依据的备忘录已不在有效期。"))
    row.accepted_at, row.accepted_by_name = utc_now(), actor.name
    _tell(session, actor, station, "joint_accepted", (actor.bureau_id,))


def leave(session: Session, actor: Actor, station: Station, bureau_id: str) -> None:
    """End the running together with a bureau: by itself (refusing too), or by the owner.

    Raises:
        Forbidden: the actor's role edits no stations.
        NotFound: the bureau does not run it, or the actor is of neither.
    """
    actor.require(Right.STATION_EDIT)
    row = session.get(StationParty, (station.id, bureau_id), with_for_update=True)
    if row is None or actor.bureau_id not in (bureau_id, station.owner_bureau_id):
        raise NotFound
    _tell(session, actor, station, "joint_ended", (bureau_id,))
    session.delete(row)


def _own(session: Session, actor: Actor, station: Station) -> StationParty:
    row = session.get(StationParty, (station.id, actor.bureau_id), with_for_update=True)
    if row is None:
        raise NotFound
    return row


def _tell(
    session: Session, actor: Actor, station: Station, verb: str, bureaus: Iterable[str]
) -> None:
    session.flush()
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=station.id,
        version=station.version,
        verb=verb,
        bureaus={*bureaus, station.owner_bureau_id},
    )
