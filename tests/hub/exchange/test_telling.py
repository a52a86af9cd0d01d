"""How far work on a large package is, told to whoever waits for it and to nobody else."""

from __future__ import annotations

import os
from pathlib import Path

from hub.exchange.telling import kept
from tests.support.world import World

LIAISON = "yixing-liaison"
PATH = "/packages/progress/my-own-upload"


def folder_of(world: World) -> Path:
    return Path(world.app.extensions["hub.settings"].data_dir) / "progress"


def test_who_waits_asks_by_the_key_of_his_own_request_while_it_lasts(world):
    waits = world.as_(LIAISON)
    assert waits.get(PATH).status == 404
    with (
        kept(folder_of(world), waits.user_id, "my-own-upload") as telling,
        telling.step("verify", 800) as told,
    ):
        told(200)
        found = waits.get(PATH).body
        assert (found["step"], found["words"]) == ("verify", "核验每个字节和签名")
        assert (found["done"] <= 200, found["of"]) == (True, 800)
        assert world.as_("yixing-official").get(PATH).status == 404
    assert waits.get(PATH).status == 404
    assert list(folder_of(world).iterdir()) == []


def test_a_step_that_finds_more_than_it_said_is_done_and_what_was_left_is_removed(world):
    waits, folder = world.as_(LIAISON), folder_of(world)
    with (
        kept(folder, waits.user_id, "my-own-upload") as telling,
        telling.step("files", 0) as told,
    ):
        told(7)
        assert waits.get(PATH).body["done"] == 0
        (left,) = folder.iterdir()
        os.utime(left, (0, 0))
        with kept(folder, waits.user_id, "another-upload"):
            assert list(folder.iterdir()) == []
