"""Which lines and branches of our own code the suite runs through, counted by slipcover.

A tracer is called for every call of every library as well: tests of cases took 1.8 times their
time with one and take 1.3 times so. Slipcover writes probes into our own modules alone as they
are imported; so this plugin comes before anything of the program: `-p tests.support.counting`.

It counts where LIANFANG_COUNTS names a folder. Each process leaves there what it ran through;
`python -m tests.support.counting FOLDER` adds it up and fails below what we ask of each part.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import uuid
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import slipcover
from slipcover.importer import SlipcoverLoader

ROOT = Path(__file__).resolve().parent.parent.parent
COUNTS = "LIANFANG_COUNTS"
# Folders, and the least share of their lines and branches in percent.
ASKED = ((("geo", "sharing"), 100.0), (("hub",), 95.0))
PARTS = [str(ROOT / part) for parts, _ in ASKED for part in parts]

# After so many passes a probe is taken out. All functions are gone through for that: seldom.
PASSES = 100_000

_counter: slipcover.Slipcover | None = None


def begin() -> None:
    """Count what is imported from here on, where a folder is named for it."""
    global _counter
    if os.environ.get(COUNTS) and _counter is None:
        _counter = slipcover.Slipcover(branch=True, d_miss_threshold=PASSES)
        ours = slipcover.FileMatcher(sources=PARTS)
        slipcover.ImportManager(_counter, ours).__enter__()
        _count_files(_counter, ours)


def _count_files(counter: slipcover.Slipcover, ours: slipcover.FileMatcher) -> None:
    """What is loaded by its file, as migrations are, comes by none of the import's finders."""
    plain = importlib.util.spec_from_file_location

    def counted(*args: Any, **more: Any) -> ModuleSpec | None:
        spec = plain(*args, **more)
        if spec is not None and spec.loader is not None and ours.matches(spec.origin):
            spec.loader = SlipcoverLoader(counter, spec.loader, str(spec.origin))
        return spec

    importlib.util.spec_from_file_location = counted


def begin_anew() -> None:
    """Forget what this process ran through before it was forked: the other one tells of that."""
    if _counter is not None:
        _counter.signal_child_process()


def leave() -> None:
    """Write what this process ran through into the folder."""
    if _counter is None:
        return
    folder = Path(os.environ[COUNTS])
    folder.mkdir(exist_ok=True)
    (folder / f"{uuid.uuid4().hex}.json").write_text(json.dumps(_counter.get_coverage()))


def pytest_sessionfinish() -> None:
    """At the end of each of a run's processes."""
    leave()


def added_up(folder: Path) -> dict[str, Any]:
    """What all processes ran through together; what none imported counts as missed."""
    known = slipcover.Slipcover(branch=True, source=PARTS)
    total: dict[str, Any] = known.get_coverage()
    for told in sorted(folder.glob("*.json")):
        slipcover.merge_coverage(total, json.loads(told.read_text()))
    return total


def enough(total: dict[str, Any], parts: tuple[str, ...], least: float) -> bool:
    """Print what these folders lack; whether they have what is asked of them, in percent."""
    chosen = {path: file for path, file in total["files"].items() if path.startswith(parts)}
    part = {"meta": total["meta"], "files": chosen}
    slipcover.slipcover.add_summaries(part)
    slipcover.print_coverage(part, outfile=sys.stdout, skip_covered=True)
    share = part["summary"]["percent_covered"]
    print(f"{', '.join(parts)}: {share:.2f} % of lines and branches; {least:g} % are asked")
    return bool(share >= least)


def main(folder: Path) -> int:
    """Exit code: 0 where every part has what is asked of it."""
    total = added_up(folder)
    missed = [parts for parts, least in ASKED if not enough(total, parts, least)]
    return 1 if missed else 0


begin()

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
