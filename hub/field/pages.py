"""The field app: one page that says nothing of anybody, its service worker and its manifest."""

from __future__ import annotations

import json

from flask import Blueprint, Response, jsonify, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from hub.access import Right
from hub.db import read_only
from hub.field.shell import HOME, STATIC, STYLES, shell
from hub.patrols.access import access_patrol
from hub.web.identity import current_actor

bp = Blueprint("field_app", __name__)


@bp.get("/field/")
def app() -> Response:
    """The shell; who is signed in and what he may see comes from the phone's store or the API."""
    response = Response(render_template("field/shell.html", styles=STYLES, version=shell().version))
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/field/worker.js")
def worker() -> Response:
    """The service worker with the list and the version of what it keeps."""
    kept = shell()
    head = f"const VERSION = {json.dumps(kept.version)};\nconst SHELL = {json.dumps(kept.urls)};\n"
    body = (STATIC / "js" / "field" / "worker.js").read_text(encoding="utf-8")
    response = Response(head + body, mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/field/manifest.webmanifest")
def manifest() -> Response:
    """How a phone installs the field app."""
    icons = [
        {"src": "/static/img/icon-192.png", "sizes": "192x192", "type": "image/png"},
        {"src": "/static/img/icon-512.png", "sizes": "512x512", "type": "image/png"},
        {
            "src": "/static/img/icon-maskable.png",
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
        {"src": "/static/img/favicon.svg", "sizes": "any", "type": "image/svg+xml"},
    ]
    response = jsonify(
        {
            "id": HOME,
            "name": str(_("联防现场")),
            "short_name": str(_("联防现场")),
            "description": str(_("联合巡查现场记录，没有网络也能用")),
            "start_url": HOME,
            "scope": "/",
            "display": "standalone",
            "orientation": "portrait",
            "background_color": "#f3f5f7",
            "theme_color": "#12283a",
            "icons": icons,
        }
    )
    response.mimetype = "application/manifest+json"
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/patrols/<patrol_id>/field")
def field(patrol_id: str) -> BaseResponse:
    """The patrol in the field app."""
    actor = current_actor()
    actor.require(Right.WORK_VIEW)
    with read_only() as session:
        access_patrol(session, actor, patrol_id)
    return redirect(f"{HOME}?patrol={patrol_id}")
