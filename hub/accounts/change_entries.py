"""Changes of accounts as the audit trail has them, and the one way rights become others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.models import AccountChange, User
from hub.changes import record_act

RIGHTS, SIGN_IN = "rights", "sign_in"
# What nobody confirms within so long has to be proposed anew.
WAITS = timedelta(days=7)


def apply_rights(
    session: Session, actor: Actor, user: User, roles: Sequence[str], clearance: int
) -> None:
    """Give a person these roles and this clearance from now on."""
    detail = {
        "before": list(user.roles),
        "after": list(roles),
        "clearance_before": user.clearance,
        "clearance": clearance,
    }
    user.roles, user.clearance = list(roles), clearance
    user.version += 1
    record_act(
        session, actor, action="user.roles_set", kind="user", record_id=user.id, detail=detail
    )


def enter(
    session: Session,
    actor: Actor,
    row: AccountChange,
    user: User,
    verb: str,
    reason: str = "",
) -> None:
    """Enter what was done with a change; of a code nothing but whether it frees the device."""
    detail: dict[str, Any] = {"change": row.id, "what": row.kind, "username": user.username}
    if row.kind == RIGHTS:
        detail |= {"roles": list(row.roles), "clearance": row.clearance}
    else:
        detail |= {"release_totp": row.release_totp}
    if reason or row.reason:
        detail["reason"] = reason or row.reason
    record_act(
        session,
        actor,
        action=f"account_change.{verb}",
        kind="user",
        record_id=user.id,
        detail=detail,
    )
