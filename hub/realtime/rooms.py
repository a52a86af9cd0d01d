"""The rooms of joint meetings: what one does there, all others in it see at once.

Nothing here is stored or goes through the feed: it is where people look, point and draw while they
sit together. Messages are sent by whoever hears them, without waiting for the publisher's turn.
Workers tell each other through Redis; when that is away each worker's people see each other.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.cases.texts import clean, refuse_secrets
from hub.db import utc_now
from hub.errors import Conflict, Forbidden, NotFound
from hub.meetings.access import access_meeting
from hub.meetings.access import may_see as may_see_meeting
from hub.meetings.machine import ROOM_OPEN
from hub.meetings.models import Meeting
from hub.realtime import room_ops as ops
from hub.realtime.broadcast import Broadcaster, Message
from hub.realtime.doorbell import RedisBell
from hub.realtime.listeners import Listeners
from hub.realtime.room_state import MAX_SHAPES, Member, Room
from sharing.canonical import utc_text

# Whether readers of a class may see the record of a kind with this id; None: cannot be asked now.
Sees = Callable[[ReaderClass, str, str], bool | None]
REPEAT_S = 10.0
# A room that nobody has been in for so long is forgotten.
EMPTY_S = 1800.0


class Rooms:
    """One per worker."""

    def __init__(self, listeners: Listeners, broadcast: Broadcaster, sees: Sees) -> None:
        """`sees` tells whether readers may see a record (kind, id) at this moment."""
        self._sees = sees
        self.bell: RedisBell | None = None
        self._listeners = listeners
        self._broadcast = broadcast
        self._rooms: dict[str, Room] = {}
        self._worker = uuid4().hex
        self._said_at = 0.0
        # Handlers are green threads on a server; in a threaded one the lock keeps them apart.
        self._lock = threading.RLock()

    # --- what a socket does

    def do(self, session: Session, actor: Actor, sid: str, data: Any) -> None:
        """Do what a client sent, with the rights of this moment.

        Raises:
            Invalid: unknown or too much.
            NotFound: not a meeting of the actor's.
            Conflict: the meeting has no room now; he is not in it, or does not lead.
            Forbidden: his role may not lead.
        """
        op = ops.parse(data)
        meeting = access_meeting(session, actor, op.id)
        with self._lock:
            room = self._rooms.setdefault(op.id, Room())
            if isinstance(op, ops.Join):
                self._join(room, meeting, actor, sid, op)
                return
            if isinstance(op, ops.Leave):
                self._leave(op.id, sid)
                return
            member = room.own.get(sid)
            if member is None:
                raise Conflict(_l("请先进入会场。"), extra={"rule": "room.join"})
            self._act(room, meeting, actor, member, op)

    def _join(self, room: Room, meeting: Meeting, actor: Actor, sid: str, op: ops.Join) -> None:
        if op.screen and meeting.state not in ROOM_OPEN:
            raise Conflict(_l("议程确定之后、纪要会签之前可以同屏。"), extra={"rule": "room.open"})
        first = not room.own
        room.own[sid] = Member(
            sid,
            actor.user_id,
            actor.name,
            actor.bureau_id,
            actor.bureau_name,
            utc_text(utc_now()),
            screen=op.screen,
        )
        if first:  # this worker may have begun later than the room
            self._relay({"ask": op.id})
        self._send_state(op.id, room, sid)
        self._tell_people(op.id)

    def _leave(self, meeting_id: str, sid: str) -> None:
        room = self._rooms.get(meeting_id)
        if room is not None and room.own.pop(sid, None) is not None:
            room.touched = time.monotonic()
            self._tell_people(meeting_id)

    def gone(self, sid: str) -> None:
        """A socket ended."""
        with self._lock:
            for meeting_id in list(self._rooms):
                self._leave(meeting_id, sid)

    def _act(self, room: Room, meeting: Meeting, actor: Actor, member: Member, op: ops.Op) -> None:
        if isinstance(op, ops.Editing | ops.Follow):
            change = {"editing": op.section} if isinstance(op, ops.Editing) else {"follows": op.on}
            room.own[member.sid] = replace(member, **change)
            self._tell_people(op.id)
        elif isinstance(op, ops.Pointer):
            pointer = {"key": actor.user_id, "name": actor.name, "at": op.at}
            self._send_others(room, op.id, {"pointer": pointer}, member.sid)
            self._relay({"room": op.id, "pointer": pointer})
        else:
            self._change(room, meeting, actor, op)

    def _change(self, room: Room, meeting: Meeting, actor: Actor, op: ops.Op) -> None:
        """A change that a latecomer sees too."""
        change: dict[str, Any] = {}
        if isinstance(op, ops.Lead):
            change["leader"] = self._leader(room, meeting, actor, op)
        elif isinstance(op, ops.Show):
            if room.leader is None or room.leader["key"] != actor.user_id:
                raise Conflict(
                    _l("由带领的人切换画面；您可以自行浏览。"), extra={"rule": "room.lead"}
                )
            change["view"] = op.view.model_dump(mode="json")
        elif isinstance(op, ops.Draw):
            change["draw"] = self._drawn(room, actor, op)
        elif isinstance(op, ops.Erase):
            change["erase"] = op.key
        elif isinstance(op, ops.Note):
            text = clean(op.text)
            refuse_secrets("text", text)
            change["note"] = {"name": actor.name, "text": text, "at": utc_text(utc_now())}
        self._send_change(op.id, room, room.apply(change))
        self._relay({"room": op.id, "change": change})
        if isinstance(op, ops.Lead):
            self._tell_people(op.id)

    def _leader(
        self, room: Room, meeting: Meeting, actor: Actor, op: ops.Lead
    ) -> dict[str, str] | None:
        """Who leads from now on."""
        leads = room.leader is not None and room.leader["key"] == actor.user_id
        chairs = actor.bureau_id == meeting.chair_bureau_id and actor.may(Right.MEETING_WORK)
        if not leads and not chairs:
            raise Forbidden(
                _l("由主持单位带领，或由带领的人交给您。"), extra={"rule": "room.chair"}
            )
        if not op.on:
            return None
        wanted = op.to or actor.user_id
        found = next((one for one in room.members() if one.user_id == wanted), None)
        if found is None:
            raise NotFound
        return {"key": found.user_id, "name": found.name}

    def _drawn(self, room: Room, actor: Actor, op: ops.Draw) -> dict[str, Any]:
        text = clean(op.shape.text)
        refuse_secrets("text", text)
        if len(room.shapes) >= MAX_SHAPES and op.shape.key not in room.shapes:
            raise Conflict(_l("图上标绘已满，请先清除。"), extra={"rule": "room.shapes"})
        return op.shape.model_dump(mode="json") | {"text": text, "name": actor.name}

    # --- telling

    def _send(self, sids: list[str], meeting_id: str, data: dict[str, Any]) -> None:
        ready = [sid for sid in sids if self._broadcast.has_room(sid)]
        self._broadcast.send(ready, [Message("room", {"id": meeting_id} | data)])

    def _send_change(self, meeting_id: str, room: Room, told: dict[str, Any]) -> None:
        """Tell a change; who lagged behind one is owed the whole state instead."""
        for sid in list(room.own):
            if not self._broadcast.has_room(sid):
                room.owed.add(sid)
            elif sid in room.owed:
                room.owed.discard(sid)
                self._send_state(meeting_id, room, sid)
            else:
                self._send([sid], meeting_id, self._as_seen(room, sid, told))

    def _send_state(self, meeting_id: str, room: Room, sid: str) -> None:
        self._send([sid], meeting_id, self._as_seen(room, sid, room.shared()))

    def _as_seen(self, room: Room, sid: str, told: dict[str, Any]) -> dict[str, Any]:
        """What one is told: a record that is not his to see is as if none had been chosen."""
        view = told.get("view") or {}
        record, listener = view.get("record"), self._listeners.get(sid)
        if record is None:
            return told
        if listener is not None:
            asked = (listener.reader, record["kind"], record["id"])
            seen = room.sight.get(asked)
            if seen is None:
                seen = self._sees(*asked)
            if seen is None:
                room.owed.add(sid)  # nobody knows now: not shown until it can be asked
            else:
                room.sight[asked] = seen
            if seen:
                return told
        return told | {"view": view | {"record": None}}

    def _send_others(self, room: Room, meeting_id: str, data: dict[str, Any], sid: str) -> None:
        self._send([one for one in room.own if one != sid], meeting_id, data)

    def _tell_people(self, meeting_id: str) -> None:
        room = self._rooms[meeting_id]
        self._show_people(meeting_id, room)
        self._relay({"room": meeting_id, "members": room.said()})

    def _show_people(self, meeting_id: str, room: Room) -> None:
        room.shown = frozenset(one.sid for one in room.members())
        for member in list(room.own.values()):
            self._send([member.sid], meeting_id, {"people": room.people_for(member)})

    def recheck(self, session: Session) -> None:
        """Put out of the room whoever may not see the meeting any more; repeat who is here."""
        with self._lock:
            for meeting_id, room in list(self._rooms.items()):
                room.sight.clear()
                self._put_out(session, meeting_id, room)
                self._catch_up(meeting_id, room)
                if not room.members() and time.monotonic() - room.touched > EMPTY_S:
                    del self._rooms[meeting_id]
            self._repeat()

    def _put_out(self, session: Session, meeting_id: str, room: Room) -> None:
        meeting = session.get(Meeting, meeting_id)
        for sid in list(room.own):
            listener = self._listeners.get(sid)
            allowed = listener is not None and meeting is not None
            if not allowed or not may_see_meeting(listener.reader, meeting):  # type: ignore[union-attr,arg-type]
                self._send([sid], meeting_id, {"closed": True})
                self._leave(meeting_id, sid)

    def _catch_up(self, meeting_id: str, room: Room) -> None:
        """Show anew who is here when a worker fell silent; give who lagged what he is owed."""
        if room.shown != frozenset(one.sid for one in room.members()):
            self._show_people(meeting_id, room)
        room.owed &= set(room.own)
        for sid in [sid for sid in room.owed if self._broadcast.has_room(sid)]:
            room.owed.discard(sid)
            self._send_state(meeting_id, room, sid)

    def _repeat(self) -> None:
        if self.bell is None or time.monotonic() - self._said_at < REPEAT_S:
            return
        self._said_at = time.monotonic()
        for meeting_id, room in self._rooms.items():
            self._relay({"room": meeting_id, "members": room.said()})

    # --- between workers

    def _relay(self, said: dict[str, Any]) -> None:
        if self.bell is not None:
            self.bell.relay({"worker": self._worker} | said)

    def hear(self, said: dict[str, Any]) -> None:
        """Take what another worker says."""
        if said.get("worker") == self._worker:
            return
        with self._lock:
            asked = said.get("ask")
            if asked is not None:
                room = self._rooms.get(asked)
                if room is not None and (room.rev or room.own):
                    self._relay({"room": asked, "shared": room.shared()})
                    self._relay({"room": asked, "members": room.said()})
                return
            self._take(said["worker"], said["room"], said)

    def _take(self, worker: str, meeting_id: str, said: dict[str, Any]) -> None:
        room = self._rooms.setdefault(meeting_id, Room())
        if "members" in said:
            members = tuple(Member(**one) for one in said["members"])
            room.others[worker] = (time.monotonic(), members)
            self._show_people(meeting_id, room)
        if "change" in said:
            self._send_change(meeting_id, room, room.apply(said["change"]))
        if "shared" in said and room.take_over(said["shared"]):
            for sid in list(room.own):
                self._send_state(meeting_id, room, sid)
        if "pointer" in said:
            self._send(list(room.own), meeting_id, {"pointer": said["pointer"]})
