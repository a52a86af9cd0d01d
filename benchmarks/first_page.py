"""`make run` on a warm machine to the first sign-in page, against only importing the program."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator

from benchmarks.hubs import PYTHON, ROOT, await_answer
from benchmarks.result import Result
from tests.support.live import free_port

TIMES = 3


def _import_s() -> float:
    began = time.perf_counter()
    subprocess.run([PYTHON, "-c", "import hub.app"], cwd=ROOT, check=True)
    return time.perf_counter() - began


def _first_page_s() -> float:
    """Migrations, demo data and server start included; nothing is installed any more."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="lianfang-bench-") as folder:
        env = os.environ | {
            "HUB_DEMO": "1",
            "HUB_PORT": str(port),
            "HUB_DATA_DIR": folder,
            "HUB_DATABASE_URL": "",
            "HUB_REDIS_URL": "",
        }
        began = time.perf_counter()
        with subprocess.Popen(
            ["make", "--silent", "run"],
            cwd=ROOT,
            env=env,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
        ) as server:
            try:
                await_answer(f"http://127.0.0.1:{port}/login")
                return time.perf_counter() - began
            finally:
                os.killpg(server.pid, signal.SIGTERM)


def run() -> Iterator[Result]:
    """Median seconds of three starts with an empty data folder."""
    subprocess.run(["make", "--silent", "setup"], cwd=ROOT, check=True)
    starts, imports = [], []
    for _ in range(TIMES):
        starts.append(_first_page_s())
        imports.append(_import_s())
    yield Result(
        "make run to the first page",
        sorted(starts)[TIMES // 2],
        "s",
        "python -c 'import hub.app'",
        sorted(imports)[TIMES // 2],
        better="smaller",
    )
