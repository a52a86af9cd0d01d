"""Packages of a hub that lists their files by SM3 too (`HUB_PACKAGE_SM3`)."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

import pytest

from hub.offline import offline_app
from sharing.keyfile import write_keys
from tests.support.exchange import approved, bring, built, carried
from tests.support.field import fetch
from tests.support.packages import KEY, WUXING, package, spoiled
from tests.support.world import World

LISTING = "manifest-sm3.txt"


@pytest.fixture
def first(hubs: tuple[World, World]) -> World:
    """Changxing's hub, the option on."""
    extensions = hubs[0].app.extensions
    extensions["hub.settings"] = replace(extensions["hub.settings"], package_sm3=True)
    return hubs[0]


def names(data: bytes) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as bag:
        return {name.split("/", 1)[1] for name in bag.namelist()}


def test_a_package_listed_by_both_goes_the_whole_way(first, hubs):
    row = approved(first, built(first))
    data = carried(first, row)
    assert LISTING in names(data)
    done = bring(hubs[1], data)
    assert done.status in (200, 201), done.body
    with zipfile.ZipFile(io.BytesIO(data)) as bag:
        (cases,) = [name for name in bag.namelist() if name.endswith("records/case.jsonl")]
        one = json.loads(bag.read(cases).splitlines()[0])
    path = f"/api/v1/packages/{row['id']}/proof?kind=case&record={one['id']}"
    assert fetch(first.as_("changxing-liaison"), path)[0] == 200


def test_a_hub_that_did_not_turn_it_on_lists_by_sha256_alone(hubs):
    assert LISTING not in names(carried(hubs[0], approved(hubs[0], built(hubs[0]))))


def test_it_is_verified_offline_and_said(tmp_path):
    (tmp_path / "keys.json").write_bytes(write_keys(WUXING, "吴兴分局", [KEY.public]))
    (tmp_path / "whole.zip").write_bytes(package(sm3=True))
    wrong = spoiled(lambda files: files.update({LISTING: files[LISTING][::-1]}), sm3=True)
    (tmp_path / "wrong.zip").write_bytes(wrong)

    def verify(name: str) -> str:
        args = ["package", "verify", str(tmp_path / name), "-k", str(tmp_path / "keys.json")]
        return offline_app().test_cli_runner().invoke(args=args).output

    assert "digests:   SHA256, SM3" in verify("whole.zip")
    assert "REFUSED" in verify("wrong.zip")
