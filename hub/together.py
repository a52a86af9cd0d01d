"""Group commit: what several callers bring within a few milliseconds is stored together.

A commit costs a disk's sync whatever is in it. The first caller waits a moment for others, stores
what all of them brought in one transaction and wakes them; nobody is answered before that
transaction is durable. One group is stored at a time, in the order of arrival.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import DataError, IntegrityError

from hub.errors import HubError, Unavailable

T = TypeVar("T")
R = TypeVar("R")

# The first caller waits this long for others, and on while more keep coming; seconds.
WAIT_S = 0.004
LONGEST_S = 0.024
# Most that one transaction stores, and most that may wait: at 5,000 a second, a second's work.
GROUP = 500
WAITING = 5000


@dataclass
class _Place(Generic[T, R]):
    """One caller in the queue. `leads`: woken to store the next group, not to take an answer."""

    item: T
    woken: threading.Event = field(default_factory=threading.Event)
    leads: bool = False
    answers: list[R] = field(default_factory=list)
    error: Exception | None = None


class Together(Generic[T, R]):
    """Calls `store` with what many callers bring; each gets his own answer or error.

    `store` opens one unit of work and answers in order: a value, or the error of that one item.
    """

    def __init__(
        self,
        store: Callable[[Sequence[T]], Sequence[R | HubError]],
        *,
        wait_s: float = WAIT_S,
        group: int = GROUP,
        waiting: int = WAITING,
    ) -> None:
        self.store = store
        self._wait_s = wait_s
        self._group = group
        self._limit = waiting
        self._lock = threading.Lock()
        self._queue: deque[_Place[T, R]] = deque()
        self._led = False

    def __call__(self, item: T) -> R:
        """Store an item; returns when it is durable.

        Raises:
            Unavailable: too many wait already; nothing was stored.
            HubError: what is wrong with this item.
        """
        place: _Place[T, R] = _Place(item)
        with self._lock:
            if len(self._queue) >= self._limit:
                raise Unavailable(_l("待存储的上报过多，请稍后重发。"))
            self._queue.append(place)
            first = not self._led
            self._led = True
        if not first:
            place.woken.wait()
        if first or place.leads:
            self._lead(place)
        if place.error is not None:
            raise place.error
        return place.answers[0]

    def __len__(self) -> int:
        """How many wait to be stored."""
        return len(self._queue)

    def _lead(self, place: _Place[T, R]) -> None:
        """Wait for others, store the group that this caller is the first of, pass the lead on."""
        self._gather()
        with self._lock:
            count = min(len(self._queue), self._group)
            group = [self._queue.popleft() for _ in range(count)]
        try:
            self._keep(group)
        finally:
            # Whatever ended the storing is the first caller's to tell; nobody waits for ever.
            for one in group:
                if not one.answers and one.error is None:
                    one.error = Unavailable(_l("存储中断，请重发。"))
            with self._lock:
                heir = self._queue[0] if self._queue else None
                self._led = heir is not None
            for one in group:
                if one is not place:
                    one.woken.set()
            if heir is not None:
                heir.leads = True
                heir.woken.set()

    def _gather(self) -> None:
        """Let others come: a moment, and as long as each further moment brings more of them."""
        until = time.monotonic() + LONGEST_S
        seen = 0
        while self._wait_s and seen < len(self._queue) and time.monotonic() < until:
            seen = len(self._queue)
            threading.Event().wait(self._wait_s)

    def _keep(self, group: Sequence[_Place[T, R]]) -> None:
        try:
            answers = self.store([place.item for place in group])
        except (DataError, IntegrityError) as error:
            # Something that no check foresaw: each alone, so that one cannot fail the others.
            if len(group) == 1:
                group[0].error = error
                return
            for place in group:
                self._keep([place])
            return
        for place, answer in zip(group, answers, strict=True):
            if isinstance(answer, HubError):
                place.error = answer
            else:
                place.answers.append(answer)
