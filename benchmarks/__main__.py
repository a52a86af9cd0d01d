"""Run all benchmarks, or those named: `python -m benchmarks fanout locate`."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = [
    "fanout",
    "locate",
    "locate_request",
    "positions",
    "scale",
    "packages",
    "truth",
    "effort",
    "first_page",
    "room",
    "tracks",
    "partners",
    "acks",
    "units",
    "units_map",
    "storm",
    "soak",
]


def main(names: list[str]) -> int:
    """Print one line per claim; a benchmark that cannot run says why and counts as skipped."""
    for name in names or NAMES:
        print(
            f"== {name}: {import_module(f'benchmarks.{name}').__doc__.splitlines()[0]}", flush=True
        )
        for result in import_module(f"benchmarks.{name}").run():
            print("   " + (result if isinstance(result, str) else result.line()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
