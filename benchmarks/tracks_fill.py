"""Filling a hub with as many stored track points as asked, and what the hub makes of them.

Everything is a copy of the demo's ended patrol, its tracks shifted in time and place. A patrol has
two units of 1,500 fixes each (one in 5 s) in batches of 30; a zone has 50 patrols a month for a
year, then the next zone begins. So a store of ten times the points has ten times the zones, and the
month of one zone stays as large as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import orjson
import psycopg
from sqlalchemy import Engine, text

from benchmarks.scale_fill import clone
from hub.patrols.condensed import packed

FIXES, EVERY_S, BATCH = 1_500, 5.0, 30
UNITS = 2
A_MONTH, MONTHS = 50, 12
A_ZONE = A_MONTH * MONTHS
APART_S = 30 * 86_400 / A_MONTH
POINTS = FIXES * UNITS
SOURCE = (
    "SELECT * FROM patrol WHERE state = 'completed' AND title LIKE '界河枯水期%'"
    " AND number NOT LIKE 'BENCH%'"
)
OF_SOURCE = f"(SELECT id FROM ({SOURCE}) AS s)"  # noqa: S608
BATCHES = (
    "COPY track_batch (id, patrol_id, unit_id, bureau_id, batch_key, first_at, last_at, fixes,"
    " flagged, received_at, source, source_crs) FROM STDIN"
)
CONDENSED = (
    "COPY condensed_track (id, patrol_id, unit_id, bureau_id, batches, made_at, distance_m,"
    " observed_s, points) FROM STDIN"
)
PLAIN = "COPY bench_fix (patrol_id, unit_id, t, geom) FROM STDIN"


def patrol_id(number: int) -> str:
    """The id of patrol `number`, from 0."""
    return f"01910000-0000-7000-8c00-{number:012x}"


def zone_id(number: int) -> str:
    """The id of the zone that patrol `number` was in."""
    return f"01910000-0000-7000-8d00-{number // A_ZONE:012x}"


def started_at(now: datetime, number: int) -> datetime:
    """When patrol `number` began: the zone's newest two days ago, the others before it."""
    return now - timedelta(days=2, seconds=APART_S * (number % A_ZONE))


@dataclass(frozen=True)
class Walk:
    """One unit's way: places (n, 2) every EVERY_S, and what condensing makes of it.

    Args:
        index: which of a patrol's units it is.
        stretches: thinned, each (n, 3) of seconds from the start, lon, lat (EPSG:4326).
    """

    index: int
    unit_id: str
    bureau_id: str
    places: Any
    accuracy: Any
    distance_m: float
    observed_s: float
    stretches: list[Any]


class Filling:
    """Fills one database, patrol by patrol."""

    def __init__(self, engine: Engine, now: datetime, walks: list[list[Walk]]) -> None:
        self.engine = engine
        self.now = now
        self.walks = walks

    def add(self, done: int, count: int, plain: bool) -> None:
        """Patrols done..count - 1; with `plain`, their fixes once more as PostGIS points."""
        with self.engine.begin() as connection:
            connection.execute(text("SET LOCAL synchronous_commit = off"))
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in _statements(done, count, self.now):
                connection.execute(text(statement))
            raw: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
            with raw.cursor() as cursor:
                for statement, rows in self._copies(done, count, plain):
                    with cursor.copy(statement) as copy:
                        for row in rows:
                            copy.write(row)

    def _copies(self, done: int, count: int, plain: bool) -> Iterator[tuple[str, Iterator[bytes]]]:
        yield BATCHES, self._rows(done, count, self._batches)
        yield CONDENSED, self._rows(done, count, self._condensed)
        if plain:
            yield PLAIN, self._rows(done, count, self._plain)

    def _rows(self, done: int, count: int, of: Any) -> Iterator[bytes]:
        for number in range(done, count):
            start = started_at(self.now, number).timestamp()
            for walk in self.walks[number % len(self.walks)]:
                yield of(number, walk, start, _shift(number))

    def _batches(self, number: int, walk: Walk, start: float, shift: Any) -> bytes:
        times = start + np.arange(FIXES) * EVERY_S
        places = np.round(walk.places + shift, 7)
        rows = np.column_stack([times, places, walk.accuracy])
        made = []
        for first in range(0, FIXES, BATCH):
            part = rows[first : first + BATCH]
            fixes = orjson.dumps(part, option=orjson.OPT_SERIALIZE_NUMPY).decode()
            end = _moment(part[-1, 0])
            serial = (number * UNITS + walk.index) * (FIXES // BATCH) + first // BATCH
            made.append(
                f"01910000-0000-7000-8e00-{serial:012x}\t{patrol_id(number)}\t{walk.unit_id}"
                f"\t{walk.bureau_id}\tbench{serial:x}\t{_moment(part[0, 0])}\t{end}\t{fixes}"
                f"\t0\t{end}\tphone\twgs84\n"
            )
        return "".join(made).encode()

    def _condensed(self, number: int, walk: Walk, start: float, shift: Any) -> bytes:
        moved = [part + np.array([start, *shift]) for part in walk.stretches]
        points = packed(moved).hex()
        row = (
            f"01910000-0000-7000-8f00-{number * UNITS + walk.index:012x}\t{patrol_id(number)}"
            f"\t{walk.unit_id}\t{walk.bureau_id}\t{FIXES // BATCH}\t{self.now.isoformat()}"
            f"\t{walk.distance_m}\t{walk.observed_s}\t\\\\x{points}\n"
        )
        return row.encode()

    def _plain(self, number: int, walk: Walk, start: float, shift: Any) -> bytes:
        """Each fix as a row: hex EWKB of a point with SRID 4326, little-endian."""
        places = np.round(walk.places + shift, 7).astype("<f8")
        head = f"{number}\t{walk.index}\t"
        return "".join(
            f"{head}{start + at * EVERY_S}\t0101000020E6100000{place.tobytes().hex()}\n"
            for at, place in enumerate(places)
        ).encode()


def _shift(number: int) -> Any:
    """Degrees by which a patrol's tracks lie beside their pattern: about 200 m either way."""
    return np.array([(number * 389 % 401 - 200) * 1e-5, (number * 571 % 401 - 200) * 1e-5])


def _moment(t: float) -> str:
    return datetime.fromtimestamp(t, UTC).isoformat()


def _statements(done: int, count: int, now: datetime) -> list[str]:
    """Zones that begin and patrols with their parties and crews; number g counts from 0."""
    numbers = f"{done}, {count - 1}"
    zones = f"{-(-done // A_ZONE)}, {(count - 1) // A_ZONE}"
    of_zone = f"(SELECT zone_id FROM ({SOURCE}) AS s)"  # noqa: S608
    zone = "'01910000-0000-7000-8d00-' || lpad(to_hex({}), 12, '0')"
    patrol = "'01910000-0000-7000-8c00-' || lpad(to_hex(g), 12, '0')"
    start = (
        f"TIMESTAMPTZ '{now.isoformat()}' - INTERVAL '2 days'"
        f" - (g % {A_ZONE}) * INTERVAL '{APART_S} seconds'"
    )
    length = f"INTERVAL '{FIXES * EVERY_S} seconds'"
    made = [
        clone("zone", f"SELECT * FROM zone WHERE id = {of_zone}", zones,  # noqa: S608
               id=zone.format("g"), name="'区' || g"),
        clone("zone_version", f"SELECT * FROM zone_version WHERE zone_id = {of_zone}", zones,  # noqa: S608
               zone_id=zone.format("g")),
        clone("zone_strip", f"SELECT * FROM zone_strip WHERE zone_id = {of_zone}", zones,  # noqa: S608
               zone_id=zone.format("g")),
        clone("patrol", SOURCE, numbers, id=patrol, number="'BENCH' || g",
               zone_id=zone.format(f"g / {A_ZONE}"), starts_at=start, started_at=start,
               created_at=f"{start} - INTERVAL '1 day'", ends_at=f"{start} + {length}",
               ended_at=f"{start} + {length}", condensed="TRUE"),
    ]  # fmt: skip
    for table in ("patrol_party", "patrol_officer"):
        source = f"SELECT * FROM {table} WHERE patrol_id = {OF_SOURCE}"  # noqa: S608
        made.append(clone(table, source, numbers, patrol_id=patrol))
    # The clock has judged them long ago.
    made.append(
        "INSERT INTO unit_watch (patrol_id, unit_id, seen_at, known) SELECT patrol_id, user_id,"
        " now(), '{}' FROM patrol_officer WHERE patrol_id LIKE '01910000%'"
        " ON CONFLICT DO NOTHING"
    )
    return made
