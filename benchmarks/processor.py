"""Processor time, which a busy machine does not stretch as it stretches the clock."""

from __future__ import annotations

import time
from pathlib import Path

from sqlalchemy import Connection, text

TICK_MS = 10.0  # a clock tick of /proc on Linux


def own_ms() -> float:
    """Milliseconds that this process has worked."""
    return time.process_time() * 1e3


def database_ms(connection: Connection) -> float:
    """Milliseconds that the server has worked for clients of this database; NaN elsewhere."""
    pids = connection.scalars(
        text(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type IN ('client backend', 'parallel worker')"
        )
    )
    try:
        stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    except OSError:  # the server is on another machine
        return float("nan")
    return sum(int(user) + int(system) for *_, user, system in (s[:13] for s in stats)) * TICK_MS
