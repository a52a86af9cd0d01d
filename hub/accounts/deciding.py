"""The second person of a change of an account confirms or refuses it; its proposer withdraws it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.access import access_user
from hub.accounts.change_entries import SIGN_IN, WAITS, apply_rights, enter
from hub.accounts.change_views import require_reader
from hub.accounts.models import AccountChange, ChangeState, User
from hub.accounts.passwords import give_code
from hub.accounts.secrets import open_half
from hub.cases.texts import clean
from hub.db import row_of, utc_now
from hub.errors import Conflict, Forbidden, NotFound


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
    apply_rights(session, actor, user, row.roles, row.clearance)
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
    enter(session, actor, row, user, state.value, reason)
