"""Units under way, told to those who watch them: at most one message a tick for each reader.

Places are no feed: an old one is worth nothing once there is a newer. A reader is told the latest
of each unit that changed since he was last told, so who reads slowly gets fewer, never older ones.
Who may see what is decided anew in each tick (`Course`), for units that are silent in each sweep.

A unit is described once and has a number from then on; what moves is `[number, lon, lat,
accuracy_m, age_ms]`. Numbers are this worker's own; `reset` says that what was told before is void.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from hub.access import Right
from hub.db import utc_now
from hub.patrols.positions import LivePosition, positions_since
from hub.realtime.broadcast import Broadcaster, Message
from hub.realtime.listeners import Listener, Listeners, Watch
from sharing.canonical import utc_text

# Between two tellings; units that report each second are each told in every second one.
TICK_S = 0.5
# A tick that took long is followed by so many times as long without one: a server at its limit
# tells less often instead of doing nothing else.
SPARE = 3.0
# Also units that did not move are looked at so often: patrols that ended, rights that were lost.
SWEEP_S = 5.0
# Places whose transaction committed a little after their stamp are still found.
OVERLAP = timedelta(seconds=5)
# Who was told nothing for so many ticks begins anew: what left meanwhile is no longer known.
LEFT_TICKS = 240


@dataclass(slots=True)
class _Unit:
    """A unit as it was last read, and in which ticks it last moved and was last described."""

    number: int
    position: LivePosition
    moved: int
    described: int

    def row(self, now: datetime) -> list[Any]:
        """What moves, with the age of the place."""
        view = self.position.view
        age_ms = round((now - self.position.at).total_seconds() * 1e3)
        return [
            self.number, round(view["lon"], 6), round(view["lat"], 6), view["accuracy_m"], age_ms
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Left:
    """A unit that is no more, or no more to be seen by some."""

    tick: int
    number: int
    patrol_id: str
    readers: frozenset[str]


class LiveUnits:
    """One per worker; the publisher's green thread does the telling."""

    def __init__(self, listeners: Listeners, broadcast: Broadcaster) -> None:
        self._listeners = listeners
        self._broadcast = broadcast
        self._units: dict[tuple[str, str], _Unit] = {}
        self._left: deque[_Left] = deque()
        self._numbers = count(1)
        self._tick = 0
        self._read_at = utc_now()
        self._swept = float("-inf")
        self._next = 0.0

    def tell(self, session: Session) -> None:
        """Tell everybody who watches what moved, if it is time."""
        began = time.monotonic()
        if began < self._next:
            return
        readers = [one for one in self._listeners.all() if _hears(one)]
        if readers:
            touched = self._look(session, readers, began)
            self._tell_watchers(readers, touched)
            self._tell_others(readers, touched)
        ended = time.monotonic()
        self._next = max(began + TICK_S, ended + SPARE * (ended - began))

    def _look(self, session: Session, readers: Sequence[Listener], now: float) -> list[_Unit]:
        """Read what moved; who is new is shown everything, so then everything is read."""
        sweep = now - self._swept >= SWEEP_S or any(
            one.watch is not None and one.watch.told == 0 for one in readers
        )
        since = None if sweep else self._read_at - OVERLAP
        self._read_at = utc_now()
        self._tick += 1
        found = positions_since(session, since)
        if sweep:
            self._swept = now
            present = {(one.patrol_id, one.unit_id) for one in found}
            for key in self._units.keys() - present:
                self._drop(key)
        while self._left and self._left[0].tick <= self._tick - LEFT_TICKS:
            self._left.popleft()
        return [unit for position in found if (unit := self._take(position)) is not None]

    def _take(self, position: LivePosition) -> _Unit | None:
        """Keep what was read of a unit; the unit, if there is anything new to tell."""
        key = (position.patrol_id, position.unit_id)
        known = self._units.get(key)
        if known is not None and known.position.readers != position.readers:
            self._drop(key)  # for whom it stays it is described again, under another number
            known = None
        if known is None:
            unit = _Unit(next(self._numbers), position, self._tick, self._tick)
            self._units[key] = unit
            return unit
        before, known.position = known.position, position
        if before.who != position.who:
            known.described = self._tick
        elif before.received_at == position.received_at:
            return None
        known.moved = self._tick
        return known

    def _drop(self, key: tuple[str, str]) -> None:
        unit = self._units.pop(key)
        position = unit.position
        left = _Left(self._tick, unit.number, position.patrol_id, position.readers)
        self._left.append(left)

    def _tell_watchers(self, readers: Iterable[Listener], touched: Sequence[_Unit]) -> None:
        """One message for all who watch the same and were last told in the same tick."""
        alike: dict[tuple[str, str | None, int], list[Listener]] = defaultdict(list)
        for one in readers:
            if one.watch is not None:
                alike[one.actor.bureau_id, one.watch.patrol_id, one.watch.told].append(one)
        fresh = _by_patrol(touched)
        for (bureau_id, patrol_id, told), group in alike.items():
            units = fresh if told == self._tick - 1 else _by_patrol(self._units.values())
            if told <= self._tick - LEFT_TICKS:
                told = 0
            message = self._message(bureau_id, patrol_id, told, units.get(patrol_id, ()))
            full = set()
            if message is not None:
                full = self._broadcast.send([one.sid for one in group], [message])
            for one in group:
                if one.sid not in full and one.watch is not None:
                    one.watch = Watch(one.watch.patrol_id, self._tick)

    def _message(
        self, bureau_id: str, patrol_id: str | None, told: int, units: Sequence[_Unit]
    ) -> Message | None:
        """What readers of a bureau who were told up to a tick do not know; None: nothing."""
        now = utc_now()
        seen = [unit for unit in units if unit.moved > told and bureau_id in unit.position.readers]
        moved = [unit.row(now) for unit in seen]
        described = [
            unit.position.who | unit.position.view_for(bureau_id) | {"n": unit.number}
            for unit in seen
            if unit.described > told
        ]
        left = [
            one.number
            for one in self._left
            if one.tick > told > 0
            and bureau_id in one.readers
            and patrol_id in (None, one.patrol_id)
        ]
        if told and not moved and not left:
            return None
        data = {"at": utc_text(now), "reset": told == 0, "units": described, "moved": moved,
                "left": left}  # fmt: skip
        return Message("units", data)

    def _tell_others(self, readers: Iterable[Listener], touched: Sequence[_Unit]) -> None:
        """Sockets that did not say that they watch are told each place by itself."""
        by_bureau: dict[str, list[str]] = defaultdict(list)
        for one in readers:
            if not one.watches:
                by_bureau[one.actor.bureau_id].append(one.sid)
        for bureau_id, sids in by_bureau.items():
            messages = [
                Message("position", unit.position.view_for(bureau_id))
                for unit in touched
                if bureau_id in unit.position.readers
            ]
            if messages:
                self._broadcast.send(sids, messages)


def _hears(listener: Listener) -> bool:
    if Right.WORK_VIEW not in listener.reader.rights:
        return False
    return listener.watch is not None or not listener.watches


def _by_patrol(units: Iterable[_Unit]) -> dict[str | None, list[_Unit]]:
    """Units by their patrol, and all of them under None."""
    found: dict[str | None, list[_Unit]] = defaultdict(list)
    for unit in units:
        found[None].append(unit)
        found[unit.position.patrol_id].append(unit)
    return found
