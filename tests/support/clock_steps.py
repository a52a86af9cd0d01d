"""Another time of day for this process: what its hub takes for the present moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import time_machine


@contextmanager
def set_by(length: timedelta) -> Iterator[None]:
    """The clock differs by a length within the block and goes on; in the end it is right again."""
    with time_machine.travel(datetime.now(UTC) + length, tick=True):
        yield
