"""Serve the hub: one process on SQLite, several workers behind one port on PostgreSQL and Redis."""

from gevent import monkey

monkey.patch_all()  # before anything else opens a socket or a lock

import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from gunicorn.app.base import BaseApplication  # noqa: E402
from sqlalchemy.exc import OperationalError  # noqa: E402

from hub import migrations  # noqa: E402
from hub.app import create_app, spare_the_loaded, start_worker  # noqa: E402
from hub.config import Settings, SettingsError  # noqa: E402
from hub.db import Database  # noqa: E402


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with green workers; restarts a worker that dies, stops gracefully."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"{self.settings.host}:{self.settings.port}",
            "workers": self.settings.workers,
            "worker_class": "gevent",
            "worker_connections": 10_000,
            "graceful_timeout": 5,
            "proc_name": "lianfang",
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for key, value in options.items():
            if key in self.cfg.settings:
                self.cfg.set(key, value)

    def load(self) -> object:
        # Called in the worker, after the fork: engines and threads are never shared.
        app = create_app(self.settings)
        start_worker(app)
        spare_the_loaded()
        return app


def schema_fault(settings: Settings) -> str | None:
    """Why this program cannot serve this database: its schema is missing, older or newer."""
    Path(settings.data_dir).mkdir(parents=True, exist_ok=True)
    database, newest = Database(settings.url), migrations.newest()
    try:
        with database.engine.connect() as connection:
            found = migrations.current(connection)
    except OperationalError:
        # A database that is away comes back; until then every request is answered so.
        return None
    finally:
        database.engine.dispose()
    if found == newest:
        return None
    if found > newest:
        return (
            f"the schema of the database is {found}, this program knows {newest}: use a newer one"
        )
    return f"the schema is {found or 'missing'}, not {newest}: run flask --app hub db upgrade"


def main() -> int:
    """Start; a wrong setting or schema is said in one line."""
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        print(f"lianfang: {error}", file=sys.stderr)
        return 2
    if fault := schema_fault(settings):
        print(f"lianfang: {fault}", file=sys.stderr)
        return 2
    Server(settings).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
