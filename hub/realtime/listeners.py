"""The open sockets of this worker and how far each has been told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.accounts.access import SessionRules
from hub.accounts.current import actors_now, door_of


@dataclass
class Listener:
    """One open socket."""

    sid: str
    actor: Actor
    # Last number sent; everything up to it was sent exactly once.
    cursor: int
    # The client's number could not be served: it is told to fetch afresh before anything else.
    owes_resync: bool = False

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

    Logout, deactivation, a changed role or a revoked token all show here, because nothing about a
    person is remembered from the time the socket was opened.
    """
    everyone = list(listeners)
    actors = actors_now(session, [listener.actor for listener in everyone], rules)
    keep, cut = [], []
    for listener in everyone:
        actor = actors.get(door_of(listener.actor))
        if actor is None or not actor.may(Right.FEED_READ):
            cut.append(listener)
        elif actor.bureau_id != listener.actor.bureau_id:
            cut.append(listener)  # its numbers belong to another feed
        else:
            listener.actor = actor
            keep.append(listener)
    return keep, cut
