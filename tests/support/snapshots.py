"""Snapshots: a step that many tests begin with is done once and copied from then on."""

from __future__ import annotations

import copy
import itertools
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.databases import Server

Steps = tuple[str, ...]


@dataclass
class Snapshot:
    """A database after some steps, with the files beside it and what the last step gave."""

    url: str
    files: Path
    result: Any
    made_at: float


class Snapshots:
    """All of this process, by the steps that lead there."""

    def __init__(self, server: Server, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self._kept: dict[Steps, Snapshot] = {}
        self._numbers = itertools.count()

    def find(self, steps: Steps, fresh_s: float) -> Snapshot | None:
        """The snapshot, unless there is none or it is older than that many seconds."""
        found = self._kept.get(steps)
        return found if found and time.monotonic() - found.made_at < fresh_s else None

    def keep(self, steps: Steps, url: str, data_dir: Path, result: Any) -> None:
        """Keep a database that nobody is connected to, and its files.

        What was built on an earlier one of the same steps goes with it: it holds other records.
        """
        gone = [known for known in self._kept if known[: len(steps)] == steps]
        old = [self._kept.pop(known) for known in gone]
        kept = self._server.fresh_url(self._folder)
        self._server.copy(url, kept)
        # A number of its own: who has no files must not find those of the next.
        files = self._folder / f"files-{next(self._numbers)}"
        if data_dir.exists():
            shutil.copytree(data_dir, files)
        self._kept[steps] = Snapshot(kept, files, copy.deepcopy(result), time.monotonic())
        for snapshot in old:
            self._server.drop(snapshot.url)
