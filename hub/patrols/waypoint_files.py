"""A file of waypoints as rows: CSV or XLSX as they go out, or GPX of a plan or of a receiver."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from geo.crs import gcj02_to_wgs84
from geo.errors import GeoError
from geo.track_files.places import FilePlace, read_places
from hub.errors import field_error
from hub.patrols.waypoint_columns import PLANNED
from hub.plain_texts import plain
from hub.web.geo_texts import geo_text
from hub.web.sheets import read_sheet

MOST_ROWS = 500
# The line of the file, for what has no line of a table.
LINE = "line"


@dataclass(frozen=True)
class PlaceFile:
    """Rows by heading or code, and the route that the file has besides, lon lat WGS 84."""

    rows: list[dict[str, str]]
    route: list[tuple[float, float]]


def read_file(content: bytes, *, gcj02: bool = False) -> PlaceFile:
    """The waypoints of a file, told by its content.

    Args:
        gcj02: the route's places are GCJ-02 (those of waypoints are shifted when they are taken).

    Raises:
        Invalid, TooLarge: it is none of these, broken, or too much; in GPX the line is named.
    """
    if b"<gpx" not in content[:4096]:
        rows = read_sheet(content, MOST_ROWS)
        if not rows:
            raise field_error("file", _l("文件里没有途经点：表头之下没有行。"))
        return PlaceFile(rows, [])
    try:
        found = read_places(content)
    except GeoError as error:
        raise field_error("file", geo_text(error)) from error
    if not found.waypoints and not found.route:
        raise field_error("file", _l("文件里没有途经点（wpt）和路线（rte）。"))
    if len(found.waypoints) > MOST_ROWS:
        raise field_error("file", _l("一次最多%(most)s行，请分成几个文件。", most=MOST_ROWS))
    rows = [_cells(point, number) for number, point in enumerate(found.waypoints, start=1)]
    return PlaceFile(rows, [_shifted(*spot) if gcj02 else spot for spot in found.route])


def _cells(point: FilePlace, number: int) -> dict[str, str]:
    """A waypoint of GPX by the codes of the columns; our own says task and target apart."""
    texts = {name: plain(text).strip() for name, text in point.texts.items()}
    own = {name: plain(point.more.get(name, "")).strip() for name in PLANNED if point.more}
    said = texts.get("cmt") if own else texts.get("desc") or texts.get("cmt")
    # Our own names begin with the number in the order, which is the file's order anyway.
    name = re.sub(rf"^{number} (?=.)", "", texts.get("name", ""))
    place = {LINE: str(point.line), "name": name, "lon": point.lon, "lat": point.lat}
    return own | place | ({"task_text": said} if said else {})


def _shifted(lon: float, lat: float) -> tuple[float, float]:
    east, north = gcj02_to_wgs84([lon], [lat])
    return round(float(east[0]), 7), round(float(north[0]), 7)


def wgs84_of(lon: float, lat: float, *, gcj02: bool) -> tuple[float, float]:
    """A waypoint's place in WGS 84, degrees."""
    return _shifted(lon, lat) if gcj02 else (round(lon, 7), round(lat, 7))
