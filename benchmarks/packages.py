"""A package of a gigabyte: memory while it is built, verified and imported; time against SHA-256.

The content does not compress (as photos do not). Each step runs in a process of its own, whose
highest resident memory is told by the system; the baseline for memory is the package's size, for
time one pass of SHA-256 over the same bytes. Dry run and import are the commands of a hub; what the
hub itself takes, with nothing to do, is told beside.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks.hubs import PYTHON, ROOT, Prepared, prepared, settings_of
from benchmarks.result import Result
from hub.app import create_app
from hub.bureaus.models import Bureau
from hub.keys.services import signing_key
from sharing.manifest import Manifest, PackageKind, Party
from sharing.package_records import PackedRecord
from sharing.package_writer import PackageWriter
from sharing.packages import open_package
from sharing.signing import PrivateKey, PublicKey, Purpose, new_key
from sharing.zip_tree import MEGABYTE, Limits, ZipTree

FILES = int(os.environ.get("BENCH_PACKAGE_FILES", "52"))
EACH = 20
RECORDS = 20_000
# A process begins with the peak of the one that started it: one that holds a gigabyte may not
# start what is measured, so that a small one does and tells the peak (KiB) of its child.
MEASURE = """
import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_pid, status, used = os.wait4(child.pid, 0)
print(used.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def _pieces() -> Iterator[bytes]:
    block = os.urandom(MEGABYTE)
    for number in range(EACH):
        yield block[number:] + block[:number]


def _records(owner: str) -> Iterator[PackedRecord]:
    for number in range(RECORDS):
        yield PackedRecord("case", f"{number:08}", 1, owner, 2, {"text": os.urandom(99).hex()})


def _build(path: str, key: PrivateKey, owner: str = "330502", to: str = "320509") -> None:
    now = datetime.now(UTC)
    sender, recipient = Party(owner, "甲"), Party(to, "乙")
    with Path(path).open("wb") as stream, PackageWriter(stream, "bench") as writer:
        writer.add_records("case", _records(owner))
        for number in range(FILES):
            writer.add(
                f"files/{number:03}.jpg", _pieces(), media_type="image/jpeg",
                record=f"case:{number:08}",
            )  # fmt: skip
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


def _command(hub: Prepared, *words: str) -> float:
    """Peak memory (MB) of one `flask --app hub` command; raises RuntimeError when it fails."""
    command = [PYTHON, "-c", MEASURE, PYTHON, "-m", "flask", "--app", "hub", *words]
    done = subprocess.run(
        command, cwd=ROOT, env=hub.env, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{words} failed")
    return int(done.stdout) / 1024


def _key_of_sender(hub: Prepared) -> PrivateKey:
    """The key of Changxing, which Yixing of the same hub believes."""
    app = create_app(settings_of(hub.folder))
    database = app.extensions["hub.db"]
    with app.app_context(), database.read_only() as session:
        sender = session.scalars(select(Bureau.id).where(Bureau.code == "changxing")).one()
        key = signing_key(
            session, sender, Purpose.PACKAGE, app.extensions["hub.settings"].secret_key
        )
    database.dispose()
    return key


def _imports() -> Iterator[Result]:
    with prepared("yixing-liaison") as hub:
        path = f"{hub.folder}/bench.zip"
        _build(path, _key_of_sender(hub), "330522", "320282")
        size = Path(path).stat().st_size / MEGABYTE
        idle = _command(hub, "db", "upgrade")
        take = ("package", "import", path, "--user", "yixing-liaison")
        for claim, words in (("dry run", (*take, "--dry-run")), ("import", take)):
            note = f"a hub with nothing to do: {idle:.0f} MB"
            peak = _command(hub, *words)
            yield Result(f"memory: {claim}", peak, "MB", "package size", size, "smaller", note)


def _child(queue: Any, work: Callable[[str, Any], None], path: str, key: Any) -> None:
    # The process holds the whole hub already, which building and verifying do not need.
    held, began = _peak(), time.perf_counter()
    work(path, key)
    queue.put((time.perf_counter() - began, _peak() - held))


def _peak() -> float:
    """The most memory (MB) that this process had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _apart(work: Callable[[str, Any], None], path: str, key: Any) -> tuple[float, float]:
    """Seconds and the memory (MB) that some work adds to a process of its own."""
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
    yield Result("memory that building adds", building, "MB", "package size", size, "smaller")
    yield Result("memory that verifying adds", verifying, "MB", "package size", size, "smaller")
    yield from _imports()
    yield Result("verify", size / checked, "MB/s", "sha256 alone", size / hashed)
