"""From the feed table to the sockets: woken by doorbells, never dependent on them."""

from __future__ import annotations

import os
import signal
import time
from collections import defaultdict
from collections.abc import Mapping

import structlog
from flask import Flask
from flask_socketio import SocketIO
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hub.access import ReaderClass
from hub.accounts.access import SessionRules
from hub.db import Database
from hub.realtime import stream
from hub.realtime.broadcast import Broadcaster, Message
from hub.realtime.doorbell import Doorbell
from hub.realtime.listeners import Listener, Listeners, refreshed
from hub.realtime.onlookers import Onlookers
from hub.realtime.renderers import views_of
from hub.realtime.rooms import Rooms
from hub.realtime.units import TICK_S, LiveUnits
from sharing import feed

log = structlog.get_logger()

# After the database failed; the ring that brought the failed turn is not lost with it.
RETRY_S = 1.0
# Sockets that come or go within it ring once: a turn looks at all of them.
GATHER_S = 0.03
# Classes of readers that are rendered for in one go, and changes of all of them together.
TOGETHER = 50
MOST_CHANGES = 1_000
# Who is told the same: a class of readers that has come as far as a number.
Place = tuple[ReaderClass, int]


class Publisher:
    """One per worker. A single green thread does all sending, so order per socket is kept."""

    def __init__(
        self, app: Flask, socketio: SocketIO, database: Database, rules: SessionRules, poll_s: float
    ) -> None:
        self.app = app
        self.socketio = socketio
        self.database = database
        self.rules = rules
        self.poll_s = poll_s
        self.listeners = Listeners()
        self.doorbell = Doorbell()
        self.broadcast = Broadcaster(socketio)
        self.onlookers = Onlookers(self.listeners, self.broadcast)
        self.rooms = Rooms(self.listeners, self.broadcast, self._sees)
        self.units = LiveUnits(self.listeners, self.broadcast)
        self._started = False
        self._gathering = False

    def start(self) -> None:
        """Begin to publish; called when the first socket of this worker connects."""
        if not self._started:
            self._started = True
            self.socketio.start_background_task(self._run)

    def ring_soon(self) -> None:
        """Ring a moment later, once for all who come or go meanwhile."""
        if not self._gathering:
            self._gathering = True
            self.socketio.start_background_task(self._ring_later)

    def _ring_later(self) -> None:
        self.socketio.sleep(GATHER_S)
        self._gathering = False
        self.doorbell.ring()

    def _run(self) -> None:
        try:
            self._serve()
        finally:
            # Only a fault of ours ends the loop. A worker that answers pages but tells nobody is
            # worse than one that ends: gunicorn replaces it, and its sockets resume by number.
            log.critical("publisher.ended")
            os.kill(os.getpid(), signal.SIGTERM)

    def _serve(self) -> None:
        checked = 0.0
        while True:
            rung = self.doorbell.wait(min(self.poll_s, TICK_S))
            due = time.monotonic() - checked >= self.poll_s
            if due:
                checked = time.monotonic()
            try:
                with self.app.app_context():
                    self._turn(rung, check_all=due)
            except SQLAlchemyError as error:
                # The numbers stay where they are: the next turn continues from them.
                log.error("publisher.database", error=str(error))
                time.sleep(min(self.poll_s, RETRY_S))
                self.doorbell.ring()

    def _turn(self, rung: bool, *, check_all: bool) -> None:
        everyone = self.listeners.all()
        if not everyone:
            self.onlookers.say()  # the last one may just have left
            return
        if rung or check_all:
            with self.database.read_only() as session:
                self._tell_changes(session, everyone)
        with self.database.read_only() as session:
            self.units.tell(session)
            self.onlookers.tell(session)
            if check_all:
                self.rooms.recheck(session)
        self.onlookers.say()

    def _tell_changes(self, session: Session, everyone: list[Listener]) -> None:
        keep, cut = refreshed(session, everyone, self.rules)
        for listener in cut:
            self.cut(listener)
        for listener in keep:
            if listener.owes_resync:
                listener.owes_resync = False
                self.broadcast.send([listener.sid], [Message("resync", {"head": listener.cursor})])
        heads = feed.heads(session, {x.actor.bureau_id for x in keep})
        behind: dict[Place, list[Listener]] = defaultdict(list)
        for listener in keep:
            reader = listener.actor.reader
            if listener.cursor < heads[reader.bureau_id]:
                behind[reader, listener.cursor].append(listener)
        places = list(behind)
        for start in range(0, len(places), TOGETHER):
            part = places[start : start + TOGETHER]
            self._catch_up(session, {place: behind[place] for place in part}, heads)

    def _catch_up(
        self, session: Session, groups: dict[Place, list[Listener]], heads: Mapping[str, int]
    ) -> None:
        """Send each group what follows its number up to the head, rendered once for the group."""
        while groups:
            places = list(groups)
            news = stream.read_together(session, places, MOST_CHANGES)
            self.onlookers.presence.touch(
                {(change["kind"], change["id"]) for changes in news for change in changes}
            )
            following: dict[Place, list[Listener]] = defaultdict(list)
            for (reader, cursor), changes in zip(places, news, strict=True):
                if not changes:
                    continue
                going = self._send_on(groups[reader, cursor], changes)
                if changes[-1]["seq"] < heads[reader.bureau_id]:
                    following[reader, changes[-1]["seq"]] += going
            groups = {place: group for place, group in following.items() if group}

    def _send_on(self, group: list[Listener], changes: stream.Changes) -> list[Listener]:
        """Send changes to a group; returns who goes on with what comes after them."""
        messages = [Message("change", change) for change in changes]
        full = self.broadcast.send([listener.sid for listener in group], messages)
        # Who has not read what he was sent waits where he is; his number says from where on.
        going = [one for one in group if one.sid not in full] if full else group
        reached = changes[-1]["seq"]
        for listener in going:
            listener.cursor = reached
        return going

    def _sees(self, reader: ReaderClass, kind: str, record_id: str) -> bool | None:
        """Whether readers of a class may see a record now; None while the database is away."""
        try:
            with self.app.app_context(), self.database.read_only() as session:
                (views,) = views_of(session, kind, [(reader, [record_id])])
                return views.get(record_id) is not None
        except SQLAlchemyError as error:
            log.error("room.database", error=str(error))
            return None

    def cut(self, listener: Listener) -> None:
        """End a socket that may not hear, or does not listen."""
        self.forget(listener.sid)
        self.socketio.server.disconnect(listener.sid, "/")

    def forget(self, sid: str) -> bool:
        """Tell a socket nothing more; whether it was told until now."""
        self.broadcast.end(sid)
        listener = self.listeners.drop(sid)
        if listener is None:
            return False
        self.onlookers.gone(sid, listener.actor)
        self.rooms.gone(sid)
        return True
