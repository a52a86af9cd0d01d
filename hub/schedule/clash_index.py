"""Which patrols of a list cannot be as they stand: somebody or something is booked elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from hub.patrols.clashes import Bookings, Clash, booking_clashes
from hub.patrols.models import Patrol, PatrolState
from hub.patrols.plan import bookings_of

# What began or ended is not put right any more.
AHEAD = (PatrolState.PROPOSED, PatrolState.APPROVED)


def clash_index(
    session: Session, reader_bureau_id: str, patrols: Iterable[Patrol]
) -> dict[str, Sequence[Clash]]:
    """Clashes of those patrols that have not begun, by patrol id, as one bureau may read them."""
    found: dict[str, Sequence[Clash]] = defaultdict(list)
    for patrol in patrols:
        if patrol.state in AHEAD:
            booked: Bookings = bookings_of(patrol, reader_bureau_id)
            found[patrol.id] = booking_clashes(session, booked, patrol.starts_at, patrol.ends_at)
    return found
