"""How far work on a large package is: told step by step, to a terminal or to a page that asks.

For a page it stands in a small file beside the data. A file and no table, because it is written
several times a second, while other transactions are open; any worker of the hub can read it, and
nobody misses it when it is gone.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import click

# How much is done by now, of what the step said it would be.
Told = Callable[[int], None]
# A page asks about twice a second.
EVERY_S = 0.25
# Steps that read the database, so among the requests of a green server and not on a thread aside.
AMONG_REQUESTS = ("compare", "import")
# What a killed worker left; no work takes so long.
LEFT_AFTER_S = 24 * 3600.0


class Telling(Protocol):
    """To whom it is told."""

    def step(self, name: str, of: int) -> AbstractContextManager[Told]:
        """A step by its name (see `words.STEPS`) and its size, while it lasts."""


class Untold:
    """Nobody waits."""

    @contextmanager
    def step(self, name: str, of: int) -> Iterator[Told]:  # noqa: ARG002 - the protocol's
        """Nothing is told."""
        yield lambda _done: None


class Bars:
    """A bar on a terminal for each step; nothing in a file."""

    @contextmanager
    def step(self, name: str, of: int) -> Iterator[Told]:
        """A bar of its own."""
        with click.progressbar(length=of, label=name, file=sys.stderr) as bar:
            yield lambda done: bar.update(done - bar.pos)


@dataclass
class Kept:
    """In a file, from which a page's question is answered (`progress_of`)."""

    path: Path
    _next: float = field(default=0.0, init=False)

    @contextmanager
    def step(self, name: str, of: int) -> Iterator[Told]:
        """Written at once and then a few times a second."""
        self._write(name, 0, of)

        def told(done: int) -> None:
            if time.monotonic() >= self._next:
                self._write(name, done, of)
            if name in AMONG_REQUESTS:
                time.sleep(0)  # others are answered meanwhile, whoever asks how far it is too

        yield told

    def _write(self, name: str, done: int, of: int) -> None:
        draft = self.path.with_suffix(".tmp")
        draft.write_text(json.dumps({"step": name, "done": min(done, of), "of": of}))
        draft.replace(self.path)
        self._next = time.monotonic() + EVERY_S


def _path(folder: Path, user_id: str, key: str) -> Path:
    # Nobody finds out another's by guessing keys: the person is part of the name.
    return folder / f"{hashlib.sha256(f'{user_id} {key}'.encode()).hexdigest()}.json"


@contextmanager
def kept(folder: Path, user_id: str, key: str | None) -> Iterator[Telling]:
    """Tell whoever knows the key, until the work is over; without a key nobody asks.

    Args:
        folder: where the files lie; what was left there by a worker that died is removed.
    """
    if key is None:
        yield Untold()
        return
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.stat().st_mtime < time.time() - LEFT_AFTER_S:
            old.unlink(missing_ok=True)
    path = _path(folder, user_id, key)
    try:
        yield Kept(path)
    finally:
        path.unlink(missing_ok=True)


def progress_of(folder: Path, user_id: str, key: str) -> dict[str, Any] | None:
    """How far a person's own work is: its step, how much is done and of how much; None: over."""
    try:
        found: dict[str, Any] = json.loads(_path(folder, user_id, key).read_text())
    except FileNotFoundError:
        return None
    return found
