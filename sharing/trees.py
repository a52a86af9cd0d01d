"""What a bag is read from: an unpacked folder or a zip file, the same to whoever reads it."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from io import RawIOBase
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from sharing.errors import PackageRefused

CHUNK = 1 << 20


class Tree(Protocol):
    """The files of a bag, by their path below the bag's folder, with `/` between."""

    def names(self) -> list[str]:
        """All files, sorted."""

    def size(self, name: str) -> int:
        """Bytes of a file."""

    def open(self, name: str) -> BinaryIO:
        """A file to read from its beginning; the caller closes it."""


def check_path(name: str) -> None:
    """Refuse a path that could lead elsewhere or be written in two ways.

    Raises PackageRefused: ``path_absolute``, ``path_escapes``, ``path_unsafe``.
    """
    if name.startswith("/") or name[1:2] == ":":
        raise PackageRefused("path_absolute", path=name)
    parts = name.split("/")
    if ".." in parts or parts[0].startswith("~"):
        raise PackageRefused("path_escapes", path=name)
    controls = any(unicodedata.category(char)[0] == "C" for char in name)
    if controls or "\\" in name or {"", "."} & set(parts):
        raise PackageRefused("path_unsafe", path=name)


def check_names(names: Iterable[str]) -> None:
    """Check all paths, and that no two are one file on some system.

    Raises PackageRefused: as ``check_path``, and ``duplicate_file``.
    """
    seen: set[str] = set()
    for name in names:
        check_path(name)
        same = unicodedata.normalize("NFC", name).casefold()
        if same in seen:
            raise PackageRefused("duplicate_file", path=name)
        seen.add(same)


def chunks(stream: BinaryIO) -> Iterator[bytes]:
    """A file in pieces of a megabyte."""
    while piece := stream.read(CHUNK):
        yield piece


class FolderTree:
    """An unpacked bag. Links are refused, not followed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def names(self) -> list[str]:
        """All files, sorted; raises PackageRefused ``link``."""
        found = []
        for folder, folders, files in os.walk(self.root):
            for name in (*folders, *files):
                if (Path(folder) / name).is_symlink():
                    raise PackageRefused("link", path=name)
            found += [(Path(folder) / name).relative_to(self.root).as_posix() for name in files]
        return sorted(found)

    def size(self, name: str) -> int:
        """Bytes of a file."""
        return (self.root / name).stat().st_size

    def open(self, name: str) -> BinaryIO:
        """A file to read."""
        return (self.root / name).open("rb")


class TellingTree:
    """The same files; tells how many bytes were read, for whoever waits."""

    def __init__(self, tree: Tree, told: Callable[[int], None]) -> None:
        """``told`` gets the bytes of each piece."""
        self._tree = tree
        self.told = told

    def names(self) -> list[str]:
        """All files, sorted."""
        return self._tree.names()

    def size(self, name: str) -> int:
        """Bytes of a file."""
        return self._tree.size(name)

    def open(self, name: str) -> BinaryIO:
        """A file to read."""
        return cast(BinaryIO, _TellingStream(self._tree.open(name), self))


class _TellingStream(RawIOBase):
    def __init__(self, stream: BinaryIO, tree: TellingTree) -> None:
        self._stream = stream
        self._tree = tree

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._stream.read(len(buffer))
        buffer[: len(piece)] = piece
        self._tree.told(len(piece))
        return len(piece)

    def close(self) -> None:
        self._stream.close()
        super().close()
