"""Liveness, readiness and figures for the people who run the hub."""

from __future__ import annotations

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from hub.access import Right
from hub.db import read_only
from hub.errors import Forbidden
from hub.web.doors import json_response
from hub.web.identity import current_actor

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return json_response({"ok": True})


@bp.get("/readyz")
def ready() -> Response:
    """The database answers too."""
    with read_only() as session:
        session.execute(text("SELECT 1"))
    return json_response({"ok": True})


@bp.get("/metrics")
def metrics() -> Response:
    """Prometheus figures of this worker, for a token of the system administrator."""
    actor = current_actor()
    if not actor.may(Right.USER_MANAGE):
        raise Forbidden
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
