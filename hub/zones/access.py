"""From an id to a zone: for the parties of its agreement only."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.agreements.access import sees
from hub.agreements.models import Agreement
from hub.errors import NotFound
from hub.zones.models import Zone


def agreement_of(session: Session, zone: Zone) -> Agreement:
    """The agreement that the zone belongs to."""
    return session.get_one(Agreement, zone.agreement_id)


def access_zone(session: Session, actor: Actor, zone_id: str, *, for_update: bool = False) -> Zone:
    """A zone of an agreement of the actor's bureau.

    Raises:
        NotFound: absent, or the bureau is no party.
        Forbidden: the actor does not work with records (the administrators).
    """
    actor.require(Right.WORK_VIEW)
    zone = session.get(Zone, zone_id, with_for_update=for_update or None)
    if zone is None:
        raise NotFound
    if not sees(actor.bureau_id, agreement_of(session, zone)):
        raise NotFound
    return zone
