"""Changes of an account that take two persons: wider rights, and a new way to sign in (ADR 0026).

Whatever narrows rights is done by one, at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right, Role, check_role_set
from hub.accounts.access import access_user
from hub.accounts.change_entries import RIGHTS, SIGN_IN, apply_rights, enter
from hub.accounts.models import AccountChange, ChangeState, User
from hub.accounts.secrets import hash_password, new_code, plain_code, seal_half
from hub.cases.texts import clean
from hub.db import utc_now
from hub.errors import Conflict, field_error


def set_rights(
    session: Session,
    actor: Actor,
    user_id: str,
    roles: Sequence[Role],
    clearance: int,
    reason: str = "",
) -> tuple[User, AccountChange | None]:
    """Give a person of the actor's bureau exactly these roles and this clearance (1-4).

    What only takes back holds at once, at the next read, open sockets included. Whatever adds a
    role or raises the clearance becomes a change that waits for a second person.

    Raises:
        Forbidden: the actor is no security administrator.
        NotFound: no person of his bureau.
        Conflict: himself; nothing would change.
        Invalid: the roles exclude each other.
    """
    actor.require(Right.ROLE_GRANT)
    user = access_user(session, actor, user_id, for_update=True)
    if user.id == actor.user_id:
        raise Conflict(_l("不能更改自己的角色和可阅密级。"))
    if roles and not check_role_set(roles):
        raise field_error("roles", _l("管理员角色不得与其他角色兼任。"))
    wanted = sorted(str(role) for role in set(roles))
    if wanted == sorted(user.roles) and clearance == user.clearance:
        raise Conflict(_l("角色和可阅密级没有变化。"))
    _replace(session, user, RIGHTS)
    if set(wanted) <= set(user.roles) and clearance <= user.clearance:
        apply_rights(session, actor, user, wanted, clearance)
        return user, None
    row = _propose(session, actor, user, RIGHTS, reason, roles=wanted, clearance=clearance)
    return user, row


def propose_code(
    session: Session,
    actor: Actor,
    user_id: str,
    *,
    secret: str,
    release_totp: bool,
    reason: str = "",
) -> tuple[AccountChange, str]:
    """Propose that a person signs in with a code and sets a password: one is new, or lost his.

    Returns:
        The change, and the first half of the code; the second is told to whoever confirms, so that
        neither can sign in as that person.

    Args:
        secret: the hub's secret key.

    Raises:
        Forbidden: the actor is neither system nor security administrator.
        NotFound: no person of his bureau.
        Conflict: himself; he changes his password on his own page.
    """
    actor.require_any(Right.ROLE_GRANT, Right.USER_MANAGE)
    user = access_user(session, actor, user_id, for_update=True)
    if user.id == actor.user_id:
        raise Conflict(_l("自己的密码在“我的账户”修改。"))
    _replace(session, user, SIGN_IN)
    first, second = new_code()
    row = _propose(
        session,
        actor,
        user,
        SIGN_IN,
        reason,
        release_totp=release_totp,
        code_hash=hash_password(plain_code(first + second)),
        sealed_half=seal_half(secret, second),
    )
    return row, first


def _propose(
    session: Session, actor: Actor, user: User, kind: str, reason: str, **what: Any
) -> AccountChange:
    values = {"roles": list(user.roles), "clearance": user.clearance, "release_totp": False} | what
    row = AccountChange(
        bureau_id=user.bureau_id,
        user_id=user.id,
        kind=kind,
        roles_before=list(user.roles),
        clearance_before=user.clearance,
        reason=clean(reason),
        state=ChangeState.WAITING,
        proposed_by=actor.user_id,
        proposed_by_name=actor.name,
        proposed_at=utc_now(),
        **values,
    )
    session.add(row)
    session.flush()
    enter(session, actor, row, user, "proposed")
    return row


def _replace(session: Session, user: User, kind: str) -> None:
    """What waited of the same kind is no longer to be confirmed."""
    rows = session.scalars(
        select(AccountChange)
        .where(
            AccountChange.bureau_id == user.bureau_id,
            AccountChange.state == ChangeState.WAITING,
            AccountChange.user_id == user.id,
            AccountChange.kind == kind,
        )
        .with_for_update()
    )
    for row in rows:
        row.state, row.sealed_half, row.code_hash = ChangeState.REPLACED, None, None
