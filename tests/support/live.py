"""The hub as its users meet it: run.py in its own process, on a free port."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tests.support.processes import ROOT, Process, fork_hub, start_hub

START_LIMIT_S = 60


def free_port() -> int:
    """A TCP port that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LiveHub:
    """Starts, stops, kills and restarts a hub on one port and one database."""

    def __init__(
        self, *, database_url: str | Callable[[], str], data_dir: Path, boundary_file: Path
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database_url = database_url
        self.data_dir = data_dir
        self.boundary_file = boundary_file
        self.process: Process | None = None
        self.counted = False
        self.log = data_dir.parent / "hub.log"

    def start(self, *, plainly: bool = False, program: Path | None = None, **env: str) -> LiveHub:
        """Start and wait until it is ready; `env` adds settings such as HUB_WORKERS.

        Args:
            plainly: as a user starts run.py, not forked from a process that has it loaded.
            program: the folder of another release of the program, started plainly.
        """
        url = self.database_url if isinstance(self.database_url, str) else self.database_url()
        settings = {
            "HUB_DEMO": "1",
            "HUB_PORT": str(self.port),
            "HUB_DATABASE_URL": url,
            "HUB_DATA_DIR": str(self.data_dir),
            "HUB_BOUNDARY_FILE": str(self.boundary_file),
        }
        settings = os.environ | settings | env
        if plainly or program:
            self.process = start_hub(settings, self.log, program or ROOT)
        else:
            self.process = fork_hub(settings, self.log, counted=self.counted)
        self._await_ready()
        return self

    def _await_ready(self) -> None:
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline:
            assert self.process is not None
            if self.process.poll() is not None:
                raise AssertionError(f"the hub ended at once:\n{self.log.read_text()}")
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.03)  # polling a process that is starting, up to the deadline
        raise AssertionError(f"the hub is not ready:\n{self.log.read_text()}")

    def leave(self) -> None:
        """End it when its test is over: at once, unless it has yet to write what it ran through."""
        self._end(signal.SIGTERM if self.counted else signal.SIGKILL)

    def stop(self) -> None:
        """Stop gracefully."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill at once, workers included, as a power cut would."""
        self._end(signal.SIGKILL)

    def _end(self, number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, number)
            self.process.wait(timeout=30)
        self.process = None


def newer_release(folder: Path) -> Path:
    """A copy of the program whose field app says of itself that it is the next one."""
    for part in ("hub", "geo", "sharing", "templates"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(ROOT / "run.py", folder)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    with (folder / "hub/static/js/field/app.js").open("a", encoding="utf-8") as app:
        app.write('document.documentElement.dataset.release = "next";\n')
    return folder
