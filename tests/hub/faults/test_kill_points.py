"""Killed at any point of a write, of a publication, of the storing of a file: what was acknowledged
is there, once and in order; what was not is whole or absent; nothing is left half done.

A few kills in the suite; all of them by `make kill`, which sets LIANFANG_KILLS and, where strace is
there, kills SQLite in the middle of its own writing too.
"""

from __future__ import annotations

import os
import random
import shutil

from tests.conftest import POSTGRES
from tests.support.killing import Killing
from tests.support.live import LiveHub
from tests.support.world import World

WHOLE = "LIANFANG_KILLS" in os.environ
KILLS = int(os.environ.get("LIANFANG_KILLS", "3" if POSTGRES else "5"))
SEED = int(os.environ.get("LIANFANG_SEED", "7"))


def test_killed_at_any_point_it_keeps_what_it_acknowledged_and_leaves_nothing_half_done(
    world: World, live_hub: LiveHub
):
    killing = Killing(world, live_hub, random.Random(SEED))  # noqa: S311 - a repeatable run
    if WHOLE and not POSTGRES and shutil.which("strace"):
        killing.kinds += ("call", "call", "call")
    killing.begin()
    killing.run(KILLS)
    assert killing.kills.total() == KILLS
