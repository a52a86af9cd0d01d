"""Stand-alone briefing maps: folium's frame, our own layers, no tile from anywhere, no user text.

folium writes text raw into script. So features go through it with their ids alone; names and
labels lie in the page as JSON, and ``/static/js/briefing.js`` shows them with ``textContent``.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import folium
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from geo.errors import GeoError
from geo.limits import Bounds
from geo.page_markup import localise

BRIEFING_SCRIPT = "/static/js/briefing.js"
DATA_ELEMENT = "briefing-data"
MAP_VARIABLE = "map_briefing"

_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}\Z")
_WORD = re.compile(r"[A-Za-z0-9#., %()-]{1,40}\Z")
_LINE_STYLE = {"color", "dashArray", "lineCap", "lineJoin", "opacity", "stroke", "weight"}
_FILL_STYLE = {"fill", "fillColor", "fillOpacity", "radius"}
_NEEDED_FILES = frozenset({"leaflet", "leaflet_css"})


@dataclass(frozen=True)
class MapLayer:
    """A layer: its name (any text), its features and one Leaflet path style for all of them.

    ``frame`` is a GeoDataFrame in EPSG:4326, its index the ids, or (id, geometry) pairs.
    ``labels`` maps ids to any text.
    """

    name: str
    frame: Any
    style: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


def _pairs(frame: Any) -> Iterable[tuple[Any, BaseGeometry]]:
    pairs: Iterable[tuple[Any, BaseGeometry]]
    pairs = frame.geometry.items() if hasattr(frame, "geometry") else frame
    return pairs


def _feature(key: Any, geometry: BaseGeometry) -> dict[str, Any]:
    name = str(key)
    if not _ID.match(name):
        raise GeoError("bad_feature_id", id=name[:40])
    # Seven decimals are a centimetre; a page need not carry more.
    rounded = shapely.transform(geometry, lambda xy: xy.round(7))
    return {"type": "Feature", "id": name, "properties": {}, "geometry": mapping(rounded)}


def _style(style: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in style.items():
        fine = isinstance(value, (bool, int, float)) or (
            isinstance(value, str) and _WORD.match(value)
        )
        if key not in _LINE_STYLE | _FILL_STYLE or not fine:
            raise GeoError("bad_style", key=key, value=str(value)[:40])
    return dict(style)


def _geojson(number: int, layer: MapLayer) -> folium.GeoJson:
    style = _style(layer.style)
    features = [_feature(key, geometry) for key, geometry in _pairs(layer.frame)]
    if not features:
        raise GeoError("empty")
    marker = folium.CircleMarker(**{"radius": 5, "fill": True, **style})
    element = folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=f"layer{number}",
        style_function=lambda _: style,
        marker=marker,
    )
    element._id = f"layer{number}"
    return element


def _map(layers: Sequence[folium.GeoJson], bounds: Bounds) -> folium.Map:
    west, south, east, north = bounds
    frame = folium.Map(location=[(south + north) / 2, (west + east) / 2], tiles=None)
    frame._id = "briefing"
    frame.default_js = [file for file in frame.default_js if file[0] in _NEEDED_FILES]
    frame.default_css = [file for file in frame.default_css if file[0] in _NEEDED_FILES]
    for layer in layers:
        layer.add_to(frame)
    frame.fit_bounds([[south, west], [north, east]])
    return frame


def _data_island(data: Mapping[str, Any], nonce: str) -> str:
    text = json.dumps(data, ensure_ascii=False)
    # Inside a script element only "<" can end it; JSON may write it as an escape.
    text = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    kind = 'type="application/json"'
    return f'<script {kind} id="{DATA_ELEMENT}" nonce="{html.escape(nonce)}">{text}</script>'


def briefing_map(
    layers: Sequence[MapLayer],
    *,
    asset_url: Callable[[str], str],
    nonce: str,
    title: str,
    bounds: Bounds,
    lang: str = "zh-CN",
) -> str:
    """A whole HTML page with a Leaflet map of ``layers``, for a strict Content-Security-Policy.

    ``asset_url`` turns an npm path such as ``leaflet/dist/leaflet.js`` into a served address;
    ``nonce`` marks every script and style; ``lang`` is the language of the page; ``bounds`` is
    (west, south, east, north) in EPSG:4326.
    The element ``#briefing-data`` holds ``{title, map, layers: [{variable, name, labels}]}`` as
    JSON; ``map`` and ``variable`` name global variables that hold Leaflet objects.
    Raises GeoError ``unknown_asset``, ``unsafe_markup``, ``bad_feature_id``, ``bad_style`` or
    ``empty``.
    """
    elements = [_geojson(number, layer) for number, layer in enumerate(layers)]
    page = localise(_map(elements, bounds).get_root().render(), asset_url, nonce, lang)
    data = {
        "title": title,
        "map": MAP_VARIABLE,
        "layers": [
            {"variable": element.get_name(), "name": layer.name, "labels": dict(layer.labels)}
            for element, layer in zip(elements, layers, strict=True)
        ],
    }
    module = f'<script type="module" src="{BRIEFING_SCRIPT}" nonce="{html.escape(nonce)}"></script>'
    head = f"<title>{html.escape(title)}</title>\n</head>"
    tail = f"{_data_island(data, nonce)}\n{module}\n</html>"
    before, _, rest = page.partition("</head>")
    return f"{before}{head}{rest.rpartition('</html>')[0]}{tail}\n"
