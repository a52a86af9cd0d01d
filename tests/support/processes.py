"""Hubs in processes of their own: forked from one that has the program loaded, or started anew."""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
from pathlib import Path
from typing import Protocol, cast

import psutil

ROOT = Path(__file__).resolve().parent.parent.parent
FORKSERVER = ROOT / "tests" / "support" / "forkserver.py"


class Process(Protocol):
    """What tests ask of a hub's process."""

    pid: int

    def poll(self) -> int | None:
        """None while it runs."""

    def wait(self, timeout: float) -> int | None:
        """Wait for its end; raises when it takes longer."""


class Forked:
    """A process that is not our child."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._process = psutil.Process(pid)

    def poll(self) -> int | None:
        """See Process; how it ended is not known."""
        return None if self._process.is_running() else 0

    def wait(self, timeout: float) -> int | None:
        """See Process."""
        return cast("int | None", self._process.wait(timeout))


_server: subprocess.Popen[bytes] | None = None


def fork_command(env: dict[str, str], log: Path, *arguments: str) -> Process:
    """A command of the program with this environment, forked."""
    return _forked({"env": env, "log": str(log), "command": arguments})


def fork_hub(env: dict[str, str], log: Path) -> Process:
    """run.py with this environment, forked."""
    return _forked({"env": env, "log": str(log)})


def _forked(asked: dict[str, object]) -> Process:
    server = _running_server()
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps(asked).encode() + b"\n")
    server.stdin.flush()
    line = server.stdout.readline()
    assert line, "the process that forks hubs has ended"
    return Forked(int(line))


def _running_server() -> subprocess.Popen[bytes]:
    global _server
    if _server is None:
        _server = subprocess.Popen(
            [sys.executable, str(FORKSERVER)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        atexit.register(_end)
    return _server


def _end() -> None:
    global _server
    if _server is not None:
        for pipe in (_server.stdin, _server.stdout):
            if pipe is not None:
                pipe.close()
        _server.wait(timeout=30)
        _server = None


def start_hub(env: dict[str, str], log: Path, root: Path = ROOT) -> Process:
    """run.py with this environment, as a user starts it; `root` is the program's folder."""
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, str(root / "run.py")],
            cwd=root,
            env=env,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
