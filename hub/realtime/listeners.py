"""The open sockets of this worker and how far each has been told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.accounts.access import SessionRules
from hub.accounts.current import Held, door_of, doors_now, rights_stamp
from hub.db import utc_now


@dataclass(frozen=True, slots=True)
class Watch:
    """Units that a socket watches: of one patrol or all (None), told up to a tick (0: nothing)."""

    patrol_id: str | None
    told: int = 0


@dataclass
class Listener:
    """One open socket."""

    sid: str
    actor: Actor
    # Last number sent; everything up to it was sent exactly once.
    cursor: int
    # The client's number could not be served: it is told to fetch afresh before anything else.
    owes_resync: bool = False
    # The stamp of rights at which its person was last read, and until when he holds by the clock.
    stamp: int | None = None
    until: datetime | None = None
    # Takes places as `units`, and only while it says that it watches; otherwise as `position`.
    watches: bool = False
    watch: Watch | None = None

    @property
    def reader(self) -> ReaderClass:
        """The class of readers it belongs to."""
        return self.actor.reader


class Listeners:
    """The sockets of one worker. Mutated by connect, disconnect and the publisher alone."""

    def __init__(self) -> None:
        self._by_sid: dict[str, Listener] = {}

    def add(self, listener: Listener) -> None:
        """Begin to tell a socket."""
        self._by_sid[listener.sid] = listener

    def drop(self, sid: str) -> Listener | None:
        """Stop telling a socket."""
        return self._by_sid.pop(sid, None)

    def get(self, sid: str) -> Listener | None:
        """The listener of a socket, if it is still told."""
        return self._by_sid.get(sid)

    def all(self) -> list[Listener]:
        """A snapshot: sockets may come and go while it is walked."""
        return list(self._by_sid.values())

    def bureaus(self) -> frozenset[str]:
        """Bureaus with at least one socket here."""
        return frozenset(listener.actor.bureau_id for listener in self._by_sid.values())


def refreshed(
    session: Session, listeners: Iterable[Listener], rules: SessionRules
) -> tuple[list[Listener], list[Listener]]:
    """Split listeners by the rights of this moment: (may still hear, must be cut off).

    Logout, deactivation, a changed role or a revoked token all show here: each raises the stamp in
    its own transaction, and whoever was read at another stamp is read again, all in one go. What
    the clock ends is read again when its time has come.
    """
    everyone = list(listeners)
    stamp, now = rights_stamp(session), utc_now()
    stale = [
        one
        for one in everyone
        if one.stamp != stamp or (one.until is not None and one.until <= now)
    ]
    held = doors_now(session, [one.actor for one in stale], rules) if stale else {}
    cut = [one for one in stale if not _renewed(one, held.get(door_of(one.actor)), stamp)]
    if not cut:
        return everyone, cut
    gone = {one.sid for one in cut}
    return [one for one in everyone if one.sid not in gone], cut


def _renewed(listener: Listener, held: Held | None, stamp: int) -> bool:
    """Take over what was read of a socket's person; False: he may not hear."""
    if held is None or not held.actor.may(Right.FEED_READ):
        return False
    if held.actor.bureau_id != listener.actor.bureau_id:
        return False  # its numbers belong to another feed
    listener.actor, listener.until, listener.stamp = held.actor, held.until, stamp
    return True
