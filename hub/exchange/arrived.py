"""A package that was checked lies on the hub until its person says "import": it is sent once.

One for each person, the newest; not for long, and not more than a few in all. Whoever comes too
late, or checked another package meanwhile, sends the file again. What lies here is trusted no more
than what comes over the line: the import verifies it from the first byte to the last.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.db import Database
from hub.errors import Conflict
from sharing.models import new_id

KEPT = timedelta(hours=1)
# So many at a time: a hub's disk holds them beside what it imports. The oldest give way.
MOST = 4
PIECE = 1 << 20


class NotKept(Conflict):
    """The package that was checked lies here no longer: it is to be sent with the import."""

    code = "package-not-kept"

    def __init__(self) -> None:
        super().__init__(_l("核验过的数据包已不在服务器上，请重新上传。"))


class ArrivedFolder:
    """Where they lie: a file for each person, named by what nobody can guess another's from."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "arrived"

    def _path(self, user_id: str) -> Path:
        return self.folder / f"{hashlib.sha256(user_id.encode()).hexdigest()}.zip"

    def keep(self, user_id: str, stream: IO[bytes]) -> None:
        """Keep a person's package in place of the one before; whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f"{new_id()}.part"
        stream.seek(0)
        try:
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as out:
                shutil.copyfileobj(stream, out, PIECE)
            draft.replace(self._path(user_id))
        finally:
            draft.unlink(missing_ok=True)
        for old in self._by_age()[:-MOST]:
            old.unlink(missing_ok=True)

    def open(self, user_id: str) -> IO[bytes]:
        """The package that a person checked last.

        Raises:
            NotKept: there is none any more.
        """
        try:
            return self._path(user_id).open("rb")
        except FileNotFoundError:
            raise NotKept from None

    def drop(self, user_id: str) -> None:
        """Remove a person's package: it was imported."""
        self._path(user_id).unlink(missing_ok=True)

    def left_before(self, at: datetime) -> list[str]:
        """Names of files that came before a moment, parts that a kill left too."""
        before = at.timestamp()
        return [path.name for path, came in self._ages() if came < before]

    def remove(self, name: str) -> bool:
        """Remove a file by its name; whether it was there."""
        path = self.folder / name
        found = path.exists()
        path.unlink(missing_ok=True)
        return found

    def _by_age(self) -> list[Path]:
        ages = sorted(self._ages(), key=lambda one: (one[1], one[0].name))
        return [path for path, _came in ages if path.suffix == ".zip"]

    def _ages(self) -> list[tuple[Path, float]]:
        """Files with the second since 1970 in which each was written; one that goes is left out."""
        found = []
        for path in self.folder.glob("*"):
            try:
                found.append((path, path.stat().st_mtime))
            except FileNotFoundError:
                continue
        return found


def arrived_folder() -> ArrivedFolder:
    """The folder of this hub."""
    return ArrivedFolder(Path(current_app.extensions["hub.settings"].data_dir))


def forgotten(_session: Session, at: datetime) -> Sequence[str]:
    """Names of files whose time is over."""
    return arrived_folder().left_before(at - KEPT)


def forget(_database: Database, name: str, at: datetime) -> bool:
    """Remove one of them, unless it came anew meanwhile; whether it was due."""
    folder = arrived_folder()
    return name in folder.left_before(at - KEPT) and folder.remove(name)
