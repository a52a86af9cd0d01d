"""GET /api/v1/locate end to end, against /healthz of the same server over the same connection."""

from __future__ import annotations

import http.client
import random
import time
from collections.abc import Callable, Iterator
from statistics import median, quantiles

from benchmarks.hubs import PYTHON, ROOT, Prepared, prepared, process
from benchmarks.result import Result

REQUESTS = 400
WARM_UP = 50


def _time_ms(connection: http.client.HTTPConnection, path: str, token: str) -> float:
    began = time.perf_counter()
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    body = answer.read()
    took = (time.perf_counter() - began) * 1e3
    assert answer.status == 200, body
    assert "lon=" not in path or "adcode" in body.decode(), body
    return took


def _measure(hub: Prepared, path: Callable[[], str]) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=30)
    try:
        for _ in range(WARM_UP):
            _time_ms(connection, path(), hub.tokens[0])
        return [_time_ms(connection, path(), hub.tokens[0]) for _ in range(REQUESTS)]
    finally:
        connection.close()


def _places() -> Callable[[], str]:
    """Places all over the demo's ground, on both sides of its lines."""
    west, south, east, north = 119.9, 30.7, 120.6, 31.0
    chosen = random.Random(20261123)

    def path() -> str:
        lon, lat = chosen.uniform(west, east), chosen.uniform(south, north)
        return f"/api/v1/locate?lon={lon:.6f}&lat={lat:.6f}&accuracy_m=8"

    return path


def run() -> Iterator[Result]:
    """Milliseconds of one request, one connection kept open, one at a time."""
    with (
        prepared("wuxing-officer1") as hub,
        process([PYTHON, str(ROOT / "run.py")], f"{hub.url}/readyz", hub.env),
    ):
        bare = _measure(hub, lambda: "/healthz")
        ours = _measure(hub, _places())
    claims = (("median", median(ours), median(bare)), ("p95", _p95(ours), _p95(bare)))
    for name, figure, baseline in claims:
        yield Result(
            f"locate request, {name}", figure, "ms", "/healthz", baseline, better="smaller"
        )


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]
