"""The only way from an id to a case."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.models import Case
from hub.cases.views import case_view
from hub.db import row_of
from hub.emergency.access import use_for
from hub.emergency.models import EmergencyUse
from hub.errors import NotFound


def access_case(session: Session, actor: Actor, case_id: str) -> Case:
    """A case of which the actor may see something: his bureau's own, or one shared to it now.

    Raises:
        NotFound: absent, above his clearance, not shared, or no longer.
        Forbidden: the actor does not work with cases (the administrators).
    """
    actor.require(Right.WORK_VIEW)
    case = session.get(Case, case_id)
    if case is None:
        raise NotFound
    if case.owner_bureau_id == actor.bureau_id:
        return own_case(session, actor, case_id)
    if case_view(session, actor.reader, case, user_id=actor.user_id) is None:
        raise NotFound
    return case


def case_to_read(session: Session, actor: Actor, case_id: str) -> tuple[Case, EmergencyUse | None]:
    """A case that the actor may read in person, and the emergency access that opens it, if any.

    For reading alone, and for the doors that enter each reading: whatever changes or copies a case
    asks `own_case` or `access_case`, which know of no emergency.

    Raises:
        NotFound, Forbidden: as `access_case`.
    """
    actor.require(Right.WORK_VIEW)
    case = session.get(Case, case_id)
    use = None if case is None else use_for(session, actor, case)
    if case is None or use is None or case.classification <= actor.clearance:
        return access_case(session, actor, case_id), None
    return case, use


def own_case(session: Session, actor: Actor, case_id: str, *, lock: bool = False) -> Case:
    """A case of the actor's own bureau within his clearance; locked when it is to be changed.

    Raises:
        NotFound: absent, another bureau's (shared or not), or above his clearance.
    """
    actor.require(Right.WORK_VIEW)
    case = row_of(session, Case, case_id, for_update=lock)
    if case is None:
        raise NotFound
    if case.owner_bureau_id != actor.bureau_id or case.classification > actor.clearance:
        raise NotFound
    return case
