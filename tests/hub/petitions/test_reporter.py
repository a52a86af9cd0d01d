"""SECURITY A28: who brought a petition never leaves the bureau that took it, in any output."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import MetaData, select

from hub.petitions.models import PetitionReporter
from tests.support.petitions import (
    AUDITOR,
    GUEST,
    GUEST_OFFICER,
    GUEST_OFFICIAL,
    LIAISON,
    MEDIATOR,
    OFFICER,
    OFFICIAL,
    REPORTER,
    TRACES,
    act,
    mediated,
    taken,
)

OUTPUTS = (
    ("/petitions", {}), ("/petitions.csv", {}), ("/petitions.geojson", {}),
    ("/changes", {"after": 0, "limit": 500}), ("/notifications", {}), ("/me", {}),
)  # fmt: skip
PAGES = ("/petitions", "/", "/deadlines", "/notifications")


def traces(said):
    return [trace for trace in TRACES if trace in str(said)]


def reveal(world, who, petition_id):
    return world.as_(who).post(f"/petitions/{petition_id}/reporter/reveal")


def test_only_intake_and_mediators_look_and_each_look_is_entered(world):
    row = taken(world, LIAISON)
    told = {"name": REPORTER["name"], "contact": REPORTER["contact"],
            "address": REPORTER["address"]}  # fmt: skip
    assert reveal(world, LIAISON, row["id"]).body == told
    assert reveal(world, MEDIATOR, row["id"]).body == told
    for who in (OFFICER, OFFICIAL, "changxing-planner"):
        assert reveal(world, who, row["id"]).status == 403
    looks = world.as_(AUDITOR).get("/audit", action="petition.reporter_read").body["items"]
    assert [one["record_id"] for one in looks] == [row["id"]] * 2
    assert traces(looks) == []
    assert act(world.as_(LIAISON), row["id"], "screen", text="欧阳信芳反映").status == 422


def test_who_brought_it_is_changed_and_forgotten(world):
    row = taken(world)
    url = f"/petitions/{row['id']}/reporter"
    assert world.as_(OFFICIAL).put(url, {"name": "甲"}).status == 403
    assert world.as_(MEDIATOR).put(url, {"name": "令狐某人"}).body["has_reporter"] is True
    assert reveal(world, MEDIATOR, row["id"]).body["name"] == "令狐某人"
    assert world.as_(MEDIATOR).put(url, {}).body["has_reporter"] is False
    assert reveal(world, MEDIATOR, row["id"]).status == 404


def test_repeats_are_found_in_the_own_register_by_a_hash_that_nobody_is_shown(world):
    first = taken(world, reporter={"contact": "139-6543-8721"})
    second = taken(world)
    theirs = world.as_(GUEST).post("/petitions", _body(second) | {"reporter": REPORTER})
    assert theirs.status == 201, theirs.body
    found = world.as_(MEDIATOR).get(f"/petitions/{second['id']}").body
    assert [one["id"] for one in found["repeats"]] == [first["id"]]
    assert world.as_(OFFICER).get(f"/petitions/{second['id']}").body["repeats"] == []
    with world.unit_of_work() as session:
        held = session.execute(select(PetitionReporter)).scalars().all()
    hashes = {}
    for row in held:
        hashes.setdefault(row.bureau_id, set()).add(row.contact_hash)
    own, other = world.bureau_id("changxing"), world.bureau_id("yixing")
    assert not hashes[own] & hashes[other]
    shown = (found, world.as_(GUEST).get("/petitions").body)
    assert not [h for group in hashes.values() for h in group if h and h in str(shown)]


def _body(row):
    names = ("title", "category", "lon", "lat", "occurred_at", "received_at")
    return {name: row[name] for name in names} | {"channel": "12345"}


@pytest.mark.once
def test_in_no_output_of_either_side_stands_who_brought_it(world, caplog):
    caplog.set_level(logging.DEBUG)
    row = mediated(world)
    reveal(world, MEDIATOR, row["id"])
    for who in (MEDIATOR, OFFICIAL, OFFICER, GUEST, GUEST_OFFICER, GUEST_OFFICIAL):
        caller = world.as_(who)
        for path, query in (*OUTPUTS, (f"/petitions/{row['id']}", {})):
            assert traces(caller.get(path, **query).body) == [], (who, path)
        for words in ("信芳", "13965438721", "甲秀巷"):
            assert caller.get("/petitions", q=words).body["items"] == []
            assert caller.get("/search", q=words).body["items"] == []
        for path in (*PAGES, f"/petitions/{row['id']}"):
            assert traces(caller.page(path).body) == [], (who, path)
    for who in (AUDITOR, "yixing-auditor"):
        assert traces(world.as_(who).get("/audit", limit=200).body) == []
    assert traces(caplog.text) == []
    assert traces(_tables(world)) == []


def _tables(world):
    """Everything that the database holds, as text."""
    engine, tables = world.app.extensions["hub.db"].engine, MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        rows = [row for table in tables.sorted_tables for row in connection.execute(select(table))]
    return "\n".join(str(tuple(row)) for row in rows)
