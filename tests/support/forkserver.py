"""A process that has run.py's modules loaded and forks a hub from them for each line it reads.

A hub of its own process takes some 4 s of processor time to load its modules and 0.3 s for the
rest; with many such hubs in the suite only the first pays. What runs in a hub is run.py's `main`,
in a session of its own, with the environment it was asked for.

Line in: `{"env": {...}, "log": path}`, with `"command": [...]` for a command of the program instead
of a hub; line out: its process id.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.support import counting  # noqa: E402 - before anything of the program

counting.begin()

from gevent import monkey  # noqa: E402
from sqlalchemy.orm import configure_mappers  # noqa: E402

import run  # noqa: E402 - patches the standard library before anything else is loaded
from hub.app import BLUEPRINTS, create_app  # noqa: E402
from tests.support import moments  # noqa: E402

# The plain calls: a green loop that is running when a process forks would be in both.
FORK = monkey.get_original("os", "fork")


def serve() -> None:
    """Fork until the input ends."""
    for name in BLUEPRINTS:
        import_module(name)
    configure_mappers()
    # What is loaded is no hub's garbage: each would look through all of it once.
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # hubs that end are nobody's to wait for
    kept = b""
    while news := os.read(0, 65536):
        kept += news
        while b"\n" in kept:
            line, _, kept = kept.partition(b"\n")
            pid = FORK()
            if pid == 0:
                become(json.loads(line))
            os.write(1, f"{pid}\n".encode())


def become(asked: dict[str, Any]) -> None:
    """Be a hub, or do a command; never to return."""
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for target, source in ((0, os.open(os.devnull, os.O_RDONLY)), (1, log), (2, log)):
            os.dup2(source, target)
        os.environ.clear()
        os.environ.update(asked["env"])
        os.chdir(ROOT)
        moments.arm(os.environ)
        counting.begin_anew()
        code = command(asked["command"]) if asked.get("command") else serve_hub()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        # The hub's own worker, forked from here, comes by too.
        counting.leave()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def serve_hub() -> int:
    """run.py, to the end of the hub."""
    sys.argv = ["run.py"]
    return run.main()


def command(arguments: list[str]) -> int:
    """`flask --app hub` with these arguments."""
    told = create_app().test_cli_runner(catch_exceptions=False).invoke(args=arguments)
    print(told.output)
    return told.exit_code


if __name__ == "__main__":
    serve()
