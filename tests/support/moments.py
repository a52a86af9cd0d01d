"""Exact moments of a write, counted inside a hub's process, to kill it or to set its clock there.

The program has no hook for it: counted are calls of the standard library and what SQLAlchemy tells
of every engine. Moments are those of writing alone, whoever writes: reading loses nothing.

statement  before a statement of a transaction that may write
commit     before such a transaction is committed
committed  after it is durable, before anybody is told of it or answered
announce   the same, of a transaction that changed what others see
sync       before a file, or the folder of its name, is made durable
replace    before a finished file takes its name

KILL_AT=committed:3 kills the hub at the third commit, committed:3:alone only the worker that came
there. CLOCK_AT=committed:3:-3600 sets its clock back by an hour there; it goes on from there.
"""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import time_machine
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from hub.changes import RUNG

MOMENTS = ("statement", "commit", "committed", "announce", "sync", "replace")
KILL_AT = "LIANFANG_KILL_AT"
CLOCK_AT = "LIANFANG_CLOCK_AT"


def arm(env: dict[str, str] | os._Environ[str]) -> None:
    """Do at their moments what the environment asks for."""
    if told := env.get(KILL_AT):
        moment, number, *alone = told.split(":")
        _watch(moment, int(number), _kill_alone if alone else _kill_all)
    if told := env.get(CLOCK_AT):
        moment, number, seconds = told.split(":")
        _watch(moment, int(number), lambda: step_clock(float(seconds)))


def _kill_alone() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _kill_all() -> None:
    os.killpg(0, signal.SIGKILL)


def step_clock(seconds: float) -> None:
    """From now on this process has another time of day; lengths of time are as before."""
    time_machine.travel(time.time() + seconds, tick=True).start()


def _watch(wanted: str, number: int, act: Callable[[], None]) -> None:
    assert wanted in MOMENTS, wanted
    seen: Counter[str] = Counter()

    def reached(moment: str) -> None:
        seen[moment] += 1
        if moment == wanted and seen[moment] == number:
            act()

    _count_transactions(reached)
    _count_files(reached)


def _count_transactions(reached: Callable[[str], None]) -> None:
    def writes(options: Any) -> bool:
        return bool(options.get("hub_write"))

    @event.listens_for(Engine, "before_cursor_execute")
    def statement(connection: Any, *_rest: Any) -> None:
        if writes(connection.get_execution_options()):
            reached("statement")

    @event.listens_for(Engine, "commit")
    def commit(connection: Any) -> None:
        if writes(connection.get_execution_options()):
            reached("commit")

    @event.listens_for(Session, "after_commit")
    def committed(session: Session) -> None:
        if writes(session.get_bind().get_execution_options()):
            reached("committed")
            if RUNG in session.info:
                reached("announce")


def _count_files(reached: Callable[[str], None]) -> None:
    sync, replace = os.fsync, os.replace

    def counted_sync(handle: Any) -> None:
        reached("sync")
        sync(handle)

    def counted_replace(source: Any, target: Any, **options: Any) -> None:
        reached("replace")
        replace(source, target, **options)

    os.fsync, os.replace = counted_sync, counted_replace
