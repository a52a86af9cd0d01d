"""From an id to a patrol: its parties and nobody else."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.agreements.models import Agreement, AgreementState
from hub.agreements.services import effective_state
from hub.db import row_of, utc_now
from hub.errors import NotFound
from hub.patrols.models import Patrol, PatrolState

# What was begun or called off is a record of both parties, whatever becomes of the agreement.
_PAST = frozenset({PatrolState.IN_PROGRESS, PatrolState.COMPLETED, PatrolState.CANCELLED})
_OPEN = frozenset({AgreementState.SIGNED, AgreementState.IN_FORCE})


def may_see(session: Session, reader: ReaderClass, patrol: Patrol) -> bool:
    """Whether readers of a class may see a patrol: parties, while the agreement lasts.

    A plan of an agreement that has ended stays with the bureau that proposed it.
    """
    if Right.WORK_VIEW not in reader.rights or reader.bureau_id not in patrol.party_ids:
        return False
    if reader.bureau_id == patrol.proposing_bureau_id or patrol.state in _PAST:
        return True
    agreement = session.get(Agreement, patrol.agreement_id)
    return agreement is not None and effective_state(agreement, utc_now()) in _OPEN


def access_patrol(
    session: Session, actor: Actor, patrol_id: str, *, for_update: bool = False
) -> Patrol:
    """The patrol, if the actor's bureau takes part in it.

    Args:
        for_update: hold the row until the transaction ends (PostgreSQL).

    Raises:
        NotFound: absent, or not his to see.
    """
    patrol = row_of(session, Patrol, patrol_id, for_update=for_update)
    if patrol is None or not may_see(session, actor.reader, patrol):
        raise NotFound
    return patrol
