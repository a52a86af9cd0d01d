"""Running what is due: item by item, by the one worker that holds the lease."""

from __future__ import annotations

import os
import signal
import socket
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from hub.db import Database, utc_now
from hub.errors import HubError
from hub.jobs import lease
from hub.jobs.due import JOBS, Job
from sharing.errors import SharingError

log = structlog.get_logger()
# An item that failed is tried again after so long, then twice as long, up to the longest.
RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=1)
# The lease is renewed so often, not for each of many items: it holds four times as long.
RENEW = lease.HOLD / 4


@dataclass
class Runner:
    """Runs the jobs of one process.

    `clock` is where it takes the time from; tests give their own.
    """

    app: Flask
    database: Database
    clock: Callable[[], datetime] = utc_now
    jobs: tuple[Job, ...] = JOBS
    # Unlike any other, a restarted worker's included.
    holder: str = field(default_factory=lambda: f"{socket.gethostname()}:{uuid.uuid4()}")
    _failed: dict[tuple[str, str], tuple[int, datetime]] = field(default_factory=dict)
    _renewed: datetime | None = None

    def run_due(self) -> Counter[str]:
        """Do everything that is due now; how many items of each job were done.

        Nothing is written, not even the lease, while nothing is due.
        """
        done: Counter[str] = Counter()
        with self.app.app_context():
            for job in self.jobs:
                for item in self._found(job):
                    if not self._hold():
                        return done
                    done[job.name] += self._do(job, item)
                    # SQLite never waits, so nobody else would get to run between many items.
                    time.sleep(0)
            if done:
                self._renewed = None
                with self.database.unit_of_work() as session:
                    lease.release(session, self.holder, self.clock())
        return +done

    def _found(self, job: Job) -> list[str]:
        now = self.clock()
        with self.database.read_only() as session:
            items = list(job.find(session, now))
        waiting = (self._failed.get((job.name, item), (0, now))[1] for item in items)
        # Longer than anything waits: the clock was set back meanwhile.
        last = now + LONGEST_RETRY
        return [item for item, until in zip(items, waiting, strict=True) if not now < until <= last]

    def _hold(self) -> bool:
        now = self.clock()
        if self._renewed is not None and self._renewed <= now < self._renewed + RENEW:
            return True
        with self.database.unit_of_work() as session:
            held = lease.take(session, self.holder, now)
        self._renewed = now if held else None
        return held

    def _do(self, job: Job, item: str) -> bool:
        key = (job.name, item)
        try:
            acted = self._act(job, item)
        except (HubError, SharingError, SQLAlchemyError, LookupError) as error:
            times = self._failed.get(key, (0, self.clock()))[0]
            wait = min(RETRY * 2**times, LONGEST_RETRY)
            self._failed[key] = (times + 1, self.clock() + wait)
            log.error("job.failed", job=job.name, item=item, error=str(error), again_in=str(wait))
            return False
        self._failed.pop(key, None)
        if acted:
            log.info("job.done", job=job.name, item=item)
        return acted

    def _act(self, job: Job, item: str) -> bool:
        if job.work is not None:
            return job.work(self.database, item, self.clock())
        with self.database.unit_of_work() as session:
            return job.act is not None and job.act(session, item, self.clock())

    def serve(self, every_s: float) -> None:
        """Look for what is due for ever; the database being away costs time, nothing else."""
        try:
            while True:
                try:
                    self.run_due()
                except SQLAlchemyError as error:
                    log.error("jobs.database", error=str(error))
                time.sleep(every_s)
        finally:
            # Only a fault of ours ends the loop. A hub whose clock has stopped in silence is worse
            # than a worker that ends: gunicorn replaces it.
            log.critical("jobs.ended")
            os.kill(os.getpid(), signal.SIGTERM)


def install(app: Flask, every_s: float) -> Callable[[], None]:
    """Make this process's runner; returns what serves it."""
    runner = Runner(app, app.extensions["hub.db"])
    app.extensions["hub.jobs"] = runner
    return lambda: runner.serve(every_s)
