"""The documents of the standard: landing page, collections, a page of features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.db import utc_now
from hub.ogc.crs import CRS84, SUPPORTED, converted
from hub.ogc.layers import LAYERS, Layer
from hub.ogc.window import Window
from hub.web.paging import encode_cursor
from sharing.canonical import utc_text

CONFORMANCE = [
    f"http://www.opengis.net/spec/ogcapi-features-{part}/conf/{name}"
    for part, name in (
        ("1/1.0", "core"),
        ("1/1.0", "oas30"),
        ("1/1.0", "geojson"),
        ("2/1.0", "crs"),
    )
]
# A request looks at no more features than this: what it did not find by then is on the next page.
LOOKED_AT = 5_000


def _url(path: str) -> str:
    return request.url_root.rstrip("/") + path


def link(rel: str, path: str, kind: str = "application/json", title: str = "") -> dict[str, str]:
    """A link with an absolute address, as the standard asks."""
    made = {"rel": rel, "href": _url(path), "type": kind}
    return made | {"title": title} if title else made


def landing() -> dict[str, Any]:
    """Where everything is."""
    return {
        "title": _("联防：图层"),
        "description": _("您可见的区域、分界线、站点、航迹、发现问题和案件。"),
        "links": [
            link("self", "/ogc/"),
            link("service-desc", "/openapi.json", "application/vnd.oai.openapi+json;version=3.1"),
            link("service-doc", "/docs", "text/html"),
            link("conformance", "/ogc/conformance"),
            link("data", "/ogc/collections"),
        ],
    }


def collections() -> dict[str, Any]:
    """All layers."""
    return {
        "links": [link("self", "/ogc/collections")],
        "crs": list(SUPPORTED),
        "collections": [collection(layer) for layer in LAYERS.values()],
    }


def collection(layer: Layer) -> dict[str, Any]:
    """One layer."""
    path = f"/ogc/collections/{layer.name}"
    return {
        "id": layer.name,
        "title": str(layer.title),
        "description": str(layer.description),
        "itemType": "feature",
        "crs": list(SUPPORTED),
        "storageCrs": CRS84,
        "links": [
            link("self", path),
            link("items", f"{path}/items", "application/geo+json", str(layer.title)),
        ],
    }


def page(
    session: Session, actor: Actor, layer: Layer, window: Window, query: Mapping[str, str]
) -> dict[str, Any]:
    """A page of features in the window, with a link to the next one.

    How many there are in all is not said: it would take the time of finding them.
    """
    found, resume = _gather(session, actor, layer, window)
    path = f"/ogc/collections/{layer.name}/items"
    links = [
        link("self", _with(path, query), "application/geo+json"),
        link("collection", f"/ogc/collections/{layer.name}"),
    ]
    if resume is not None:
        following = dict(query) | {"cursor": encode_cursor([resume])}
        links.append(link("next", _with(path, following), "application/geo+json"))
    return {
        "type": "FeatureCollection",
        "features": [
            feature | {"geometry": converted(feature["geometry"], window.crs)} for feature in found
        ],
        "numberReturned": len(found),
        "timeStamp": utc_text(utc_now()),
        "links": links,
    }


def _gather(
    session: Session, actor: Actor, layer: Layer, window: Window
) -> tuple[list[dict[str, Any]], str | None]:
    """Features of a page and, if there may be more, the id after which the next one begins."""
    found: list[dict[str, Any]] = []
    looked = 0
    last: str | None = None
    for feature in layer.features(session, actor, window.before):
        key = str(feature["id"])
        if window.before is not None and key >= window.before:
            continue
        if len(found) == window.limit or looked == LOOKED_AT:
            return found, last
        looked += 1
        last = key
        if window.takes(feature, layer.times):
            found.append(feature)
    return found, None


def _with(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def one(layer: Layer, feature: dict[str, Any], crs: str) -> dict[str, Any]:
    """A single feature with its links."""
    path = f"/ogc/collections/{layer.name}"
    return feature | {
        "geometry": converted(feature["geometry"], crs),
        "links": [
            link("self", f"{path}/items/{feature['id']}", "application/geo+json"),
            link("collection", path),
        ],
    }
