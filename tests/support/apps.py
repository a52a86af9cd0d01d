"""The application, made once and lent to one test after the other.

Making it costs more than most tests (500 routes to compile, every statement and template anew),
and it keeps no state of its own: all state is in the database, which each test brings, and in the
settings. What a test changes on it is put back; one whose publisher began to run is thrown away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from apiflask import APIFlask
from sqlalchemy import event, make_url

from hub.app import create_app
from hub.config import Settings
from hub.db import Database
from tests.support.databases import Copy


@dataclass
class LentApp:
    """An application bound to the database of whoever has it."""

    app: APIFlask
    extensions: dict[str, Any]
    config: dict[str, Any]
    hooks: tuple[list[Any], list[Any]]
    copy: Copy | None = None

    @property
    def database(self) -> Database:
        """The application's door to the database."""
        found: Database = self.extensions["hub.db"]
        return found

    def bind(self, copy: Copy) -> None:
        """Talk to this database from now on; what was open to another is closed."""
        self.database.dispose()
        self.copy = copy
        self.database.url = copy.url
        self.database.engine.url = make_url(copy.url)

    def restore(self) -> bool:
        """Put back what a test changed; False if it cannot be put back."""
        self.database.dispose()
        self.copy = None
        self.app.extensions.clear()
        self.app.extensions.update(self.extensions)
        self.app.config.clear()
        self.app.config.update(self.config)
        self.database.before_commit[:], self.database.after_commit[:] = map(list, self.hooks)
        return not self.extensions["hub.publisher"]._started


class Apps:
    """Lends applications."""

    def __init__(self, settings: Callable[[str, Path], Settings], url: str, folder: Path) -> None:
        self._settings = settings
        self._url = url
        self._folder = folder
        self._free: list[LentApp] = []

    def lend(self, copy: Copy, data_dir: Path) -> LentApp:
        """An application on this database, with this data folder."""
        lent = self._free.pop() if self._free else self._make()
        settings = lent.extensions["hub.settings"]
        lent.app.extensions["hub.settings"] = replace(settings, data_dir=str(data_dir))
        lent.bind(copy)
        return lent

    def take_back(self, lent: LentApp) -> None:
        """Keep it for the next one."""
        if lent.restore():
            self._free.append(lent)

    def _make(self) -> LentApp:
        app = create_app(self._settings(self._url, self._folder))
        database: Database = app.extensions["hub.db"]
        hooks = (list(database.before_commit), list(database.after_commit))
        lent = LentApp(app, dict(app.extensions), dict(app.config), hooks)
        _redirect(lent)
        return lent


def _redirect(lent: LentApp) -> None:
    @event.listens_for(lent.database.engine, "do_connect")
    def to_the_copy(dialect: Any, _record: Any, args: list[Any], options: dict[str, Any]) -> None:
        assert lent.copy is not None, "a test uses the hub of another one, which has ended"
        places, more = dialect.create_connect_args(make_url(lent.copy.make()))
        args[:] = places
        options.update({key: value for key, value in more.items() if key not in options})
        if "dbname" in more:
            options["dbname"] = more["dbname"]
