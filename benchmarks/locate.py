"""A million places against ten thousand zones: the hub's index, geopandas.sjoin, PostGIS.

All three answer the same question, "which zones cover this place", and their answers are compared
pair by pair. Building the indexes is not counted for any of them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

import geopandas
import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from benchmarks.result import Result
from geo.locate import LocateIndex, ZoneShape

POINTS = int(os.environ.get("BENCH_POINTS", "1000000"))
SMALL = POINTS // 10
SIDE = 100
ZONES = SIDE * SIDE
POSTGRES = os.environ.get(
    "HUB_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
SCRATCH = "lianfang_bench_locate"
Floats = npt.NDArray[np.float64]
Pairs = npt.NDArray[np.int64]


def _zones(random: np.random.Generator) -> npt.NDArray[np.object_]:
    """Ragged polygons of 64 corners, one around each node of a grid; neighbours overlap."""
    west, south, step = 119.0, 30.0, 0.02
    angles = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    shapes = []
    for number in range(ZONES):
        row, column = divmod(number, SIDE)
        radius = step * (0.35 + 0.25 * random.random(64))
        lon = west + column * step + radius * np.cos(angles)
        lat = south + row * step + radius * np.sin(angles)
        shapes.append(shapely.Polygon(np.column_stack([lon, lat])))
    return np.array(shapes, dtype=object)


def _timed(act: Callable[[], Pairs], times: int = 3) -> tuple[float, Pairs]:
    """Median seconds, and the last answer as sorted numbers point * ZONES + zone."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        pairs = act()
        took.append(time.perf_counter() - began)
    return float(np.median(took)), np.sort(pairs)


def _sjoin(zones: npt.NDArray[np.object_], lon: Floats, lat: Floats) -> tuple[float, Pairs]:
    frame = geopandas.GeoDataFrame(geometry=zones, crs=4326)
    points = geopandas.GeoDataFrame(geometry=shapely.points(lon, lat), crs=4326)
    # Either side may hold the tree; here it is the zones, whose tree is built beforehand.
    assert len(frame.sindex) == ZONES

    def join() -> Pairs:
        joined = geopandas.sjoin(points, frame, predicate="intersects")
        return joined.index.to_numpy() * ZONES + joined["index_right"].to_numpy()

    return _timed(join)


def _ours(index: LocateIndex, lon: Floats, lat: Floats) -> tuple[float, Pairs]:
    def join() -> Pairs:
        point, zone = index.zones_at_many(lon, lat)
        return point * ZONES + zone

    return _timed(join)


def _postgis(zones: npt.NDArray[np.object_], lon: Floats, lat: Floats) -> tuple[float, Pairs]:
    """The join in PostgreSQL, zones indexed; counted on the server, answers fetched after it."""
    admin = create_engine(make_url(POSTGRES), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {SCRATCH}"))
        connection.execute(text(f"CREATE DATABASE {SCRATCH}"))
    engine = create_engine(make_url(POSTGRES).set(database=SCRATCH))
    try:
        with engine.begin() as connection:
            _fill(connection, zones, lon, lat)
            began = time.perf_counter()
            connection.execute(
                text(
                    "CREATE TEMP TABLE found AS SELECT p.id AS point, z.id AS zone"
                    " FROM points p JOIN zones z ON ST_Intersects(z.shape, p.shape)"
                )
            )
            took = time.perf_counter() - began
            rows = connection.execute(text("SELECT point, zone FROM found")).all()
        pairs = np.array([point * ZONES + zone for point, zone in rows], dtype=np.int64)
        return took, np.sort(pairs)
    finally:
        engine.dispose()
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {SCRATCH} WITH (FORCE)"))
        admin.dispose()


def _fill(connection: Connection, zones: npt.NDArray[np.object_], lon: Floats, lat: Floats) -> None:
    connection.execute(text("CREATE EXTENSION postgis"))
    connection.execute(text("CREATE TABLE zones (id int, shape geometry(Polygon, 4326))"))
    connection.execute(text("CREATE TABLE points (id int, shape geometry(Point, 4326))"))
    cursor = connection.connection.cursor()
    with cursor.copy("COPY zones FROM STDIN") as copy:  # type: ignore[attr-defined]
        for number, wkb in enumerate(_ewkb(zones)):
            copy.write_row((number, wkb))
    with cursor.copy("COPY points FROM STDIN") as copy:  # type: ignore[attr-defined]
        for number, wkb in enumerate(_ewkb(shapely.points(lon, lat))):
            copy.write_row((number, wkb))
    connection.execute(text("CREATE INDEX ON zones USING gist (shape)"))
    connection.execute(text("ANALYZE"))


def _ewkb(shapes: npt.NDArray[np.object_]) -> list[str]:
    return list(shapely.to_wkb(shapely.set_srid(shapes, 4326), hex=True, include_srid=True))


def _one_fix_us(index: LocateIndex, lon: Floats, lat: Floats) -> float:
    """Median over batches of the microseconds that one place takes, one call each."""
    for x, y in zip(lon.tolist(), lat.tolist(), strict=True):
        index.zones_at(x, y)  # a running hub has seen its ground before
    took = []
    for part in np.array_split(np.arange(len(lon)), 10):
        xs, ys = lon[part].tolist(), lat[part].tolist()
        began = time.perf_counter()
        for x, y in zip(xs, ys, strict=True):
            index.zones_at(x, y)
        took.append((time.perf_counter() - began) / len(part) * 1e6)
    return float(np.median(took))


def _tree_fix_us(zones: npt.NDArray[np.object_], lon: Floats, lat: Floats) -> float:
    tree = shapely.STRtree(zones)
    places = shapely.points(lon, lat)
    began = time.perf_counter()
    for place in places:
        tree.query(place, "intersects")
    return (time.perf_counter() - began) / len(lon) * 1e6


def run() -> Iterator[Result | str]:
    """Milliseconds for all places; microseconds for one."""
    random = np.random.default_rng(20261123)
    zones = _zones(random)
    lon = 119.0 + random.random(POINTS) * 0.02 * (SIDE - 1)
    lat = 30.0 + random.random(POINTS) * 0.02 * (SIDE - 1)
    shapes = [ZoneShape(str(number), {"330500": shape}) for number, shape in enumerate(zones)]
    index = LocateIndex.build([], shapes, [], 0.0)
    for count in (SMALL, POINTS):
        ours, answer = _ours(index, lon[:count], lat[:count])
        theirs, expected = _sjoin(zones, lon[:count], lat[:count])
        assert np.array_equal(answer, expected), "the answers differ from geopandas"
        claim = f"{count:,} places in {ZONES:,} zones"
        yield Result(claim, ours * 1e3, "ms", "geopandas.sjoin", theirs * 1e3, better="smaller")
    try:
        joined, found = _postgis(zones, lon, lat)
    except SQLAlchemyError as error:
        yield f"PostGIS join skipped: {str(error).splitlines()[0]}"
    else:
        assert np.array_equal(answer, found), "the answers differ from PostGIS"
        yield Result(claim, ours * 1e3, "ms", "PostGIS join", joined * 1e3, better="smaller")
    few = slice(0, 20_000)
    yield Result(
        f"one place in {ZONES:,} zones",
        _one_fix_us(index, lon[few], lat[few]),
        "µs",
        "STRtree.query, intersects",
        _tree_fix_us(zones, lon[few], lat[few]),
        better="smaller",
    )
