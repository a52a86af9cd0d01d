"""The checklist of a patrol under way: ticked by its crew, no part of what was approved."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.errors import field_error
from hub.patrols.access import access_patrol
from hub.patrols.models import Patrol
from hub.patrols.plan import tell
from hub.patrols.tracks import access_logged


def tick(session: Session, actor: Actor, patrol_id: str, index: int, *, done: bool) -> Patrol:
    """Tick or untick one point, counted from 0; told to every party.

    Raises:
        NotFound, Forbidden, Conflict: as `access_logged`.
        Invalid: there is no such point.
    """
    patrol = access_patrol(session, actor, patrol_id, for_update=True)
    access_logged(session, actor, patrol_id)
    if not 0 <= index < len(patrol.checklist):
        raise field_error("index", _l("清单中没有这一项。"))
    if patrol.checklist[index]["done"] == done:
        return patrol
    # A new list: what is changed inside a JSON column goes unnoticed.
    patrol.checklist = [
        item | {"done": done} if number == index else item
        for number, item in enumerate(patrol.checklist)
    ]
    tell(session, actor, patrol, "ticked", index=index, done=done)
    return patrol
