"""A map of a patrol as a picture, drawn here from shapes alone: no tiles, no network.

Colours are those of the screens: the reader's own side teal, the partner's amber.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import shapely
from PIL import Image, ImageDraw
from shapely.geometry.base import BaseGeometry

from geo.crs import local_metric_crs, project

WIDTH, MOST_HEIGHT, LEAST_HEIGHT = 1600, 1150, 620
MARGIN = 46
# Drawn twice as large and then made smaller, so that edges are smooth.
FINER = 2
SIDES = {"a": ((223, 241, 244), (0, 109, 131)), "b": ((252, 236, 216), (178, 92, 0))}
LINE, ROUTE, INK, PIN = (60, 60, 60), (120, 130, 140), (21, 33, 43), (168, 35, 27)
# Lengths that a scale bar may have, metres.
SCALES = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)


@dataclass(frozen=True)
class Spot:
    """A numbered place (lon, lat in EPSG:4326)."""

    number: int
    lon: float
    lat: float


@dataclass(frozen=True)
class Drawing:
    """What is drawn, all in EPSG:4326; sides are "a" (the reader's own) and "b"."""

    strips: Sequence[tuple[str, BaseGeometry]]
    line: BaseGeometry
    route: BaseGeometry
    tracks: Sequence[tuple[str, BaseGeometry]] = ()
    findings: Sequence[Spot] = ()
    checks: Sequence[Spot] = field(default=())


class _Frame:
    """From metres in the area's projection to pixels of the picture."""

    def __init__(self, bounds: tuple[float, float, float, float]) -> None:
        west, south, east, north = bounds
        wide, high = max(east - west, 1.0), max(north - south, 1.0)
        room = WIDTH - 2 * MARGIN
        self.height = int(min(max(room * high / wide + 2 * MARGIN, LEAST_HEIGHT), MOST_HEIGHT))
        self.scale = min(room / wide, (self.height - 2 * MARGIN) / high)
        self._west = west - (room / self.scale - wide) / 2
        self._north = north + ((self.height - 2 * MARGIN) / self.scale - high) / 2

    def pixels(self, places: Iterable[Sequence[float]]) -> list[tuple[float, float]]:
        """Places in metres as pixels of the large drawing."""
        return [
            ((MARGIN + (x - self._west) * self.scale) * FINER,
             (MARGIN + (self._north - y) * self.scale) * FINER)
            for x, y, *_z in places
        ]  # fmt: skip


def patrol_map(drawing: Drawing) -> bytes:
    """PNG, north up, with a scale bar; findings are numbered as in the report's table."""
    ground = shapely.union_all([shape for _side, shape in drawing.strips])
    crs = local_metric_crs(ground)
    seen = [drawing.route, *(shape for _side, shape in drawing.tracks)]
    seen += [shapely.Point(spot.lon, spot.lat) for spot in (*drawing.findings, *drawing.checks)]
    around = project(shapely.union_all([one for one in seen if not one.is_empty]), crs)
    frame = _Frame(around.buffer(max(150.0, _length(around) * 0.06)).bounds)
    image = Image.new("RGB", (WIDTH * FINER, frame.height * FINER), (244, 242, 236))
    pen = ImageDraw.Draw(image)
    for side, shape in drawing.strips:
        _fill(pen, frame, project(shape, crs), SIDES[side][0])
    _stroke(pen, frame, project(drawing.line, crs), LINE, 3)
    _stroke(pen, frame, project(drawing.route, crs), ROUTE, 7)
    for side, shape in drawing.tracks:
        _stroke(pen, frame, project(shape, crs), SIDES[side][1], 3)
    for spot in drawing.checks:
        _dot(pen, frame, project(shapely.Point(spot.lon, spot.lat), crs), None)
    for spot in drawing.findings:
        _dot(pen, frame, project(shapely.Point(spot.lon, spot.lat), crs), spot.number)
    _scale_bar(pen, frame)
    _north(pen)
    out = io.BytesIO()
    image.resize((WIDTH, frame.height), Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()


def _length(shape: BaseGeometry) -> float:
    west, south, east, north = shape.bounds
    return math.hypot(east - west, north - south)


def _fill(pen: ImageDraw.ImageDraw, frame: _Frame, shape: BaseGeometry, colour: object) -> None:
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            pen.polygon(frame.pixels(part.exterior.coords), fill=colour)  # type: ignore[arg-type]


def _stroke(
    pen: ImageDraw.ImageDraw, frame: _Frame, shape: BaseGeometry, colour: object, width: int
) -> None:
    for part in shapely.get_parts(shape):
        if len(part.coords) > 1:
            places = frame.pixels(part.coords)
            pen.line(places, fill=colour, width=width * FINER, joint="curve")  # type: ignore[arg-type]


def _dot(pen: ImageDraw.ImageDraw, frame: _Frame, place: BaseGeometry, number: int | None) -> None:
    (x, y), *_rest = frame.pixels(place.coords)
    radius = (15 if number is not None else 7) * FINER
    box = (x - radius, y - radius, x + radius, y + radius)
    pen.ellipse(box, fill=PIN if number is not None else INK, outline="white", width=2 * FINER)
    if number is not None:
        pen.text((x, y), str(number), fill="white", anchor="mm", font_size=17 * FINER)


def _scale_bar(pen: ImageDraw.ImageDraw, frame: _Frame) -> None:
    length = max((one for one in SCALES if one * frame.scale <= WIDTH / 4), default=SCALES[0])
    right, y = (WIDTH - 30) * FINER, (frame.height - 26) * FINER
    left = right - length * frame.scale * FINER
    pen.line([(left, y), (right, y)], fill=INK, width=4 * FINER)
    text = f"{length} m" if length < 1_000 else f"{length // 1_000} km"
    pen.text((left, y - 8 * FINER), text, fill=INK, anchor="ls", font_size=20 * FINER)


def _north(pen: ImageDraw.ImageDraw) -> None:
    x, y = (WIDTH - 44) * FINER, 30 * FINER
    wide, high = 12 * FINER, 34 * FINER
    pen.polygon([(x, y), (x - wide, y + high), (x + wide, y + high)], fill=INK)
    pen.text((x, y + 38 * FINER), "N", fill=INK, anchor="mt", font_size=20 * FINER)
