"""What was passed on follows its source: it ends with it, and moves to what takes its place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.bureaus.services import on_behalf_of
from hub.cases.models import Case
from hub.shares.clock import note_ended
from hub.shares.telling import tell_case, tell_share
from sharing.models import Share, ShareState

SOURCE_ENDED = "onward_source_ended"


def passed_on(session: Session, share: Share) -> Sequence[Share]:
    """The shares that hang on a share, oldest first, also those that have ended."""
    rows = select(Share).where(Share.onward_of == share.id).order_by(Share.id)
    return session.scalars(rows).all()


def end_passed_on(session: Session, share: Share, at: datetime) -> None:
    """End everything that was passed on from a share that has just ended, and tell both sides.

    Reading was refused from that moment; this lets open pages know.
    """
    actor = on_behalf_of(session, share.owner_bureau_id)
    for child in passed_on(session, share):
        if child.state is not ShareState.ACTIVE:
            continue
        child.end(ShareState.RECALLED, at=at, by=None, reason=SOURCE_ENDED)
        note_ended(session, child, at)
        session.flush()
        case = session.get(Case, child.record_id)
        if case is not None:
            told = [child.owner_bureau_id, child.partner_bureau_id]
            tell_case(session, actor, case, "recalled", told, {"reason": SOURCE_ENDED})
        tell_share(session, actor, child, "ended", {"reason": SOURCE_ENDED})
        end_passed_on(session, child, at)


def move_passed_on(session: Session, older: Share, newer: Share) -> None:
    """What hangs on a share that another one took the place of hangs on that one."""
    for child in passed_on(session, older):
        if child.state is ShareState.ACTIVE:
            child.onward_of = newer.id
    session.flush()
