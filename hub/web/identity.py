"""Who sends this request: the session cookie or a bearer token, read once per request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import current_app, g, request
from sqlalchemy import update
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.access import (
    SessionRules,
    live_session,
    live_token,
    make_actor,
    may_act,
)
from hub.accounts.models import AccessToken, LoginSession
from hub.config import Settings
from hub.db import read_only, unit_of_work, utc_now
from hub.errors import Unauthenticated

COOKIE = "hub_session"
SEEN_EVERY = timedelta(minutes=1)


def settings() -> Settings:
    """The settings of the current application."""
    return current_app.extensions["hub.settings"]  # type: ignore[no-any-return]


def session_rules() -> SessionRules:
    """How long sessions live and whether a second factor is owed."""
    options = settings()
    return SessionRules(idle=timedelta(minutes=options.idle_minutes), require_totp=not options.demo)


def identify() -> None:
    """Before each request: find out who sends it and leave it in `g`."""
    g.actor = None
    g.login = None
    g.by_cookie = False
    if request.endpoint in ("static", "assets.asset") or request.path in ("/healthz", "/readyz"):
        return
    header = request.headers.get("Authorization", "")
    if header:
        g.actor = _by_token(header)
    elif raw := request.cookies.get(COOKIE):
        _by_cookie(raw)


def _by_token(header: str) -> Actor:
    scheme, _, raw = header.partition(" ")
    with read_only() as session:
        row = live_token(session, raw.strip()) if scheme.lower() == "bearer" else None
        if row is None:
            raise Unauthenticated
        actor = make_actor(row.user, token=row)
        stale = row.last_used_at is None or utc_now() - row.last_used_at > SEEN_EVERY
    if stale:
        _touch(AccessToken, row.id, "last_used_at")
    return actor


def _by_cookie(raw: str) -> None:
    rules = session_rules()
    with read_only() as session:
        row = live_session(session, raw, rules)
        if row is None:
            return
        g.by_cookie = True
        g.login = row
        g.user_locale = row.user.locale
        if may_act(row, row.user, rules):
            g.actor = make_actor(row.user, session_id=row.id)
        stale = utc_now() - row.last_seen_at > SEEN_EVERY
    if stale:
        _touch(LoginSession, row.id, "last_seen_at")


def _touch(model: type[Any], row_id: str, column: str) -> None:
    with unit_of_work() as session:
        session.execute(update(model).where(model.id == row_id).values({column: utc_now()}))


def current_actor() -> Actor:
    """The person who sends this request.

    Raises:
        Unauthenticated: nobody, or the second factor is still owed.
    """
    actor: Actor | None = g.get("actor")
    if actor is None:
        raise Unauthenticated
    return actor


def own_login(session: Session) -> LoginSession | None:
    """The request's login session as a row of this unit of work, second factor owed or not."""
    row: LoginSession | None = g.get("login")
    return session.get(LoginSession, row.id) if row is not None else None
