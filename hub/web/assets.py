"""Third-party browser files, straight from node_modules through an allow-list."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, abort, request, send_file, url_for

NODE_MODULES = Path(__file__).resolve().parents[2] / "node_modules"
VERSIONED_FOR = timedelta(days=365)
UNVERSIONED_FOR = timedelta(hours=1)

# Public name under /assets/ -> file under node_modules. What is not named here is not served.
ASSETS: dict[str, str] = {
    "leaflet/leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet/leaflet.css": "leaflet/dist/leaflet.css",
    "leaflet/images/layers.png": "leaflet/dist/images/layers.png",
    "leaflet/images/layers-2x.png": "leaflet/dist/images/layers-2x.png",
    "leaflet/images/marker-icon.png": "leaflet/dist/images/marker-icon.png",
    "leaflet/images/marker-icon-2x.png": "leaflet/dist/images/marker-icon-2x.png",
    "leaflet/images/marker-shadow.png": "leaflet/dist/images/marker-shadow.png",
    "geoman/leaflet-geoman.js": "@geoman-io/leaflet-geoman-free/dist/leaflet-geoman.min.js",
    "geoman/leaflet-geoman.css": "@geoman-io/leaflet-geoman-free/dist/leaflet-geoman.css",
    "markercluster/leaflet.markercluster.js": "leaflet.markercluster/dist/leaflet.markercluster.js",
    "markercluster/MarkerCluster.css": "leaflet.markercluster/dist/MarkerCluster.css",
    "markercluster/MarkerCluster.Default.css": (
        "leaflet.markercluster/dist/MarkerCluster.Default.css"
    ),
    "socket.io/socket.io.esm.min.js": "socket.io-client/dist/socket.io.esm.min.js",
    "fullcalendar/core.js": "@fullcalendar/core/index.global.min.js",
    "fullcalendar/daygrid.js": "@fullcalendar/daygrid/index.global.min.js",
    "fullcalendar/timegrid.js": "@fullcalendar/timegrid/index.global.min.js",
    "fullcalendar/list.js": "@fullcalendar/list/index.global.min.js",
    "fullcalendar/interaction.js": "@fullcalendar/interaction/index.global.min.js",
    "fullcalendar/zh-cn.js": "@fullcalendar/core/locales/zh-cn.global.min.js",
    "signature_pad/signature_pad.js": "signature_pad/dist/signature_pad.js",
    "swagger-ui/swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
    "swagger-ui/swagger-ui-bundle.js": "swagger-ui-dist/swagger-ui-bundle.js",
    "swagger-ui/swagger-ui-standalone-preset.js": "swagger-ui-dist/swagger-ui-standalone-preset.js",
}

# Named here because the table of the operating system may say otherwise, and nosniff is strict.
MIME_TYPES = {".js": "text/javascript", ".css": "text/css", ".png": "image/png"}

bp = Blueprint("assets", __name__)


def asset_path(name: str) -> Path | None:
    """The file behind a public asset name.

    Returns None for a name that is not in the table, or whose package is not installed. The name
    is only looked up, never joined to a folder, so it cannot leave node_modules.
    """
    target = ASSETS.get(name)
    if target is None:
        return None
    path = NODE_MODULES / target
    return path if path.is_file() else None


@lru_cache(maxsize=len(ASSETS))
def _digest(path: Path, changed_ns: int) -> str:  # noqa: ARG001 - a changed file is a new key
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def asset_digest(name: str) -> str | None:
    """The first 16 hex digits of the file's SHA-256, or None if `asset_path` is None."""
    path = asset_path(name)
    return None if path is None else _digest(path, path.stat().st_mtime_ns)


@bp.app_template_global("asset")
def asset_url(name: str) -> str:
    """The address of an asset with its digest, so that browsers may keep it for good."""
    return url_for("assets.asset_file", name=name, v=asset_digest(name))


@bp.get("/assets/<path:name>")
def asset_file(name: str) -> Response:
    """One third-party file; kept for a year when asked for by its current digest."""
    path, digest = asset_path(name), asset_digest(name)
    if path is None or digest is None:
        abort(404)
    current = request.args.get("v") == digest
    kept = VERSIONED_FOR if current else UNVERSIONED_FOR
    response = send_file(
        path,
        mimetype=MIME_TYPES[path.suffix],
        conditional=True,
        etag=digest,
        max_age=int(kept.total_seconds()),
    )
    response.cache_control.public = True
    response.cache_control.immutable = current
    return response
