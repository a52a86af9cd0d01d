"""Changes of accounts that wait for a second person, as both of them see them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.change_entries import WAITS
from hub.accounts.models import AccountChange, ChangeState, User
from hub.db import utc_now
from sharing.canonical import utc_text

READERS = (Right.ROLE_GRANT, Right.ROLE_CONFIRM, Right.USER_MANAGE)


def require_reader(actor: Actor) -> None:
    """Refuse whoever neither proposes nor confirms.

    Raises:
        Forbidden: none of his roles does.
    """
    actor.require_any(*READERS)


def waiting(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """What waits for a second person in the actor's bureau, oldest first."""
    require_reader(actor)
    rows = session.execute(
        select(AccountChange, User)
        .join(User, User.id == AccountChange.user_id)
        .where(
            AccountChange.bureau_id == actor.bureau_id,
            AccountChange.state == ChangeState.WAITING,
            AccountChange.proposed_at > utc_now() - WAITS,
        )
        .order_by(AccountChange.id)
    )
    return [change_view(row, user, actor) for row, user in rows]


def change_view(row: AccountChange, user: User, actor: Actor) -> dict[str, Any]:
    """What both persons see of a change; of a code nothing."""
    open_ = row.state == ChangeState.WAITING
    own = row.proposed_by == actor.user_id
    return {
        "id": row.id,
        "kind": row.kind,
        "user_id": user.id,
        "username": user.username,
        "name": user.name,
        "roles_before": list(row.roles_before),
        "roles": list(row.roles),
        "clearance_before": row.clearance_before,
        "clearance": row.clearance,
        "release_totp": row.release_totp,
        "reason": row.reason,
        "state": row.state,
        "proposed_by_name": row.proposed_by_name,
        "proposed_at": utc_text(row.proposed_at),
        "until": utc_text(row.proposed_at + WAITS),
        "decided_by_name": row.decided_by_name,
        "may_confirm": (
            open_ and not own and user.id != actor.user_id and actor.may(Right.ROLE_CONFIRM)
        ),
        "may_withdraw": open_ and own,
    }
