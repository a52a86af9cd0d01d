"""Signing in and out, and the person's own page."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import qrcode
import qrcode.image.svg
from flask import Blueprint, Response, current_app, g, redirect, render_template, request, session
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from hub.access import ROLE_NAMES, Right
from hub.accounts import change_views, passwords, services, signing_in
from hub.accounts.access import owes_second_factor
from hub.accounts.feeds import list_feeds
from hub.accounts.secrets import totp_uri
from hub.db import read_only, unit_of_work
from hub.errors import HubError, Invalid, Unauthenticated, field_error
from hub.web.i18n import local_target
from hub.web.identity import COOKIE, current_actor, own_login, session_rules, settings

bp = Blueprint("accounts", __name__)


def _go_on(target: str | None) -> BaseResponse:
    return redirect(local_target(target))


@bp.get("/login")
def login() -> BaseResponse | str:
    """Ask for name and password, or for the second factor that is still owed."""
    if g.actor is not None:
        return _go_on(request.args.get("next"))
    if g.login is not None:
        owes_code = owes_second_factor(g.login, g.login.user, session_rules())
        return redirect("/login/second-factor" if owes_code else "/login/new-password")
    return _login_page(None, "")


def _login_page(error: object, username: str) -> str:
    demo = settings().demo
    return render_template(
        "accounts/login.html",
        error=error,
        username=username,
        demo_people=_demo_groups() if demo else [],
        demo_password=current_app.extensions["hub.demo_password"] if demo else None,
    )


def _demo_groups() -> list[dict[str, Any]]:
    """The demo accounts of each bureau, in the order in which the story meets them."""
    with read_only() as db:
        return services.demo_groups(db)


@bp.post("/login")
def sign_in() -> BaseResponse | tuple[str, int]:
    """Check name and password; a refusal keeps the name that was typed."""
    username = request.form.get("username", "")
    with unit_of_work() as db:
        result = signing_in.sign_in(
            db,
            username,
            request.form.get("password", ""),
            life=timedelta(hours=settings().session_hours),
        )
    if result.token is None:
        error: HubError = result.refusal or Unauthenticated(signing_in.WRONG)
        return _login_page(error.detail, username), error.status
    locale = session.get("locale")
    session.clear()  # a session fixed before signing in is worth nothing afterwards
    if locale:
        session["locale"] = locale
    response = _go_on(request.args.get("next"))
    response.set_cookie(
        COOKIE,
        result.token,
        httponly=True,
        samesite="Lax",
        secure=settings().secure_cookies,
        max_age=int(settings().session_hours * 3600),
    )
    return response


@bp.get("/login/second-factor")
def second_factor() -> BaseResponse | str:
    """Ask for the one-time code, or show how to bind an authenticator first."""
    if g.login is None:
        return redirect("/login")
    if g.actor is not None:
        return redirect("/")
    return _second_factor_page(None)


def _second_factor_page(error: object) -> str:
    user = g.login.user
    if user.totp_secret is not None:
        return render_template("accounts/second_factor.html", error=error, enrol=None)
    if "totp_new" not in session:
        session["totp_new"] = signing_in.begin_totp(user.username)[0]
    secret = session["totp_new"]
    return render_template("accounts/second_factor.html", error=error, enrol={"secret": secret})


@bp.get("/login/second-factor.svg")
def second_factor_qr() -> Response:
    """The QR code of the secret being bound, as an image of this hub."""
    secret = session.get("totp_new")
    if g.login is None or secret is None:
        raise Unauthenticated
    uri = totp_uri(secret, g.login.user.username)
    image = qrcode.make(uri, image_factory=qrcode.image.svg.SvgPathImage, border=2)
    buffer = io.BytesIO()
    image.save(buffer)
    return Response(
        buffer.getvalue(), mimetype="image/svg+xml", headers={"Cache-Control": "no-store"}
    )


@bp.post("/login/second-factor")
def check_second_factor() -> BaseResponse | tuple[str, int]:
    """Check the code; bind the authenticator with the first right one."""
    code = request.form.get("code", "")
    error: HubError | None
    with unit_of_work() as db:
        row = own_login(db)
        if row is None:
            raise Unauthenticated
        if row.user.totp_secret is None and "totp_new" in session:
            try:
                signing_in.enrol_totp(
                    db, row, session["totp_new"], code, secret_key=settings().secret_key
                )
                error = None
            except HubError as refused:
                error = refused
        else:
            error = signing_in.give_second_factor(
                db, row, code, secret_key=settings().secret_key
            ).refusal
    if error is not None:
        return _second_factor_page(error.detail), error.status
    session.pop("totp_new", None)
    return redirect("/")


@bp.get("/login/new-password")
def new_password() -> BaseResponse | str:
    """Ask whoever came in by a sign-in code for a password of his own."""
    if g.login is None:
        return redirect("/login")
    if g.actor is not None:
        return redirect("/")
    if owes_second_factor(g.login, g.login.user, session_rules()):
        return redirect("/login/second-factor")
    return render_template("accounts/new_password.html", error=None)


@bp.post("/login/new-password")
def set_new_password() -> BaseResponse | tuple[str, int]:
    """Set it; what else was signed in has ended when the code was given."""
    try:
        with unit_of_work() as db:
            row = own_login(db)
            if row is None or owes_second_factor(row, row.user, session_rules()):
                raise Unauthenticated
            new = request.form.get("password", "")
            if new != request.form.get("repeat", ""):
                raise field_error("repeat", _l("两次输入不一致。"))
            passwords.set_first(db, row, new)
    except Invalid as refused:
        error = refused.errors[0].message
        return render_template("accounts/new_password.html", error=error), refused.status
    return redirect("/")


@bp.post("/logout")
def sign_out() -> BaseResponse:
    """End this session and its sockets."""
    actor = g.actor
    if actor is not None and actor.session_id is not None:
        with unit_of_work() as db:
            signing_in.sign_out(db, actor, actor.session_id)
    response = redirect("/login")
    response.delete_cookie(COOKIE)
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale
    return response


@bp.get("/account")
def account() -> str:
    """The person's own page: tokens, sessions, second factor."""
    actor = current_actor()
    with read_only() as db:
        return render_template(
            "accounts/account.html",
            feeds=list_feeds(db, actor) if actor.may(Right.WORK_VIEW) else [],
            **services.own_page(db, actor),
        )


@bp.get("/people")
def people() -> str:
    """People of the administrator's bureau."""
    actor = current_actor()
    with read_only() as db:
        rows = services.list_people(db, actor)
        waiting = change_views.waiting(db, actor)
    names = {role.value: str(name) for role, name in ROLE_NAMES.items()}
    people = [row | {"role_names": [names[value] for value in row["roles"]]} for row in rows]
    return render_template(
        "people/list.html",
        people=people,
        waiting=waiting,
        names=names,
        all_roles=list(names.items()),
    )
