"""People, their roles and certificates, their access tokens."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import ROLE_NAMES, Actor, Right, Role, check_role_set
from hub.accounts.access import access_user
from hub.accounts.change_views import require_reader
from hub.accounts.ending import end_all_access
from hub.accounts.models import AccessToken, User
from hub.accounts.passwords import check_password
from hub.accounts.secrets import (
    hash_password,
    new_access_token,
    token_hash,
)
from hub.bureaus.models import Bureau
from hub.bureaus.services import bureau
from hub.changes import record_act
from hub.db import utc_now
from hub.errors import Conflict, NotFound, field_error
from sharing.canonical import utc_text

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}[a-z0-9]")


def create_user(session: Session, actor: Actor, *, password: str, **account: Any) -> User:
    """Add a person with a password of his own; `account` is what `add_account` takes.

    Raises:
        Invalid: a name is malformed or taken, the roles exclude each other, the password is weak.
    """
    check_password(password)
    return add_account(session, actor, password_hash=hash_password(password), **account)


def add_disabled(
    session: Session, actor: Actor, *, username: str, name: str, license_no: str | None
) -> User:
    """Add a disabled account without roles, whose password nobody knows: two persons give roles
    and clearance (`changes.set_rights`), two others' halves let its person in (`propose_code`).

    Raises:
        Forbidden: the actor is no system administrator.
        Invalid: a name is malformed or taken.
    """
    actor.require(Right.USER_MANAGE)
    return add_account(
        session,
        actor,
        bureau=bureau(session, actor.bureau_id),
        username=username,
        name=name,
        password_hash=hash_password(secrets.token_urlsafe(32)),
        roles=[],
        license_no=license_no,
        active=False,
    )


def add_account(
    session: Session,
    actor: Actor,
    *,
    bureau: Bureau,
    username: str,
    name: str,
    password_hash: str,
    roles: Sequence[Role],
    clearance: int = 2,
    license_no: str | None = None,
    active: bool = True,
) -> User:
    """Add a person.

    Raises:
        Invalid: a name is malformed or taken, the roles exclude each other.
    """
    username = username.strip().lower()
    if not USERNAME.fullmatch(username):
        raise field_error("username", _l("用户名由3至64位小写字母、数字、点、横线组成。"))
    if session.scalar(select(User.id).where(User.username == username)):
        raise field_error("username", _l("用户名已被使用。"))
    if roles and not check_role_set(roles):
        raise field_error("roles", _l("管理员角色不得与其他角色兼任。"))
    user = User(
        bureau_id=bureau.id,
        username=username,
        name=name,
        password_hash=password_hash,
        roles=[str(role) for role in roles],
        clearance=clearance,
        license_no=license_no,
        active=active,
        created_at=utc_now(),
    )
    user.bureau = bureau
    session.add(user)
    session.flush()
    record_act(
        session,
        actor,
        action="user.created",
        kind="user",
        record_id=user.id,
        chains=[bureau.id],
        detail={"username": username, "roles": [str(r) for r in roles]},
    )
    return user


def set_active(session: Session, actor: Actor, user_id: str, active: bool) -> User:
    """Enable or disable a person of the actor's bureau; disabling ends every session at once."""
    actor.require(Right.ROLE_GRANT)
    user = access_user(session, actor, user_id)
    if user.id == actor.user_id:
        raise Conflict(_l("不能停用自己的账号。"))
    user.active = active
    user.version += 1
    if not active:
        end_all_access(session, user)
    verb = "enabled" if active else "disabled"
    record_act(session, actor, action=f"user.{verb}", kind="user", record_id=user.id)
    return user


def set_license(
    session: Session, actor: Actor, user_id: str, license_no: str | None, until: date | None
) -> User:
    """Enter, renew or take back a person's enforcement certificate 执法证.

    Raises:
        Forbidden: the actor is no system administrator.
        NotFound: no person of his bureau.
    """
    actor.require(Right.USER_MANAGE)
    user = access_user(session, actor, user_id)
    before = user.license_no
    user.license_no = license_no or None
    user.license_until = until if user.license_no else None
    user.version += 1
    record_act(
        session,
        actor,
        action="user.license_set",
        kind="user",
        record_id=user.id,
        detail={
            "before": before,
            "after": user.license_no,
            "until": user.license_until.isoformat() if user.license_until else None,
        },
    )
    return user


def create_token(
    session: Session,
    actor: Actor,
    user: User,
    *,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None = None,
) -> tuple[AccessToken, str]:
    """Make a personal access token; the second value is shown once and never again."""
    if not scopes or not set(scopes) <= {"read", "write"}:
        raise field_error("scopes", _l("权限范围只能是 read 或 read 与 write。"))
    raw = new_access_token()
    row = AccessToken(
        user_id=user.id,
        name=name,
        token_hash=token_hash(raw),
        scopes=sorted(set(scopes)),
        created_at=utc_now(),
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    record_act(
        session,
        actor,
        action="token.created",
        kind="token",
        record_id=row.id,
        chains=[user.bureau_id],
        detail={"scopes": row.scopes, "user": user.username},
    )
    return row, raw


def revoke_token(session: Session, actor: Actor, token_id: str) -> None:
    """End one of the actor's own tokens."""
    row = session.get(AccessToken, token_id)
    if row is None or row.user_id != actor.user_id:
        raise NotFound
    if row.revoked_at is None:
        row.revoked_at = utc_now()
        record_act(session, actor, action="token.revoked", kind="token", record_id=row.id)


def person_view(user: User) -> dict[str, Any]:
    """What administrators of his bureau see of a person."""
    return {
        "id": user.id,
        "username": user.username,
        "name": user.name,
        "roles": list(user.roles),
        "clearance": user.clearance,
        "license_no": user.license_no,
        "license_until": user.license_until.isoformat() if user.license_until else None,
        "licensed": user.licensed_at(utc_now()),
        "active": user.active,
        "totp": user.totp_secret is not None,
        "code_until": utc_text(user.password_until) if user.password_until else None,
        "version": user.version,
    }


def list_people(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """People of the actor's bureau, for who changes accounts or confirms their changes."""
    require_reader(actor)
    rows = session.scalars(
        select(User).where(User.bureau_id == actor.bureau_id).order_by(User.username)
    )
    return [person_view(user) for user in rows]


def token_view(row: AccessToken) -> dict[str, object]:
    """What its owner sees of a token; never the token."""
    return {
        "id": row.id,
        "name": row.name,
        "scopes": list(row.scopes),
        "created_at": utc_text(row.created_at),
        "expires_at": utc_text(row.expires_at) if row.expires_at else None,
        "last_used_at": utc_text(row.last_used_at) if row.last_used_at else None,
        "revoked": row.revoked_at is not None,
    }


def list_tokens(session: Session, actor: Actor) -> list[dict[str, object]]:
    """The actor's own tokens, newest first."""
    rows = session.scalars(
        select(AccessToken)
        .where(AccessToken.user_id == actor.user_id)
        .order_by(AccessToken.created_at.desc())
    )
    return [token_view(row) for row in rows]


def own_page(session: Session, actor: Actor) -> dict[str, object]:
    """What the account page shows."""
    user = access_user(session, actor, actor.user_id)
    return {"person": person_view(user), "tokens": list_tokens(session, actor)}


def demo_groups(session: Session) -> list[dict[str, Any]]:
    """The accounts of each bureau with their roles, for the sign-in page of a demo."""
    groups: dict[str, dict[str, Any]] = {}
    rows = session.scalars(select(User).join(Bureau).order_by(User.id))
    for user in rows:
        group = groups.setdefault(user.bureau_id, {"bureau": user.bureau.name, "people": []})
        group["people"].append(
            {
                "username": user.username,
                "name": user.name,
                "roles": [str(ROLE_NAMES[Role(value)]) for value in user.roles],
            }
        )
    return list(groups.values())
