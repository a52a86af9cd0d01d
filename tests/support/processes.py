"""Hubs in processes of their own: forked from one that has the program loaded, or started anew."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Protocol, cast

import psutil

from tests.support.counting import COUNTS

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


# By whether what their hubs run through is counted.
_servers: dict[bool, subprocess.Popen[bytes]] = {}


def fork_command(env: dict[str, str], log: Path, *arguments: str) -> Process:
    """A command of the program with this environment, forked."""
    return _forked({"env": env, "log": str(log), "command": arguments})


def fork_hub(env: dict[str, str], log: Path, *, counted: bool = False) -> Process:
    """run.py with this environment, forked; `counted`: it tells what it ran through."""
    return _forked({"env": env, "log": str(log)}, counted=counted)


def _forked(asked: dict[str, object], *, counted: bool = False) -> Process:
    server = _running_server(counted)
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps(asked).encode() + b"\n")
    server.stdin.flush()
    line = server.stdout.readline()
    assert line, "the process that forks hubs has ended"
    return Forked(int(line))


def _running_server(counted: bool) -> subprocess.Popen[bytes]:
    if counted not in _servers:
        env = {name: value for name, value in os.environ.items() if counted or name != COUNTS}
        _servers[counted] = subprocess.Popen(
            [sys.executable, str(FORKSERVER)],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        atexit.register(_end, _servers[counted])
    return _servers[counted]


def _end(server: subprocess.Popen[bytes]) -> None:
    for pipe in (server.stdin, server.stdout):
        if pipe is not None:
            pipe.close()
    server.wait(timeout=30)


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
