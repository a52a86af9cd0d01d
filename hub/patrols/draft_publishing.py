"""The draft becomes the plan on the table."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from hub.access import Actor
from hub.patrols import services
from hub.patrols.access import access_patrol
from hub.patrols.drafts import draft_for_plan, draft_view, require_draft, standing
from hub.patrols.models import Patrol
from hub.web.doors import check_version


def publish(
    session: Session,
    actor: Actor,
    patrol_id: str,
    based_on: int,
    *,
    officers: Sequence[str] | None,
    craft: Sequence[str] | None,
) -> Patrol:
    """Write the draft as the plan: a new plan version, approvals withdrawn, everybody told.

    Raises:
        NotFound: absent, or not his to see.
        Forbidden, Conflict: as `require_draft`; or something speaks against the plan.
        StaleVersion: the draft changed since it was read.
        Invalid: it is not whole.
    """
    patrol = access_patrol(session, actor, patrol_id, for_update=True)
    require_draft(actor, patrol)
    draft, _units = standing(session, patrol)
    check_version(based_on, draft.rev, draft_view(session, patrol, actor.reader))
    services.rewrite_plan(
        session, actor, patrol, draft_for_plan(session, patrol), officers=officers, craft=craft
    )
    return patrol
