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
        return sum(process_ms(pid) for pid in pids)
    except OSError:  # the server is on another machine
        return float("nan")


def process_ms(pid: int) -> float:
    """Milliseconds that a process on this machine has worked, its running children's included.

    Raises:
        OSError: there is no such process.
    """
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    own = (int(stat[11]) + int(stat[12])) * TICK_MS
    return own + sum(process_ms(int(child)) for child in children)
