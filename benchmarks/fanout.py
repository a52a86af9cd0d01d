"""One change to 1,000 sockets: the hub's whole way against a bare Node socket.io server.

The hub's figure includes what Node's does not do: a durable commit, the feed and audit rows, the
re-check of each socket's person and the rendering. Both servers run at once with as many sockets
each and are asked in turn by the same client, for events of 1 KB.

BENCH_SOCKETS sets how many sockets (1,000).
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.hubs import PYTHON, ROOT, prepared, process
from benchmarks.result import Result
from tests.support.live import free_port

SOCKETS = int(os.environ.get("BENCH_SOCKETS", "1000"))
SINGLES, BURSTS = 25, 10
BURST = 20
HERE = Path(__file__).resolve().parent
Rounds = list[dict[str, float]]


def _measure(tokens: list[str], servers: list[dict[str, Any]]) -> dict[str, dict[str, Rounds]]:
    """Each round of each server, see the client.

    Raises:
        CalledProcessError: a socket did not hear every change once.
    """
    plan = {
        "tokens": tokens, "singles": SINGLES, "bursts": BURSTS, "burst": BURST, "servers": servers
    }  # fmt: skip
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(plan, file)
        file.flush()
        command = ["node", str(HERE / "fanout_client.mjs"), file.name]
        output = subprocess.run(
            command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, timeout=600
        ).stdout
    return json.loads(output)  # type: ignore[no-any-return]


def run() -> Iterator[Result | str]:
    """Bursts and single changes by the clock and by the server's processor time."""
    port = free_port()
    node_url = f"http://127.0.0.1:{port}"
    with (
        prepared("wujiang-liaison", SOCKETS) as hub,
        process(
            ["node", str(HERE / "fanout_node.mjs"), str(port)],
            f"{node_url}/fire?n=0",
            {"PATH": "/usr/bin:/bin:/usr/local/bin"},
        ) as node,
        process(
            [PYTHON, str(HERE / "fanout_hub.py"), hub.bureau_id], f"{hub.url}/readyz", hub.env
        ) as ours,
    ):
        servers = [
            {"name": "hub", "url": hub.url, "pid": ours.pid},
            {"name": "node", "url": node_url, "pid": node.pid},
        ]
        told = _measure(hub.tokens, servers)
    yield from _compared(told)


def _compared(told: dict[str, dict[str, Rounds]]) -> Iterator[Result | str]:
    def typical(server: str, kind: str, what: str) -> float:
        return median(one[what] for one in told[server][kind])

    for kind, name, count in (
        ("bursts", f"bursts of {BURST} changes to {SOCKETS} sockets", BURST * SOCKETS),
        ("singles", f"one change to the last of {SOCKETS} sockets", SOCKETS),
    ):
        for what, unit in (("ms", "ms"), ("server_ms", "ms processor")):
            yield Result(
                f"fan-out, {name}",
                typical("hub", kind, what),
                unit,
                "Node socket.io",
                typical("node", kind, what),
                better="smaller",
            )
        for server in told:
            each, client = (typical(server, kind, of) for of in ("server_ms", "client_ms"))
            yield (
                f"    {server}: {each / count * 1e3:.2f} µs of processor for a delivery; "
                f"the client {client / count * 1e3:.2f} µs"
            )
