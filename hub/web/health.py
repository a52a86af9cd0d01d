"""Liveness, readiness and figures for the people who run the hub."""

from __future__ import annotations

from flask import Blueprint, Response
from flask_babel import gettext as _
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from hub import migrations
from hub.access import Right
from hub.db import database
from hub.errors import Forbidden, Unavailable
from hub.web.doors import json_response
from hub.web.identity import current_actor

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return json_response({"ok": True})


@bp.get("/readyz")
def ready() -> Response:
    """The database answers too, and its schema is this program's.

    Raises:
        Unavailable: the schema is missing, older or newer.
    """
    with database().engine.connect() as connection:
        found = migrations.current(connection)
    if found != migrations.newest():
        raise Unavailable(schema_words(found, migrations.newest()))
    return json_response({"ok": True})


def schema_words(found: str, newest: str) -> str:
    """What is wrong with the schema, and what would be right, for whoever runs the hub."""
    if not found:
        return str(_("数据库中还没有表结构，请运行：flask --app hub db upgrade"))
    if found > newest:
        words = _("数据库的表结构（%(found)s）比本程序（%(newest)s）新，请使用较新的程序")
    else:
        words = _(
            "数据库的表结构（%(found)s）比本程序（%(newest)s）旧，"
            "请运行：flask --app hub db upgrade"
        )
    return str(words) % {"found": found, "newest": newest}


@bp.get("/metrics")
def metrics() -> Response:
    """Prometheus figures of this worker, for a token of the system administrator."""
    actor = current_actor()
    if not actor.may(Right.USER_MANAGE):
        raise Forbidden
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
