"""Telling who has the same record open, with the rights of this moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import uuid4

from sqlalchemy.orm import Session

from hub.access import Actor
from hub.db import utc_now
from hub.errors import NotFound, field_error
from hub.realtime.broadcast import Broadcaster, Message
from hub.realtime.doorbell import RedisBell
from hub.realtime.listeners import Listeners
from hub.realtime.presence import KINDS, REPEAT_S, Look, Presence, Record
from hub.realtime.renderers import RENDERERS
from sharing.canonical import utc_text

# Rights that end by the clock, not by a change of the record, show within this time.
RECHECK_S = 30.0
# Between two sayings to the other workers.
PAUSE_S = 0.5


class Onlookers:
    """One per worker; the publisher's green thread does the telling."""

    def __init__(self, listeners: Listeners, broadcast: Broadcaster) -> None:
        self.presence = Presence()
        self.bell: RedisBell | None = None
        self._listeners = listeners
        self._broadcast = broadcast
        self._worker = uuid4().hex
        self._said_at = 0.0
        self._checked_at = 0.0

    def look(
        self, session: Session, actor: Actor, sid: str, record: Record | None, part: str = ""
    ) -> None:
        """A socket has a record open and edits a part of it, or has none any more.

        Raises:
            Invalid: nobody is told of this kind.
            NotFound: absent, or not the actor's to see.
        """
        if record is not None:
            if record[0] not in KINDS:
                raise field_error("kind", "、".join(sorted(KINDS)))
            if RENDERERS[record[0]](session, actor.reader, record[1]) is None:
                raise NotFound
        self.presence.look(sid, actor, record, utc_text(utc_now()), part)

    def gone(self, sid: str, actor: Actor) -> None:
        """A socket ended."""
        self.presence.look(sid, actor, None, "")

    def tell(self, session: Session) -> None:
        """Tell the sockets of this worker what changed; drop who may see the record no more."""
        self.presence.forget_silent()
        if time.monotonic() - self._checked_at > RECHECK_S:
            self._checked_at = time.monotonic()
            self.presence.touch(self.presence.records())
        while news := self.presence.take_news():
            for record in news:
                self._tell(session, record)

    def _tell(self, session: Session, record: Record) -> None:
        kind, record_id = record
        here = []
        for look in self.presence.own(record):
            listener = self._listeners.get(look.sid)
            if listener is None:
                continue
            if RENDERERS[kind](session, listener.reader, record_id) is None:
                self._send(look, [])
                self.presence.look(look.sid, listener.actor, None, "")
            else:
                here.append(look)
        for look in here:
            self._send(look, self.presence.visible(record, look))

    def _send(self, look: Look, people: list[dict[str, object]]) -> None:
        if self._broadcast.has_room(look.sid):
            data = {"kind": look.kind, "id": look.record_id, "people": people}
            self._broadcast.send([look.sid], [Message("presence", data)])

    def say(self) -> None:
        """Say to the other workers who is here: soon after a change, and now and then anyway."""
        silent = time.monotonic() - self._said_at
        if self.bell is None or silent < PAUSE_S:
            return
        if self.presence.unsaid or (silent > REPEAT_S and self.presence.records()):
            self._said_at = time.monotonic()
            self.bell.say({"worker": self._worker, "looks": self.presence.said()})

    def hearer(self, ring: Callable[[], None]) -> Callable[[dict[str, object]], None]:
        """What takes the sayings of other workers and then wakes the publisher."""

        def hear(said: dict[str, object]) -> None:
            worker, looks = said.get("worker"), said.get("looks")
            if isinstance(worker, str) and isinstance(looks, list) and worker != self._worker:
                self.presence.hear(worker, looks)
                ring()

        return hear
