"""A bag in a zip file, judged by its directory before anything is unpacked.

Limits are those against zip bombs; the file must be one zip from its first byte to its last, with
regular files alone, in one folder, whose names mean the same on every system.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, BinaryIO, cast

from sharing.errors import PackageRefused
from sharing.trees import check_names

MEGABYTE = 1 << 20
# Small files of one letter pack better than any limit and harm nobody.
_SMALL = 100_000
_END, _END64, _LOCATOR64 = 22, 56, 20


@dataclass(frozen=True)
class Limits:
    """How much a zip may hold: unpacked bytes, files, and how far it may have shrunk."""

    total: int = 100 * MEGABYTE
    entries: int = 2000
    ratio: int = 100


def _directory_size(stream: IO[bytes]) -> int:
    """Bytes of the zip's directory, by both of its end records; raises PackageRefused ``no_zip``.

    zipfile looks for an end record anywhere near the end; here it must be the very end.
    """
    size = stream.seek(0, os.SEEK_END)
    if size < _END:
        raise PackageRefused("no_zip")
    stream.seek(size - _END)
    end = stream.read(_END)
    if end[:4] != b"PK\x05\x06" or end[20:] != b"\0\0":
        raise PackageRefused("no_zip")
    directory: int = struct.unpack("<L", end[12:16])[0]
    if size < _END + _LOCATOR64 + _END64:
        return directory
    stream.seek(size - _END - _LOCATOR64 - _END64)
    larger = stream.read(_END64 + _LOCATOR64)
    if larger[_END64:][:4] == b"PK\x06\x07":
        directory = max(directory % 0xFFFFFFFF, struct.unpack("<Q", larger[40:48])[0])
    return directory


class ZipTree:
    """The files of one zip's single folder."""

    def __init__(self, stream: IO[bytes], limits: Limits | None = None) -> None:
        """Judge the directory.

        Raises PackageRefused: ``no_zip``, ``too_many_files``, ``too_large``, ``ratio``, ``link``,
        ``encrypted``, ``compression``, ``name_not_utf8``, ``duplicate_file``, ``not_one_folder``
        and the codes of ``check_path``.
        """
        bounds = limits or Limits()
        # An entry of the directory takes 46 bytes and its name.
        if _directory_size(stream) > bounds.entries * 600:
            raise PackageRefused("too_many_files", limit=bounds.entries)
        try:
            self._zip = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
            raise PackageRefused("no_zip") from error
        infos = self._zip.infolist()
        _check_infos(infos, bounds)
        self.folder = _one_folder(infos)
        self._infos = {info.filename.removeprefix(self.folder): info for info in infos}

    def names(self) -> list[str]:
        """All files, sorted."""
        return sorted(self._infos)

    def size(self, name: str) -> int:
        """Bytes of a file, unpacked, as the directory says; reading it ends there."""
        return self._infos[name].file_size

    def open(self, name: str) -> BinaryIO:
        """A file to read; a damaged one raises while it is read (see ``read_errors``)."""
        return cast(BinaryIO, self._zip.open(self._infos[name]))


# What reading a damaged member raises.
READ_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError)


def _check_infos(infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(infos) > limits.entries:
        raise PackageRefused("too_many_files", limit=limits.entries)
    if not infos or min(info.header_offset for info in infos) != 0:
        raise PackageRefused("no_zip")
    check_names(info.filename for info in infos)
    for info in infos:
        _check_info(info, limits)
    if sum(info.file_size for info in infos) > limits.total:
        raise PackageRefused("too_large", limit_mb=limits.total // MEGABYTE)


def _check_info(info: zipfile.ZipInfo, limits: Limits) -> None:
    name = info.filename
    if not info.flag_bits & 0x800 and not name.isascii():
        raise PackageRefused("name_not_utf8", path=name)
    if info.orig_filename != name:
        raise PackageRefused("path_unsafe", path=name)
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        raise PackageRefused("link", path=name)
    if info.flag_bits & 0x1:
        raise PackageRefused("encrypted", path=name)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise PackageRefused("compression", path=name)
    if info.file_size > max(_SMALL, info.compress_size * limits.ratio):
        raise PackageRefused("ratio", path=name, limit=limits.ratio)


def _one_folder(infos: list[zipfile.ZipInfo]) -> str:
    folders = {info.filename.split("/")[0] for info in infos}
    if len(folders) != 1 or any("/" not in info.filename for info in infos):
        raise PackageRefused("not_one_folder")
    return folders.pop() + "/"
