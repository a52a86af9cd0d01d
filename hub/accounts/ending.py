"""How a person's access ends: every session, token and calendar feed, or all but one session."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from hub.accounts.models import AccessToken, CalendarFeed, LoginSession, User
from hub.db import utc_now


def end_all_access(session: Session, user: User, *, but: str | None = None) -> None:
    """End every session, token and calendar feed of a person.

    Args:
        but: id of a session that goes on.
    """
    now = utc_now()
    for model in (LoginSession, AccessToken, CalendarFeed):
        ending = update(model).where(model.user_id == user.id, model.revoked_at.is_(None))
        if but is not None:
            ending = ending.where(model.id != but)
        session.execute(ending.values(revoked_at=now))
