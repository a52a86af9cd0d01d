"""The hub as it is (`hub`), or telling each place to each reader as it arrives (`broadcast`).

The broadcast is what one writes first: after the commit one `emit` to the room of all who listen.
It decides nothing for each reader and reads no names; both are in its favour.
"""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from datetime import UTC, datetime  # noqa: E402
from typing import Any  # noqa: E402

from flask import Flask  # noqa: E402

import run  # noqa: E402
from hub.app import create_app, spare_the_loaded, start_worker  # noqa: E402
from hub.config import Settings  # noqa: E402
from hub.db import utc_now  # noqa: E402
from hub.patrols.intake import Answer, Intake, Sent  # noqa: E402
from hub.patrols.tracks import Stored  # noqa: E402
from sharing.canonical import utc_text  # noqa: E402

ROOM = "duty rooms"


def _view(sent: Sent) -> dict[str, Any]:
    """What the hub's own `position` says."""
    fix, actor = sent.report.fixes[-1], sent.actor
    return {
        "patrol_id": sent.report.patrol_id, "unit_id": actor.user_id, "unit_name": actor.name,
        "bureau_id": actor.bureau_id, "lon": fix.lon, "lat": fix.lat,
        "accuracy_m": fix.accuracy_m, "at": utc_text(datetime.fromtimestamp(fix.t, UTC)),
        "received_at": utc_text(utc_now()), "clock_suspect": False, "paused": False,
        "bureau_name": "吴兴", "patrol_number": "联巡试0001号", "patrol_title": "頔塘夜查",
        "side": "a",
    }  # fmt: skip


def _broadcast(app: Flask) -> None:
    socketio = app.extensions["socketio"]
    publisher = app.extensions["hub.publisher"]
    intake: Intake = app.extensions["hub.intake"]
    store = intake.store

    def store_and_tell(sent: Sequence[Sent]) -> Sequence[Answer]:
        answers = store(sent)
        for one, answer in zip(sent, answers, strict=True):
            if isinstance(answer, Stored) and answer.new:
                socketio.emit("position", _view(one), to=ROOM)
        return answers

    intake.store = store_and_tell
    publisher.units.tell = lambda _session: None
    door = socketio.server.namespace_handlers["/"]
    door.on_watch = lambda _data=None: socketio.server.enter_room(_sid(), ROOM)


def _sid() -> str:
    from flask import request

    return request.sid  # type: ignore[attr-defined,no-any-return]


class BenchServer(run.Server):
    """run.py's server."""

    def load(self) -> Flask:
        """The application of one worker."""
        app = create_app(self.settings)
        if sys.argv[1] == "broadcast":
            _broadcast(app)
        start_worker(app)
        spare_the_loaded()
        return app


BenchServer(Settings.from_env()).run()
