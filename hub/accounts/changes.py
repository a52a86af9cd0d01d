"""Changes of an account that take two persons: wider rights, and a new way to sign in (ADR 0026).

Whatever narrows rights is done by one, at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right, Role, check_role_set
from hub.accounts.access import access_user
from hub.accounts.models import AccountChange, ChangeState, User
from hub.accounts.passwords import give_code
from hub.accounts.secrets import hash_password, new_code, open_half, plain_code, seal_half
from hub.cases.texts import clean
from hub.changes import record_act
from hub.db import row_of, utc_now
from hub.errors import Conflict, Forbidden, NotFound, field_error
from sharing.canonical import utc_text

RIGHTS, SIGN_IN = "rights", "sign_in"
# What nobody confirms within so long has to be proposed anew.
WAITS = timedelta(days=7)
READERS = (Right.ROLE_GRANT, Right.ROLE_CONFIRM, Right.USER_MANAGE)


def require_reader(actor: Actor) -> None:
    """Refuse whoever neither proposes nor confirms.

    Raises:
        Forbidden: none of his roles does.
    """
    if not any(actor.may(right) for right in READERS):
        actor.require(Right.USER_MANAGE)


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
        _apply_rights(session, actor, user, wanted, clearance)
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
    if not actor.may(Right.ROLE_GRANT):
        actor.require(Right.USER_MANAGE)
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


def confirm(
    session: Session, actor: Actor, change_id: str, *, secret: str
) -> tuple[AccountChange, str | None]:
    """Be the second person; the change holds from now on.

    Returns:
        The change, and of a sign-in code the second half.

    Raises:
        Forbidden: none of the actor's roles confirms.
        NotFound: not of his bureau.
        Conflict: he proposed it or it is about himself; decided or lapsed; the person's rights
            are others meanwhile.
    """
    row, user = _to_decide(session, actor, change_id)
    if row.proposed_by == actor.user_id:
        raise Conflict(_l("须由提出人以外的人确认。"))
    if row.kind == SIGN_IN:
        half = open_half(secret, row.sealed_half or "")
        give_code(session, user, row.code_hash or "", release_totp=row.release_totp)
        _decide(session, actor, row, user, ChangeState.CONFIRMED)
        return row, half
    if (sorted(user.roles), user.clearance) != (sorted(row.roles_before), row.clearance_before):
        raise Conflict(_l("此人的角色或可阅密级已有变动，请重新提出。"))
    _decide(session, actor, row, user, ChangeState.CONFIRMED)
    _apply_rights(session, actor, user, row.roles, row.clearance)
    return row, None


def refuse(session: Session, actor: Actor, change_id: str, reason: str) -> AccountChange:
    """Say no, as who could confirm.

    Raises:
        Forbidden, NotFound, Conflict: as `confirm`.
    """
    row, user = _to_decide(session, actor, change_id)
    if row.proposed_by == actor.user_id:
        raise Conflict(_l("提出人请撤回。"))
    _decide(session, actor, row, user, ChangeState.REFUSED, reason=clean(reason))
    return row


def withdraw(session: Session, actor: Actor, change_id: str) -> AccountChange:
    """Take back what the actor proposed.

    Raises:
        Forbidden: somebody else proposed it.
        NotFound, Conflict: as `confirm`.
    """
    require_reader(actor)
    row, user = _waiting(session, actor, change_id)
    if row.proposed_by != actor.user_id:
        raise Forbidden(_l("只能撤回自己提出的变更。"))
    _decide(session, actor, row, user, ChangeState.WITHDRAWN)
    return row


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
    _enter(session, actor, row, user, "proposed")
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


def _waiting(session: Session, actor: Actor, change_id: str) -> tuple[AccountChange, User]:
    """A change that may be decided, and its person; held in the order in which `_propose` does."""
    found = session.get(AccountChange, change_id)
    if found is None or found.bureau_id != actor.bureau_id:
        raise NotFound
    user = access_user(session, actor, found.user_id, for_update=True)
    row = row_of(session, AccountChange, change_id, for_update=True) or found
    if row.state != ChangeState.WAITING:
        raise Conflict(_l("此项变更已有结果。"))
    if row.proposed_at <= utc_now() - WAITS:
        raise Conflict(_l("此项变更已过期，请重新提出。"))
    return row, user


def _to_decide(session: Session, actor: Actor, change_id: str) -> tuple[AccountChange, User]:
    actor.require(Right.ROLE_CONFIRM)
    row, user = _waiting(session, actor, change_id)
    if user.id == actor.user_id:
        raise Conflict(_l("不能确认自己账号的变更。"))
    return row, user


def _decide(
    session: Session,
    actor: Actor,
    row: AccountChange,
    user: User,
    state: ChangeState,
    reason: str = "",
) -> None:
    row.state, row.sealed_half, row.code_hash = state, None, None
    row.decided_by_name, row.decided_at = actor.name, utc_now()
    _enter(session, actor, row, user, state.value, reason)


def _apply_rights(
    session: Session, actor: Actor, user: User, roles: Sequence[str], clearance: int
) -> None:
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


def _enter(
    session: Session,
    actor: Actor,
    row: AccountChange,
    user: User,
    verb: str,
    reason: str = "",
) -> None:
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
