"""The hub with its group commits set as the argument says: `grouped`, or `one` commit a message."""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402
from typing import Any  # noqa: E402

from flask import Flask  # noqa: E402

import run  # noqa: E402
from hub.app import create_app, spare_the_loaded  # noqa: E402
from hub.config import Settings  # noqa: E402
from hub.together import Together  # noqa: E402


class BenchServer(run.Server):
    """run.py's server."""

    def load(self) -> Flask:
        """The application of one worker."""
        app = create_app(self.settings)
        if sys.argv[1] == "one":
            for name in ("hub.intake", "hub.acks"):
                together: Together[Any, Any] = app.extensions[name]
                app.extensions[name] = Together(together.store, wait_s=0, group=1)
        spare_the_loaded()
        return app


BenchServer(Settings.from_env()).run()
