"""Which patrols of a list cannot be as they stand: somebody or something is not to be had."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from hub.patrols.busy import busy_between
from hub.patrols.clashes import Clash, clashes_of
from hub.patrols.models import Patrol, PatrolState
from hub.patrols.plan import bookings_of

# What began or ended is not put right any more.
AHEAD = (PatrolState.PROPOSED, PatrolState.APPROVED)


def clash_index(
    session: Session, reader_bureau_id: str, patrols: Iterable[Patrol]
) -> Mapping[str, Sequence[Clash]]:
    """Clashes of those patrols that have not begun, by patrol id, as one bureau may read them.

    All bookings of the whole stretch are read once, however many patrols there are.
    """
    ahead = [patrol for patrol in patrols if patrol.state in AHEAD]
    if not ahead:
        return {}
    busy = busy_between(
        session,
        {row.user_id for patrol in ahead for row in patrol.crew},
        {row.craft_id for patrol in ahead for row in patrol.craft},
        min(patrol.starts_at for patrol in ahead),
        max(patrol.ends_at for patrol in ahead),
    )
    return {
        patrol.id: clashes_of(
            busy, bookings_of(patrol, reader_bureau_id), patrol.starts_at, patrol.ends_at
        )
        for patrol in ahead
    }
