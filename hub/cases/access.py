"""The only way from an id to a case."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.models import Case
from hub.cases.views import case_view
from hub.db import row_of
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
    if case_view(session, actor.reader, case, user_id=actor.user_id) is None:
        raise NotFound
    return case


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
