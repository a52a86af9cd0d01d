"""Who has the same record open: told while it is so, kept nowhere, gone with the socket.

A worker knows its own sockets. Where several share a Redis, each says now and then whom it knows;
what a worker has not repeated for LEASE_S is forgotten, so an outage shows less, never what is not.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import structlog

from hub.access import Actor

log = structlog.get_logger()
LEASE_S = 30.0
REPEAT_S = 10.0
# A record that an agreement opens to both sides alike; of others only colleagues see each other.
BOTH_SIDES = frozenset({"agreement", "meeting", "patrol", "plan_draft", "zone"})
KINDS = BOTH_SIDES | {"case", "finding"}
# Where people write together: what each is at shows, colleagues by name, partners as their bureau.
WRITTEN = frozenset({"plan_draft"})
Record = tuple[str, str]


@dataclass(frozen=True)
class Look:
    """One socket that has a record open; `since` is UTC text."""

    sid: str
    user_id: str
    name: str
    bureau_id: str
    bureau_name: str
    kind: str
    record_id: str
    since: str
    # What of the record is being edited; "": nothing, or nobody is told of it.
    part: str = ""

    @property
    def record(self) -> Record:
        """What is looked at."""
        return self.kind, self.record_id


class Presence:
    """The looks that one worker knows of. Used by its one event loop alone."""

    def __init__(self) -> None:
        self._own: dict[str, Look] = {}
        self._others: dict[str, tuple[float, tuple[Look, ...]]] = {}
        self._news: set[Record] = set()
        # Own looks changed since they were last said to the other workers.
        self.unsaid = False

    def look(
        self, sid: str, actor: Actor, record: Record | None, since: str, part: str = ""
    ) -> None:
        """A socket opens a record, another one, or none; or edits another part of it."""
        old = self._own.pop(sid, None)
        if old is not None and old.record == record:
            since = old.since
        if old is not None:
            self._news.add(old.record)
            self.unsaid = True
        if record is not None:
            self._own[sid] = Look(
                sid,
                actor.user_id,
                actor.name,
                actor.bureau_id,
                actor.bureau_name,
                *record,
                since,
                part if record[0] in WRITTEN else "",
            )
            self._news.add(record)
            self.unsaid = True

    def own(self, record: Record) -> list[Look]:
        """Sockets of this worker that have the record open."""
        return [look for look in list(self._own.values()) if look.record == record]

    def records(self) -> set[Record]:
        """Everything that sockets of this worker have open."""
        return {look.record for look in list(self._own.values())}

    def touch(self, records: Iterable[Record]) -> None:
        """Tell anew who is there, if anybody is: the records changed, rights may have too."""
        self._news |= set(records) & self.records()

    def take_news(self) -> set[Record]:
        """The records of which something is to be told, once."""
        news, self._news = self._news, set()
        return news

    def visible(self, record: Record, reader: Look) -> list[dict[str, Any]]:
        """Who else has the record open, as one of those who have: each person once, by time.

        Who has it open twice is shown where he writes.
        """
        people: dict[str, Look] = {}
        for look in sorted(self._all(record), key=lambda look: (look.since, look.sid)):
            known = look.bureau_id == reader.bureau_id or look.kind in BOTH_SIDES
            if known and look.user_id != reader.user_id:
                known_look = people.setdefault(look.user_id, look)
                if look.part and not known_look.part:
                    people[look.user_id] = look
        return [
            {
                "bureau_id": look.bureau_id,
                "bureau_name": look.bureau_name,
                "name": _name(look, reader),
                "own": look.bureau_id == reader.bureau_id,
                "since": look.since,
                "part": look.part,
            }
            for look in people.values()
        ]

    def _all(self, record: Record) -> list[Look]:
        others = [look for _at, looks in self._others.values() for look in looks]
        return [look for look in (*self._own.values(), *others) if look.record == record]

    # --- between workers

    def said(self) -> list[dict[str, str]]:
        """Own looks, for the other workers."""
        self.unsaid = False
        return [asdict(look) for look in list(self._own.values())]

    def hear(self, worker: str, looks: list[dict[str, str]]) -> None:
        """Take over what another worker says, whole."""
        try:
            now = tuple(Look(**look) for look in looks)
        except TypeError as error:  # of another version of the program, during an upgrade
            log.warning("presence.unreadable", error=str(error))
            return
        self._replace(worker, now)
        self._others[worker] = (time.monotonic(), now)

    def forget_silent(self) -> None:
        """Drop what other workers have not repeated."""
        limit = time.monotonic() - LEASE_S
        for worker in [name for name, (at, _looks) in self._others.items() if at < limit]:
            self._replace(worker, ())
            del self._others[worker]

    def _replace(self, worker: str, now: tuple[Look, ...]) -> None:
        _at, before = self._others.get(worker, (0.0, ()))
        changed = {look.record for look in set(before) ^ set(now)}
        self._news |= changed & self.records()


def _name(look: Look, reader: Look) -> str | None:
    """None: where they write together, people of another bureau are that bureau."""
    own = look.bureau_id == reader.bureau_id
    return look.name if own or look.kind not in WRITTEN else None
