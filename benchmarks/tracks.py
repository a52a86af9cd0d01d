"""What one reader waits for as stored track points grow: a patrol's page, a zone's month, live map.

BENCH_POINTS (default "300000,3000000") names the sizes; 100000000 takes about 10 GB (with
the PostGIS table 20) and, on two quiet cores, some twenty minutes. On PostgreSQL, in a database of
its own; in process, so without the network. Each request asks for another patrol or month, so
nothing that the process keeps helps. Baselines: the smallest size, and plain PostGIS over the same
points where the extension is there and the size at most BENCH_POSTGIS (default 10000000).
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Connection, Engine, create_engine, select, text
from sqlalchemy.exc import SQLAlchemyError

from benchmarks import tracks_fill as fill
from benchmarks.hubs import prepared, scratch_database, settings_of
from benchmarks.processor import database_ms, own_ms
from benchmarks.result import Result
from geo.tracks import Fix, clean, statistics
from hub.accounts.models import User
from hub.app import create_app, spare_the_loaded
from hub.db import Database
from hub.demo.field import Ground
from hub.jobs.due import JOBS
from hub.patrols.condensed import thinned
from hub.web.days import SHANGHAI
from hub.zones.models import Zone

SIZES = [int(size) for size in os.environ.get("BENCH_POINTS", "300000,3000000").split(",")]
POSTGIS_UP_TO = int(os.environ.get("BENCH_POSTGIS", "10000000"))
BYTES_A_POINT, BYTES_A_POSTGIS_POINT = 75, 110
REQUESTS, WARM_UP = 30, 2
CREWS = ("changxing-officer1", "yixing-officer1")
WALKS = 8
FIX_TABLE = "CREATE TABLE bench_fix (patrol_id int, unit_id int, t float8, geom geometry)"
# Way and length of each unit, as a patrol's page shows them.
PLAIN_PATROL = """
SELECT unit_id, ST_AsGeoJSON(ST_Simplify(line, 0.00002)), ST_Length(line::geography)
FROM (SELECT unit_id, ST_MakeLine(geom ORDER BY t) AS line FROM bench_fix
      WHERE patrol_id = {number} GROUP BY unit_id) AS ways
"""
# The share of a zone within 100 m of any track of a month, in metres of EPSG:4549.
PLAIN_MONTH = """
WITH ways AS (SELECT ST_MakeLine(geom ORDER BY t) AS line FROM bench_fix
              WHERE patrol_id BETWEEN {first} AND {last} GROUP BY patrol_id, unit_id),
area AS (SELECT ST_Transform(ST_SetSRID(ST_Union(shape::geometry), 4326), 4549) AS zone
         FROM zone_strip WHERE zone_id = '{zone}')
SELECT ST_Area(ST_Intersection(zone, (
  SELECT ST_Union(ST_Buffer(ST_Simplify(ST_Transform(line, 4549), 5), 100)) FROM ways
))) / ST_Area(zone) FROM area
"""


def _walks(database: Database) -> list[list[fill.Walk]]:
    """Ways of two boats along the demo's zone, up and down it for the whole of a patrol."""
    chance = np.random.default_rng(11)
    with database.read_only() as session:
        zone = session.scalars(select(Zone).where(Zone.name.startswith("长兴"))).one()
        version = zone.binding or zone.current
        ground = Ground(zone, shapely.from_wkb(version.line))
        strips = {strip.adcode: shapely.from_wkb(strip.shape) for strip in version.strips}
        crew = {row.username: (row.id, row.bureau_id) for row in session.scalars(select(User))}
        made = []
        for number in range(WALKS):
            way = ground.way(0.1 + 0.08 * number, 0.2 + 0.08 * number, 150 + 60 * number)
            made.append(
                [_walk(index, *crew[name], way, strips, chance) for index, name in enumerate(CREWS)]
            )
    return made


def _walk(
    index: int, unit_id: str, bureau_id: str, way: Any, strips: dict[str, Any], chance: Any
) -> fill.Walk:
    """3 m/s along a way and back, wavering by a few metres."""
    laps = np.arange(fill.FIXES) * fill.EVERY_S * 3e-5 / way.length
    along = 1 - np.abs(1 - laps % 2)
    places = shapely.get_coordinates(shapely.line_interpolate_point(way, along, normalized=True))
    places = places + chance.normal(0, 2e-5, places.shape) + index * 3e-4
    accuracy = np.round(chance.uniform(3, 9, fill.FIXES), 1)
    track = clean(
        [
            Fix(at * fill.EVERY_S, lon, lat, metres)
            for at, ((lon, lat), metres) in enumerate(zip(places, accuracy, strict=True))
        ]
    )
    figures = statistics(track, strips)
    observed = figures.duration_s - figures.unobserved_s
    return fill.Walk(index, unit_id, bureau_id, places, accuracy, figures.distance_m, observed,
                     thinned([track.fixes]))  # fmt: skip


def _month(now: datetime, number: int) -> dict[str, str]:
    """The month that ends with the local day of a patrol."""
    last = fill.started_at(now, number).astimezone(SHANGHAI).date()
    return {"since": str(last - timedelta(days=29)), "until": str(last)}


def _doors(now: datetime, patrols: int) -> dict[str, Callable[[int], tuple[str, dict[str, str]]]]:
    """Path and query of the nth request; each another patrol, or another zone's month."""

    def number(nth: int) -> int:
        return nth * 7919 % patrols

    def patrol(path: str) -> Callable[[int], tuple[str, dict[str, str]]]:
        return lambda nth: (path.format(fill.patrol_id(number(nth))), {})

    def month(path: str) -> Callable[[int], tuple[str, dict[str, str]]]:
        return lambda nth: (path.format(fill.zone_id(number(nth))), _month(now, number(nth)))

    return {
        "page of a patrol": patrol("/patrols/{}"),
        "tracks of a patrol": patrol("/api/v1/patrols/{}/track"),
        "coverage of a patrol": patrol("/api/v1/patrols/{}/coverage"),
        "truth of a patrol": patrol("/api/v1/patrols/{}/truth"),
        "effort in a zone's month": month("/api/v1/zones/{}/effort"),
        "picture of a zone's month": month("/api/v1/zones/{}/effort.png"),
        "list of patrols": lambda _nth: ("/api/v1/patrols", {"limit": "50"}),
        "live map": lambda _nth: ("/api/v1/positions", {}),
    }


def _timed(
    watching: Connection, ask: Callable[[int], None], requests: int = REQUESTS
) -> tuple[float, float, float]:
    """95th percentile of the clock, and processor time of a request of hub and database; all ms."""
    took = []
    for nth in range(requests + WARM_UP):
        if nth == WARM_UP:
            worked, database = own_ms(), database_ms(watching)
        began = time.perf_counter()
        ask(nth)
        took.append((time.perf_counter() - began) * 1e3)
    hub, server = own_ms() - worked, database_ms(watching) - database
    return quantiles(took[WARM_UP:], n=20)[-1], hub / requests, server / requests


class _Measuring:
    """One hub over one database; knows what the smallest size took."""

    def __init__(self, url: str, token: str, folder: str) -> None:
        self.engine: Engine = create_engine(url)
        self.app = create_app(settings_of(folder, url))
        spare_the_loaded()
        self.database: Database = self.app.extensions["hub.db"]
        self.headers = {"Authorization": f"Bearer {token}"}
        self.base: dict[str, float] = {}
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.filling = fill.Filling(self.engine, self.now, _walks(self.database))

    def close(self) -> None:
        self.database.dispose()
        self.engine.dispose()

    def postgis(self) -> bool:
        """Make the table of plain points; whether PostGIS is there."""
        try:
            with self.engine.begin() as connection:
                connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
                connection.execute(text(FIX_TABLE))
                connection.execute(text("CREATE INDEX ON bench_fix (patrol_id)"))
        except SQLAlchemyError:
            return False
        return True

    def grow(self, done: int, patrols: int, plain: bool) -> str:
        began = time.perf_counter()
        self.filling.add(done, patrols, plain)
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
            size = connection.scalar(text("SELECT pg_total_relation_size('track_batch')"))
        points = patrols * fill.POINTS
        return (
            f"{points:,} points, {patrols:,} patrols: filled in"
            f" {time.perf_counter() - began:.0f} s, batches {size / 1e9:.2f} GB"
        )

    def ask(self, path: str, query: dict[str, str]) -> Any:
        kind = "text/html" if path.startswith("/patrols") else "*/*"
        with self.app.test_client() as client:
            answer = client.get(path, headers=self.headers | {"Accept": kind}, query_string=query)
        assert answer.status_code == 200, answer.text
        return answer

    def doors(self, patrols: int) -> Iterator[Result]:
        """Every door, each request cold."""
        with self.engine.connect() as watching:
            for name, of in _doors(self.now, patrols).items():
                figures = _timed(watching, lambda nth, of=of: self.ask(*of(nth)))  # type: ignore[misc]
                yield self._told(name, patrols, *figures)

    def jobs(self, patrols: int) -> Iterator[Result]:
        """One look of the clock for what is due, as every worker does it every few seconds."""

        def look(_nth: int) -> None:
            with self.app.app_context(), self.database.read_only() as session:
                for job in JOBS:
                    job.find(session, self.now)

        with self.engine.connect() as watching:
            yield self._told("looking for what is due", patrols, *_timed(watching, look, 10))

    def _told(self, name: str, patrols: int, p95: float, hub: float, server: float) -> Result:
        self.base.setdefault(name, hub + server)
        return Result(
            f"{name}, {patrols * fill.POINTS:,} points, processor",
            hub + server,
            "ms",
            f"{SIZES[0]:,} points",
            self.base[name],
            better="smaller",
            note=f"hub {hub:.0f} + database {server:.0f}; p95 by the clock {p95:.0f}",
        )

    def against_plain(self, patrols: int) -> Iterator[Result]:
        """The same two questions to PostGIS; its share of the zone must be ours."""
        with self.engine.connect() as connection:
            plain = _timed(
                connection,
                lambda nth: connection.execute(
                    text(PLAIN_PATROL.format(number=nth * 7919 % patrols))
                ).all() and None,
            )  # fmt: skip
            ours = _timed(connection, lambda nth: self.ask(*_other(patrols, nth)))
            yield self._against("tracks of a patrol", patrols, ours, plain)
            first = fill.A_ZONE * ((patrols - 1) // fill.A_ZONE)
            asked = _month(self.now, first)
            found = self.ask(f"/api/v1/zones/{fill.zone_id(first)}/effort", asked).get_json()
            statement = PLAIN_MONTH.format(
                first=first, last=first + found["patrols"] - 1, zone=fill.zone_id(first)
            )
            share: float = 0.0

            def month(_nth: int) -> None:
                nonlocal share
                share = float(connection.scalar(text(statement)) or 0)

            plain = _timed(connection, month, 3)
            doors = _doors(self.now, patrols)["effort in a zone's month"]
            ours = _timed(connection, lambda nth: self.ask(*doors(nth + 1000)))
            off = abs(found["share"] - share)
            assert off <= found["error_share"] + 0.002, f"{found['share']} against {share}"
            yield self._against("effort in a zone's month", patrols, ours, plain)

    @staticmethod
    def _against(
        name: str, patrols: int, ours: tuple[float, ...], plain: tuple[float, ...]
    ) -> Result:
        return Result(
            f"{name}, {patrols * fill.POINTS:,} points, p95",
            ours[0],
            "ms",
            "plain PostGIS query",
            plain[0],
            better="smaller",
            note=f"processor {sum(ours[1:]):.0f} against {sum(plain[1:]):.0f} ms",
        )


def _other(patrols: int, nth: int) -> tuple[str, dict[str, str]]:
    """Tracks of a patrol that no other door asked for."""
    return f"/api/v1/patrols/{fill.patrol_id((nth * 7919 + 4111) % patrols)}/track", {}


def _measure(url: str, token: str, folder: str) -> Iterator[Result | str]:
    measuring = _Measuring(url, token, folder)
    try:
        with_postgis = measuring.postgis()
        done = 0
        for points in SIZES:
            patrols, plain = points // fill.POINTS, with_postgis and points <= POSTGIS_UP_TO
            needed = (patrols - done) * fill.POINTS
            needed *= BYTES_A_POINT + (BYTES_A_POSTGIS_POINT if plain else 0)
            free = shutil.disk_usage("/").free
            if needed * 2 > free:
                yield f"{points:,} points skipped: {free >> 30} GB free, {needed >> 30} needed"
                return
            yield measuring.grow(done, patrols, plain)
            yield from measuring.doors(patrols)
            yield from measuring.jobs(patrols)
            if plain:
                yield from measuring.against_plain(patrols)
            done = patrols
        if not with_postgis:
            yield "plain PostGIS skipped: the extension is not there"
    finally:
        measuring.close()


def run() -> Iterator[Result | str]:
    """One reader, one request at a time."""
    try:
        with (
            scratch_database("lianfang_bench_tracks") as url,
            prepared("changxing-liaison", database_url=url) as hub,
            tempfile.TemporaryDirectory() as folder,
        ):
            yield from _measure(url, hub.tokens[0], folder)
    except SQLAlchemyError as error:
        yield f"skipped: {str(error).splitlines()[0]}"
