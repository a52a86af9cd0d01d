"""A package that was checked is imported without being sent again, by its person, for a while."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from hub.exchange.arrived import MOST, ArrivedFolder
from tests.support.cases import new_case
from tests.support.clocks import run_due
from tests.support.exchange import approved, bring, built, carried, import_kept
from tests.support.world import Answer, World

LIAISON = "yixing-liaison"


@pytest.fixture
def sent(hubs):
    """The receiver's hub and a package that came to it."""
    world, other = hubs
    new_case(world, title="只传一次")
    return other, carried(world, approved(world, built(world, kinds=["case"])))


def folder_of(world: World) -> Path:
    return ArrivedFolder(Path(world.app.extensions["hub.settings"].data_dir)).folder


def refused(answer: Answer) -> bool:
    return (answer.status, answer.body["type"]) == (409, "/problems/package-not-kept")


def test_what_was_checked_is_imported_without_being_sent_again(sent):
    other, data = sent
    report = bring(other, data, "check").body
    assert report["kept"] is True
    (kept,) = folder_of(other).iterdir()
    assert kept.read_bytes() == data
    taken = import_kept(other, report["digest"])
    assert (taken.status, taken.body["records"]) == (201, report["records"])
    assert list(folder_of(other).iterdir()) == []
    assert refused(import_kept(other, report["digest"]))
    again = bring(other, data, "check").body
    assert (again["kept"], again["imported_before"]) == (False, taken.body["id"])


def test_only_who_checked_it_imports_it_and_only_what_he_looked_at(sent):
    other, data = sent
    assert refused(import_kept(other, "0" * 64))
    digest = bring(other, data, "check").body["digest"]
    assert refused(import_kept(other, digest, "yixing-official"))
    assert refused(import_kept(other, "0" * 64))
    assert import_kept(other, digest, "yixing-officer1").status == 403
    assert other.as_(LIAISON).get("/received-records").body["items"] == []
    assert import_kept(other, digest).status == 201


def test_what_was_spoilt_where_it_lay_is_refused_and_what_is_not_importable_is_not_kept(sent):
    other, data = sent
    assert bring(other, data[:-9], "check").status == 422
    assert not folder_of(other).exists()
    digest = bring(other, data, "check").body["digest"]
    (kept,) = folder_of(other).iterdir()
    kept.write_bytes(data[:-9])
    assert import_kept(other, digest).body["reason"] == "no_zip"
    assert other.as_(LIAISON).get("/received-records").body["items"] == []


def test_it_is_kept_for_an_hour_and_the_oldest_give_way(sent):
    other, data = sent
    digest = bring(other, data, "check").body["digest"]
    run_due(other, timedelta(minutes=30))
    assert len(list(folder_of(other).iterdir())) == 1
    run_due(other, timedelta(hours=2))
    assert refused(import_kept(other, digest))
    folder = ArrivedFolder(folder_of(other).parent)
    with (folder_of(other).parent / "some.zip").open("w+b") as stream:
        for number in range(MOST + 2):
            folder.keep(f"person {number}", stream)
    assert len(list(folder_of(other).iterdir())) == MOST
