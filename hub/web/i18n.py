"""Languages: Chinese is the text in the source, English its complete catalogue."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from babel.messages.pofile import read_po
from flask import Blueprint, Flask, Response, g, redirect, request, session
from flask_babel import Babel
from sqlalchemy import update
from werkzeug.wrappers import Response as BaseResponse

from hub.accounts.models import User
from hub.clock import SHANGHAI
from hub.config import Settings
from hub.db import unit_of_work
from hub.errors import NotFound
from hub.web.doors import json_response

LOCALES = ("zh", "en")
TIMEZONE = SHANGHAI.key
CATALOGUES = Path(__file__).resolve().parent.parent / "translations"

bp = Blueprint("i18n", __name__)


def choose_locale(default: str) -> str:
    """The language of this request: the person's choice, the browser session's, the hub's."""
    if not request:
        return default
    for choice in (session.get("locale"), g.get("user_locale"), default):
        if choice in LOCALES:
            return str(choice)
    return default


def install(app: Flask, settings: Settings) -> None:
    """Wire Flask-Babel: no Accept-Language guessing, because Chinese comes first."""
    Babel(
        app,
        default_locale=settings.locale,
        default_timezone=TIMEZONE,
        default_translation_directories=str(CATALOGUES),
        locale_selector=lambda: choose_locale(settings.locale),
    )
    app.register_blueprint(bp)


@lru_cache(maxsize=1)
def english() -> dict[str, str | list[str]]:
    """The whole English catalogue: Chinese text to English; with a count: of one and of many."""
    path = CATALOGUES / "en" / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return {}
    found: dict[str, str | list[str]] = {}
    with path.open("rb") as stream:
        catalogue = read_po(stream, locale="en")
    for message in catalogue:
        if message.context:
            continue  # of pages alone: scripts ask without
        if message.id and message.pluralizable:
            found[message.id[0]] = [str(one) for one in message.string or ()]
        elif message.id and message.string:
            found[str(message.id)] = str(message.string)
    return found


@bp.get("/i18n/<locale>.json")
def catalogue(locale: str) -> Response:
    """Texts for the scripts of a page; Chinese is the identity."""
    if locale not in LOCALES:
        raise NotFound
    response = json_response(english() if locale == "en" else {})
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@bp.post("/locale")
def set_locale() -> BaseResponse:
    """Remember the language a person chose and go back to where he was."""
    choice = request.form.get("locale", "")
    if choice not in LOCALES:
        raise NotFound
    session["locale"] = choice
    if g.actor is not None:
        with unit_of_work() as db:
            db.execute(update(User).where(User.id == g.actor.user_id).values(locale=choice))
    return redirect(local_target(request.form.get("next")))


def local_target(target: str | None) -> str:
    """A path of this hub, or `/`: a redirect never leads elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return "/"
    if any(ord(character) < 32 for character in target):
        return "/"
    return target
