"""What one reader waits for as the hub grows: lists, search and map of 200 bureaus' cases.

BENCH_CASES (default "10000,100000") names the sizes; `BENCH_CASES=10000,100000,1000000 make bench`
takes some five minutes and 3 GB more. On PostgreSQL, in a database of its own; in process, so
without the network. The baseline of each size is the smallest one: what grows with the table shows
as a ratio below 1. The reader owns and is shown a 200th of the cases each, so what is his own grows
too; beside the clock's p95 stands the median of processor time, the hub's and the database's.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from statistics import quantiles
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from benchmarks.hubs import prepared, scratch_database, settings_of
from benchmarks.processor import database_ms, own_ms
from benchmarks.result import Result
from benchmarks.scale_fill import READER, add_agreements, add_bureaus, add_cases
from hub.app import create_app, spare_the_loaded

SIZES = [int(size) for size in os.environ.get("BENCH_CASES", "10000,100000").split(",")]
REQUESTS = 20
WARM_UP = 3
CASES, POINTS, SEARCH = "/api/v1/cases", "/api/v1/cases.geojson", "/api/v1/search"
ASKED = {
    "list of cases": (CASES, {"limit": "50"}),
    "list of cases, narrowed": (CASES, {"limit": "50", "stage": "review"}),
    "list of cases, shared": (CASES, {"limit": "50", "scope": "shared", "category": "air"}),
    "list of cases, by words": (CASES, {"limit": "50", "q": "电镀废液"}),
    "list of cases, words of none": (CASES, {"limit": "50", "q": "查无此词"}),
    "map of cases": (POINTS, {"zoom": "9"}),
    "map of cases, near": (POINTS, {"zoom": "15", "bbox": "119.8,31.0,120.1,31.2"}),
    "search": (SEARCH, {"q": "电镀废液"}),
    "search, firm": (SEARCH, {"q": "某印染厂"}),
    "search, suggestions": (f"{SEARCH}/suggestions", {"q": "暗管"}),
    "page of cases": ("/cases", {}),
}


def _ask(app: Any, engine: Engine, token: str, name: str) -> tuple[float, float, float]:
    """95th percentile of the clock, and processor time a request of hub and database; all ms."""
    path, query = ASKED[name]
    kind = "*/*" if path.startswith("/api") else "text/html"
    took = []
    with app.test_client() as client, engine.connect() as watching:
        for number in range(REQUESTS + WARM_UP):
            if number == WARM_UP:
                worked, database = own_ms(), database_ms(watching)
            began = time.perf_counter()
            answer = client.get(
                path,
                headers={"Authorization": f"Bearer {token}", "Accept": kind},
                query_string=query,
            )
            took.append((time.perf_counter() - began) * 1e3)
            assert answer.status_code == 200, answer.text
            assert (name == "list of cases, words of none") == _is_empty(answer), name
        per_request = [(own_ms() - worked), (database_ms(watching) - database)]
    hub, server = (spent / REQUESTS for spent in per_request)
    return quantiles(took[WARM_UP:], n=20)[-1], hub, server


def _is_empty(answer: Any) -> bool:
    body = answer.get_json(silent=True)
    return body is not None and not (body.get("items") or body.get("features"))


def _grow(engine: Engine, done: int, size: int) -> str:
    began = time.perf_counter()
    with engine.begin() as connection:
        add_cases(connection, done + 1, size)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return f"{size:,} cases: filled in {time.perf_counter() - began:.0f} s"


def _measure(url: str, token: str) -> Iterator[Result | str]:
    engine = create_engine(url)
    with engine.begin() as connection:
        add_bureaus(connection)
        add_agreements(connection)
    base: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings_of(folder, url))
        spare_the_loaded()
        for done, size in zip([0, *SIZES], SIZES, strict=False):
            yield _grow(engine, done, size)
            for name in ASKED:
                figure, hub, server = _ask(app, engine, token, name)
                base.setdefault(name, figure)
                yield Result(
                    f"p95 of {name}, {size:,} cases",
                    figure,
                    "ms",
                    f"{SIZES[0]:,} cases",
                    base[name],
                    better="smaller",
                    note=f"processor: hub {hub:.0f} + database {server:.0f} ms",
                )
        app.extensions["hub.db"].dispose()
    engine.dispose()


def run() -> Iterator[Result | str]:
    """Milliseconds of one request, one at a time."""
    try:
        with (
            scratch_database("lianfang_bench_scale") as url,
            prepared(f"{READER}-liaison", database_url=url) as hub,
        ):
            yield from _measure(url, hub.tokens[0])
    except SQLAlchemyError as error:
        yield f"skipped: {str(error).splitlines()[0]}"
