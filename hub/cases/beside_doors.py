"""What doors of things beside a case (parties, measures) do first: hold it, compare its version."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.access import own_case
from hub.cases.models import Case
from hub.cases.services import own_view
from hub.web.doors import check_version, required_version


def held_case(session: Session, actor: Actor, case_id: str) -> Case:
    """An own case to write beside, held until the transaction ends.

    Raises:
        Forbidden: the actor does not write in cases.
        NotFound: not an own case.
    """
    actor.require(Right.CASE_EDIT)
    return own_case(session, actor, case_id, lock=True)


def check_case(session: Session, actor: Actor, case: Case) -> None:
    """That the caller has seen the case as it stands (If-Match).

    Raises:
        PreconditionRequired, StaleVersion: he named no version, or an earlier one.
    """
    check_version(required_version(), case.version, own_view(session, actor, case))
