"""The socket door: authenticate, resume, acknowledge, report positions; no rooms to choose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Flask, g, request
from flask_babel import force_locale
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import Namespace, SocketIO
from flask_wtf.csrf import validate_csrf
from pydantic import ValidationError
from wtforms.validators import ValidationError as CsrfInvalid

from hub.access import Actor, Right
from hub.accounts.access import live_session, live_token, make_actor, may_act, refresh
from hub.accounts.current import rights_stamp
from hub.db import database, read_only
from hub.errors import FieldError, HubError, Invalid, Unauthenticated
from hub.patrols.access import access_patrol
from hub.patrols.intake import Intake, Sent
from hub.patrols.schemas import PositionReport
from hub.realtime.acknowledge import Ack, Acks, open_acks
from hub.realtime.listeners import Listener, Watch
from hub.realtime.publisher import Publisher
from hub.web import refusals
from hub.web.i18n import choose_locale
from hub.web.identity import COOKIE, session_rules, settings
from sharing import feed
from sharing.errors import SharingError


class HubNamespace(Namespace):  # type: ignore[misc]
    """Namespace `/`. Every event re-reads who is asking."""

    def __init__(self, publisher: Publisher) -> None:
        super().__init__("/")
        self.publisher = publisher

    def on_connect(self, auth: Any = None) -> None:
        """Accept a socket that proves who it is, and send it what it missed."""
        given = auth if isinstance(auth, dict) else {}
        with read_only() as session:
            # Read first: whoever loses a right from here on is read again before he is told.
            stamp = rights_stamp(session)
            actor, until = _authenticate(session, given)
            if actor is None or not actor.may(Right.FEED_READ):
                raise Refused("unauthenticated")
            head = feed.head(session, actor.bureau_id)
            after = given.get("after")
            if type(after) is int and feed.can_resume(session, actor.bureau_id, after):
                listener = Listener(_sid(), actor, after)
            else:
                listener = Listener(_sid(), actor, head, owes_resync=after is not None)
            listener.watches = given.get("units") is True
            listener.stamp, listener.until = stamp, until
        # The publisher does the telling, so nothing is sent before the socket is accepted.
        self.publisher.broadcast.begin(listener.sid)
        self.publisher.listeners.add(listener)
        self.publisher.start()
        self.publisher.ring_soon()

    def on_disconnect(self, _reason: Any = None) -> None:
        """Forget the socket."""
        if self.publisher.forget(_sid()):
            self.publisher.ring_soon()

    def on_ack(self, data: Any = None) -> dict[str, Any]:
        """Remember how far this reader has been told; partners see it as delivered."""

        def note(asker: Actor) -> None:
            listener = self.publisher.listeners.get(_sid())
            if listener is None:
                raise Unauthenticated
            # Whether he still may is decided by the transaction that stores what he reports.
            acks: Acks = self.publisher.app.extensions["hub.acks"]
            acks(Ack(asker, _seq(data), listener.stamp, listener.until))

        return self._answer(note, "ack", data)

    def on_position(self, data: Any = None) -> dict[str, Any]:
        """Store fixes of a patrol under way; durable before the answer."""

        def store(asker: Actor) -> None:
            try:
                report = PositionReport.model_validate(data)
            except ValidationError as error:
                raise Invalid(
                    errors=[
                        FieldError(".".join(map(str, e["loc"])), e["msg"]) for e in error.errors()
                    ]
                ) from error
            listener = self.publisher.listeners.get(_sid())
            if listener is None:
                raise Unauthenticated
            # Whether he still may is decided by the transaction that stores what he reports.
            sent = Sent(asker, report, recheck=True, stamp=listener.stamp, until=listener.until)
            intake: Intake = self.publisher.app.extensions["hub.intake"]
            intake(sent)

        return self._answer(store, "position", data)

    def on_look(self, data: Any = None) -> dict[str, Any]:
        """Have a record open (`{kind, id}`), or none (`null`); others who have it are told.

        Of a draft written together also what is being edited (`part`, a unit of it).
        """
        sid = _sid()

        def open_(asker: Actor) -> None:
            record, part = _record(data), _part(data)
            with read_only() as session:
                actor = refresh(session, asker, session_rules())
                if actor is None:
                    raise Unauthenticated
                self.publisher.onlookers.look(session, actor, sid, record, part)

        answer = self._answer(open_, "look", data)
        self.publisher.doorbell.ring()
        return answer

    def on_watch(self, data: Any = None) -> dict[str, Any]:
        """Watch units under way: all (`{}`), of one patrol (`{patrol_id}`), or none (`null`)."""
        sid = _sid()

        def watch(asker: Actor) -> None:
            wanted = None if data is None else Watch(_patrol_id(data))
            with read_only() as session:
                actor = refresh(session, asker, session_rules())
                if actor is None:
                    raise Unauthenticated
                actor.require(Right.WORK_VIEW)
                if wanted is not None and wanted.patrol_id is not None:
                    access_patrol(session, actor, wanted.patrol_id)
            listener = self.publisher.listeners.get(sid)
            if listener is not None:
                listener.watches, listener.watch = True, wanted

        answer = self._answer(watch, "watch", data)
        self.publisher.doorbell.ring()
        return answer

    def on_room(self, data: Any = None) -> dict[str, Any]:
        """Do something in the room of a meeting (`{id, op, ...}`); all who are in it are told."""
        sid = _sid()

        def act(asker: Actor) -> None:
            with read_only() as session:
                actor = refresh(session, asker, session_rules())
                if actor is None:
                    raise Unauthenticated
                self.publisher.rooms.do(session, actor, sid, data)

        return self._answer(act, "room", data)

    def _answer(self, act: Callable[[Actor], None], event: str, data: Any) -> dict[str, Any]:
        listener = self.publisher.listeners.get(_sid())
        with force_locale(choose_locale(settings().locale)):
            try:
                if listener is None:
                    raise Unauthenticated
                act(listener.actor)
            except Unauthenticated as error:
                if listener is not None:
                    self.publisher.cut(listener)
                return {"error": error.to_problem()}
            except HubError as error:
                if listener is not None:
                    refusals.note_socket(error, listener.actor, event, data)
                return {"error": error.to_problem()}
            except SharingError as error:
                return {"error": Invalid(str(error)).to_problem()}
        return {"ok": True}


def _sid() -> str:
    return request.sid  # type: ignore[attr-defined,no-any-return]


def _seq(data: Any) -> int:
    seq = data.get("seq") if isinstance(data, dict) else None
    if not isinstance(seq, int) or isinstance(seq, bool) or not 0 <= seq < 2**53:
        raise Invalid(errors=[FieldError("seq", "seq")])
    return seq


def _patrol_id(data: Any) -> str | None:
    patrol_id = data.get("patrol_id") if isinstance(data, dict) else data
    if not isinstance(data, dict) or not (patrol_id is None or isinstance(patrol_id, str)):
        raise Invalid(errors=[FieldError("patrol_id", "patrol_id")])
    return patrol_id


def _record(data: Any) -> tuple[str, str] | None:
    if data is None:
        return None
    kind, record_id = (data.get(k) if isinstance(data, dict) else None for k in ("kind", "id"))
    if not isinstance(kind, str) or not isinstance(record_id, str) or len(record_id) > 64:
        raise Invalid(errors=[FieldError("kind, id", "kind, id")])
    return kind, record_id


def _part(data: Any) -> str:
    part = data.get("part") if isinstance(data, dict) else None
    if part is not None and (not isinstance(part, str) or len(part) > 64):
        raise Invalid(errors=[FieldError("part", "part")])
    return part or ""


def _authenticate(
    session: Any, auth: dict[str, Any]
) -> tuple[Actor, datetime | None] | tuple[None, None]:
    """The actor of a token in `auth`, or of the session cookie with the page's CSRF token.

    With him until when he holds by the clock alone (None: no end is set).
    """
    raw = auth.get("token")
    if isinstance(raw, str):
        token = live_token(session, raw)
        return (make_actor(token.user, token=token), token.expires_at) if token else (None, None)
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        return None, None
    try:
        validate_csrf(auth.get("csrf"))
    except CsrfInvalid:
        return None, None
    rules = session_rules()
    row = live_session(session, cookie, rules)
    if row is None or not may_act(row, row.user, rules):
        return None, None
    g.user_locale = row.user.locale
    actor = make_actor(row.user, session_id=row.id)
    return actor, min(row.expires_at, row.last_seen_at + rules.idle)


def install(app: Flask, socketio: SocketIO, publisher: Publisher) -> None:
    """Wire the namespace and the doorbell of this process."""
    socketio.on_namespace(HubNamespace(publisher))
    app.extensions["hub.publisher"] = publisher
    app.extensions["hub.acks"] = open_acks(publisher.database, publisher.rules)
    with app.app_context():
        database().after_commit.append(_ringer(publisher))


def _ringer(publisher: Publisher) -> Any:
    def ring(info: dict[Any, Any]) -> None:
        if info.get("hub.doorbells"):
            publisher.doorbell.ring()
            bell = publisher.app.extensions.get("hub.redis_bell")
            if bell is not None:
                bell.send()

    return ring
