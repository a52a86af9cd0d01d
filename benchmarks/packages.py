"""A package of a gigabyte: memory while it is built and verified, and the time against SHA-256.

The content does not compress (as photos do not). Each step runs in a process of its own, whose
highest resident memory is told by the system; the baseline for memory is the package's size, for
time one pass of SHA-256 over the same bytes.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.result import Result
from sharing.manifest import Manifest, PackageKind, Party
from sharing.package_records import PackedRecord
from sharing.package_writer import PackageWriter
from sharing.packages import open_package
from sharing.signing import PrivateKey, PublicKey, Purpose, new_key
from sharing.zip_tree import MEGABYTE, Limits, ZipTree

FILES = int(os.environ.get("BENCH_PACKAGE_FILES", "52"))
EACH = 20
RECORDS = 20_000


def _pieces() -> Iterator[bytes]:
    block = os.urandom(MEGABYTE)
    for number in range(EACH):
        yield block[number:] + block[:number]


def _records() -> Iterator[PackedRecord]:
    for number in range(RECORDS):
        yield PackedRecord("case", f"{number:08}", 1, "330502", 2, {"text": os.urandom(99).hex()})


def _build(path: str, key: PrivateKey) -> None:
    now = datetime.now(UTC)
    sender, recipient = Party("330502", "吴兴"), Party("320509", "吴江")
    with Path(path).open("wb") as stream, PackageWriter(stream, "bench") as writer:
        writer.add_records("case", _records())
        for number in range(FILES):
            writer.add(f"files/{number:03}.jpg", _pieces(), media_type="image/jpeg")
        manifest = Manifest("bench", PackageKind.EXCHANGE, sender, recipient, now)
        writer.close(manifest, key, now)


def _verify(path: str, key: PublicKey) -> None:
    with Path(path).open("rb") as stream:
        tree = ZipTree(stream, Limits(total=4096 * MEGABYTE))
        found = open_package(tree, [key], now=datetime.now(UTC), recipient="320509")
        assert sum(1 for _ in found.records()) == RECORDS


def _hash(path: str, _key: Any) -> None:
    with Path(path).open("rb") as stream:
        hashlib.file_digest(stream, "sha256")


def _child(queue: Any, work: Callable[[str, Any], None], path: str, key: Any) -> None:
    began = time.perf_counter()
    work(path, key)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    queue.put((time.perf_counter() - began, peak))


def _apart(work: Callable[[str, Any], None], path: str, key: Any) -> tuple[float, float]:
    """Seconds and peak memory (MB) of some work in a fresh process."""
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    process = context.Process(target=_child, args=(queue, work, path, key))
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(f"{work.__name__} failed")
    took: tuple[float, float] = queue.get()
    return took


def run() -> Iterator[Result]:
    """Build, verify, and hash the same file."""
    now = datetime.now(UTC)
    key = new_key("330502", Purpose.PACKAGE, now - timedelta(days=1))
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/bench.zip"
        _took, building = _apart(_build, path, key)
        size = Path(path).stat().st_size / MEGABYTE
        checked, verifying = _apart(_verify, path, key.public)
        hashed, _peak = _apart(_hash, path, None)
    yield Result("memory to build", building, "MB", "package size", size, "smaller")
    yield Result("memory to verify", verifying, "MB", "package size", size, "smaller")
    yield Result("verify", size / checked, "MB/s", "sha256 alone", size / hashed)
