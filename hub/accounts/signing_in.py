"""Signing in and out, and the one-time codes of the second factor."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts import lockout
from hub.accounts.access import make_actor
from hub.accounts.models import LoginSession, User
from hub.accounts.passwords import LOCKED
from hub.accounts.secrets import (
    match_totp,
    new_session_token,
    new_totp_secret,
    open_totp,
    plain_code,
    seal_totp,
    token_hash,
    totp_uri,
    verify_password,
)
from hub.changes import SYSTEM, record_act
from hub.db import utc_now
from hub.errors import Conflict, NotFound, TooManyRequests, Unauthenticated, field_error
from sharing import ledger

WRONG = _l("用户名或密码不正确。")
CODE_LAPSED = _l("登录码已过期，请联系管理员重新办理。")


@dataclass(frozen=True)
class SignInResult:
    """What the door needs after a password was given: a token, or a refusal to raise.

    A failed attempt has to be committed (it counts towards the lock), so it is a value here and
    raised by the door after the unit of work ended.
    """

    token: str | None = None
    refusal: Unauthenticated | TooManyRequests | None = None


def sign_in(session: Session, username: str, password: str, *, life: timedelta) -> SignInResult:
    """Check a password; five failures lock the name for a quarter of an hour.

    A name that nobody bears, or a disabled person's, is counted, locked and answered alike, after
    the same work.
    """
    name = username.strip().lower()
    tries = lockout.claim(session, name)
    user = session.scalar(select(User).where(User.username == name).with_for_update(of=User))
    known = user if user is not None and user.active else None
    until = known.password_until if known else None
    given = plain_code(password) if until is not None else password
    right = verify_password(known.password_hash if known else None, given)
    if lockout.is_locked(tries):
        return SignInResult(refusal=TooManyRequests(LOCKED))
    if known is None or not right:
        lockout.count_failure(tries)
        _enter_failure(session, known)
        return SignInResult(refusal=Unauthenticated(WRONG))
    lockout.forgive(tries)
    if until is not None and until <= utc_now():
        return SignInResult(refusal=Unauthenticated(CODE_LAPSED))
    return SignInResult(token=_open_session(session, known, life))


def _open_session(session: Session, user: User, life: timedelta) -> str:
    now = utc_now()
    raw = new_session_token()
    row = LoginSession(
        user_id=user.id,
        token_hash=token_hash(raw),
        created_at=now,
        last_seen_at=now,
        expires_at=now + life,
    )
    session.add(row)
    session.flush()
    record_act(session, make_actor(user), action="session.opened", kind="session", record_id=row.id)
    return raw


def _enter_failure(session: Session, user: User | None) -> None:
    """Enter a failure in the chain of the person's bureau.

    Nobody's failure belongs to no bureau, and kept it could fill the disk: its entry is written
    and taken back, so that it takes the same time.
    """
    if user is not None:
        actor = make_actor(user)
        record_act(session, actor, action="session.refused", kind="user", record_id=user.id)
        return
    entry = ledger.NewEntry(action="session.refused", actor_name=SYSTEM.name, kind="user")
    with session.begin_nested() as kept:
        ledger.append(session, SYSTEM.bureau_id, entry, utc_now())
        kept.rollback()


def give_second_factor(
    session: Session, row: LoginSession, code: str, *, secret_key: str
) -> SignInResult:
    """Check a one-time code; a wrong one counts towards the lock like a wrong password."""
    user = row.user
    tries = lockout.claim(session, user.username)
    if lockout.is_locked(tries):
        return SignInResult(refusal=TooManyRequests(LOCKED))
    if user.totp_secret is None:
        return SignInResult(refusal=Unauthenticated(_l("尚未绑定动态口令。")))
    step = match_totp(
        open_totp(secret_key, user.totp_secret),
        code.strip().replace(" ", ""),
        now=time.time(),
        last_step=user.totp_last_step,
    )
    if step is None:
        lockout.count_failure(tries)
        _enter_failure(session, user)
        return SignInResult(refusal=Unauthenticated(_l("动态口令不正确或已用过。")))
    user.totp_last_step = step
    lockout.forgive(tries)
    row.second_factor_at = utc_now()
    return SignInResult()


def begin_totp(username: str) -> tuple[str, str]:
    """A fresh secret and its otpauth address; nothing is stored until a code proves it arrived."""
    secret = new_totp_secret()
    return secret, totp_uri(secret, username)


def enrol_totp(
    session: Session, row: LoginSession, secret: str, code: str, *, secret_key: str
) -> None:
    """Bind an authenticator after a first right code.

    Raises:
        Conflict: one is bound already (a sign-in code can release it).
        Invalid: the code is wrong.
    """
    user = row.user
    if user.totp_secret is not None:
        raise Conflict(_l("已绑定动态口令；更换请联系管理员办理登录码。"))
    step = match_totp(secret, code.strip(), now=time.time(), last_step=0)
    if step is None:
        raise field_error("code", _l("动态口令不正确，请核对手机时间。"))
    user.totp_secret = seal_totp(secret_key, secret)
    user.totp_last_step = step
    row.second_factor_at = utc_now()
    record_act(session, make_actor(user), action="totp.bound", kind="user", record_id=user.id)


def sign_out(session: Session, actor: Actor, session_id: str) -> None:
    """End one session; its sockets end with it."""
    row = session.get(LoginSession, session_id)
    if row is None or row.user_id != actor.user_id:
        raise NotFound
    if row.revoked_at is None:
        row.revoked_at = utc_now()
        record_act(session, actor, action="session.closed", kind="session", record_id=row.id)
