"""Passwords: what is good enough, how a person changes his own, and codes to sign in with once."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts import lockout
from hub.accounts.access import access_user, make_actor
from hub.accounts.ending import end_all_access
from hub.accounts.models import LoginSession, User
from hub.accounts.secrets import hash_password, new_code, plain_code, verify_password
from hub.changes import record_act
from hub.db import utc_now
from hub.errors import Conflict, Forbidden, HubError, TooManyRequests, field_error

MIN_PASSWORD = 12
# A sign-in code is used within so long; who missed it asks for another.
CODE_LASTS = timedelta(hours=72)
LOCKED = _l("失败次数过多，请15分钟后再试。")


def check_password(password: str, field: str = "password") -> None:
    """Refuse a weak password (NIST SP 800-63B: length first; no composition theatre).

    Raises:
        Invalid: too short or too uniform.
    """
    if len(password) < MIN_PASSWORD:
        raise field_error(field, _l("密码至少%(n)s位。", n=MIN_PASSWORD))
    if len(set(password)) < 5:
        raise field_error(field, _l("密码过于简单，请使用更多不同的字符。"))


def change_own(session: Session, actor: Actor, current: str, new: str) -> HubError | None:
    """Set a new password of one's own; all that is signed in with the old one ends, but this
    browser: other sessions, access tokens, calendar addresses.

    A wrong present password has to be committed (it counts towards the lock), so it is answered
    as a value, for the door to raise after the unit of work ended.

    Raises:
        Forbidden: by a token; it belongs to a program, not to its person.
        Invalid: the new password is weak, or the old one again.
    """
    if actor.session_id is None:
        raise Forbidden(_l("请登录后修改密码。"))
    user = access_user(session, actor, actor.user_id, for_update=True)
    tries = lockout.claim(session, user.username)
    if lockout.is_locked(tries):
        return TooManyRequests(LOCKED)
    if not verify_password(user.password_hash, current):
        lockout.count_failure(tries)
        record_act(session, actor, action="password.refused", kind="user", record_id=user.id)
        return field_error("current", _l("当前密码不正确。"))
    check_password(new, "new")
    if current == new:
        raise field_error("new", _l("新密码与当前密码相同。"))
    lockout.forgive(tries)
    _set(session, actor, user, new, keep=actor.session_id)
    return None


def set_first(session: Session, row: LoginSession, new: str) -> None:
    """Set a password of one's own in place of the sign-in code that this session began with.

    Raises:
        Conflict: the person has one.
        Invalid: it is weak, or the code again.
    """
    user = row.user
    if user.password_until is None:
        raise Conflict(_l("密码已经设置。"))
    check_password(new)
    if verify_password(user.password_hash, plain_code(new)):
        raise field_error("password", _l("新密码不能是登录码。"))
    _set(session, make_actor(user, session_id=row.id), user, new, keep=row.id)


def _set(session: Session, actor: Actor, user: User, new: str, *, keep: str) -> None:
    user.password_hash = hash_password(new)
    user.password_until = None
    user.version += 1
    end_all_access(session, user, but=keep)
    record_act(session, actor, action="password.set", kind="user", record_id=user.id)


def give_code(session: Session, user: User, code_hash: str, *, release_totp: bool) -> None:
    """Let a person in by a sign-in code alone, and only to set a password; all else ends."""
    user.password_hash = code_hash
    user.password_until = utc_now() + CODE_LASTS
    if release_totp:
        user.totp_secret = None
    user.version += 1
    end_all_access(session, user)


def give_whole_code(session: Session, actor: Actor, user: User, *, release_totp: bool) -> str:
    """A sign-in code by whoever keeps the server: no second person can stop him anyway, and he is
    whom a bureau asks whose administrators are locked out. Returns the code."""
    first, second = new_code()
    give_code(session, user, hash_password(plain_code(first + second)), release_totp=release_totp)
    record_act(
        session,
        actor,
        action="password.code_given",
        kind="user",
        record_id=user.id,
        chains=[user.bureau_id],
        detail={"username": user.username, "release_totp": release_totp},
    )
    return f"{first}-{second}"
