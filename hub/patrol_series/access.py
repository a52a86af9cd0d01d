"""From an id to a series of patrols: for the bureaus that take part."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.agreements.models import Agreement, AgreementState
from hub.agreements.services import effective_state
from hub.db import utc_now
from hub.errors import NotFound
from hub.patrol_series.models import PatrolSeries

_OPEN = frozenset({AgreementState.SIGNED, AgreementState.IN_FORCE})


def may_see(session: Session, reader: ReaderClass, row: PatrolSeries) -> bool:
    """Whether readers may see a series: its parties, the others while the agreement lasts."""
    if Right.WORK_VIEW not in reader.rights or reader.bureau_id not in row.parties:
        return False
    if reader.bureau_id == row.proposing_bureau_id:
        return True
    agreement = session.get_one(Agreement, row.agreement_id)
    return effective_state(agreement, utc_now()) in _OPEN


def access_series(
    session: Session, actor: Actor, series_id: str, *, lock: bool = False
) -> PatrolSeries:
    """A series of the actor's bureau, locked when it is to be changed.

    Raises:
        NotFound: absent, or of others.
    """
    row = session.get(PatrolSeries, series_id, with_for_update=lock or None, populate_existing=lock)
    if row is None or not may_see(session, actor.reader, row):
        raise NotFound
    return row
