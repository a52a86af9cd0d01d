"""The hub with one more route, /fire, that records changes of 1 KB; everything else is the hub."""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402
import uuid  # noqa: E402

from flask import Flask, request  # noqa: E402

import run  # noqa: E402
from hub.app import create_app, spare_the_loaded  # noqa: E402
from hub.changes import SYSTEM, record_change  # noqa: E402
from hub.config import Settings  # noqa: E402
from hub.db import unit_of_work  # noqa: E402
from hub.realtime.renderers import RENDERERS  # noqa: E402

BUREAU = sys.argv[1]


def fire() -> str:
    """Record n changes in one transaction."""
    with unit_of_work() as session:
        for _ in range(int(request.args["n"])):
            record_change(
                session,
                SYSTEM,
                kind="bench",
                record_id=str(uuid.uuid4()),
                version=1,
                verb="updated",
                bureaus=[BUREAU],
            )
    return "ok"


class BenchServer(run.Server):
    """run.py's server with the route added."""

    def load(self) -> Flask:
        """The application of one worker."""
        RENDERERS["bench"] = lambda _session, _reader, record_id: {
            "id": record_id,
            "text": "x" * 1000,
        }
        app = create_app(self.settings)
        app.add_url_rule("/fire", view_func=fire)
        spare_the_loaded()
        return app


BenchServer(Settings.from_env()).run()
