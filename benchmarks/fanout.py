"""One change to 1,000 sockets: the hub's whole way against a bare Node socket.io server.

The hub's figure includes what Node's does not do: a durable commit, the feed and audit rows, the
re-check of each socket's person and the rendering. Same client, same events of 1 KB, same run.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.hubs import PYTHON, ROOT, Prepared, prepared, process
from benchmarks.result import Result
from tests.support.live import free_port

SOCKETS = 1000
SINGLES = 15
BURST = 20
HERE = Path(__file__).resolve().parent


def measure(
    url: str, tokens: list[str], singles: int = SINGLES, burst: int = BURST
) -> dict[str, Any]:
    """A socket for each token; times of single changes (ms) and rates of bursts (deliveries/s).

    Raises:
        CalledProcessError: a socket did not hear every change once.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(tokens, file)
        file.flush()
        output = subprocess.run(
            ["node", str(HERE / "fanout_client.mjs"), url, file.name, str(singles), str(burst)],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
            timeout=300,
        ).stdout
    return json.loads(output)  # type: ignore[no-any-return]


def _measure_hub(hub: Prepared) -> dict[str, Any]:
    command = [PYTHON, str(HERE / "fanout_hub.py"), hub.bureau_id]
    with process(command, f"{hub.url}/readyz", hub.env):
        return measure(hub.url, hub.tokens)


def _measure_node(tokens: list[str]) -> dict[str, Any]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = ["node", str(HERE / "fanout_node.mjs"), str(port)]
    with process(command, f"{url}/fire?n=0", {"PATH": "/usr/bin:/bin:/usr/local/bin"}):
        return measure(url, tokens)


def run() -> Iterator[Result]:
    """Deliveries per second in bursts, and the time to the last client of a single change."""
    with prepared("wujiang-liaison", SOCKETS) as hub:
        node = _measure_node(hub.tokens)
        ours = _measure_hub(hub)
    yield Result(
        f"fan-out, bursts of {BURST} changes to {SOCKETS} sockets",
        median(ours["deliveries_per_s"]),
        "deliveries/s",
        "Node socket.io",
        median(node["deliveries_per_s"]),
    )
    yield Result(
        f"fan-out, one change to the last of {SOCKETS} sockets",
        median(ours["single_ms"]),
        "ms",
        "Node socket.io",
        median(node["single_ms"]),
        better="smaller",
        note="the hub's includes commit, re-check and rendering",
    )
