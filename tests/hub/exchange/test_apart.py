"""Two hubs whose clocks differ by hours, and a line down for a day: what is said, what arrives."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.support.cases import last_changes, new_case
from tests.support.clock_steps import set_by
from tests.support.exchange import A_BUREAU, approved, bring, built, carried, leave_one, trust_keys
from tests.support.exchange import key_file as key_file_of
from tests.support.field import fetch
from tests.support.world import World

# What a package holds does not depend on the database; they cross in test_exchange too.
pytestmark = pytest.mark.once

HOURS = timedelta(hours=3)
LIAISON = "changxing-liaison"


def received(world: World) -> list[dict[str, Any]]:
    """What Yixing's hub holds of others."""
    return list(world.as_("yixing-liaison").get("/received-records", limit=200).body["items"])


def receipt_of(other: World, taken: dict[str, Any]) -> str:
    """The signed receipt of an import."""
    path = f"/api/v1/packages/{taken['id']}/receipt"
    return fetch(other.as_("yixing-liaison"), path)[1].decode()


def test_a_package_of_a_hub_that_is_hours_ahead_waits_for_its_moment_in_words(hubs):
    world, other = hubs
    case = new_case(world).body["id"]
    with set_by(HOURS):
        row = approved(world, built(world))
        data = carried(world, row)
    for door in ("check", "import"):
        early = bring(other, data, door)
        assert early.status in (409, 422), early.body
        assert "时钟" in early.body["detail"]  # what to look at, not that it was forged
    assert received(other) == []
    # The same bytes, once the receiver's clock has come there.
    with set_by(HOURS):
        taken = bring(other, data)
    assert (taken.status, taken.body["state"]) == (201, "imported"), taken.body
    assert case in {item["foreign_id"] for item in received(other)}
    # Its receipt comes back to the hub whose clock is ahead: for that one it lies in the past.
    with set_by(HOURS):
        back = world.as_(LIAISON).post(
            "/packages/receipts", {"receipt": receipt_of(other, taken.body)}
        )
        assert (back.status, back.body["state"]) == (200, "received"), back.body


@pytest.fixture
def late(hubs):
    """Changxing's clock is hours behind since before it made its keys."""
    world, other = hubs
    with set_by(-HOURS):
        leave_one(world, A_BUREAU)
    return world, other


def test_a_package_of_a_hub_that_is_hours_behind_is_taken_and_its_receipt_waits(late):
    world, other = late
    with set_by(-HOURS):
        row = approved(world, built(world))
        data = carried(world, row)
    trust_keys(other, "yixing", *key_file_of(world, A_BUREAU))
    taken = bring(other, data)
    assert (taken.status, taken.body["state"]) == (201, "imported"), taken.body
    receipt = receipt_of(other, taken.body)
    with set_by(-HOURS):
        early = world.as_(LIAISON).post("/packages/receipts", {"receipt": receipt})
        assert early.status in (409, 422), early.body
        assert "时钟" in early.body["detail"]
        assert world.as_(LIAISON).get(f"/packages/{row['id']}").body["state"] == "sealed"
    back = world.as_(LIAISON).post("/packages/receipts", {"receipt": receipt})
    assert (back.status, back.body["state"]) == (200, "received"), back.body


def test_a_hub_set_back_before_its_key_began_says_so_and_seals_nothing(hubs):
    world, other = hubs
    # A case says which of its terms are over: three hours ago that may have been another day.
    draft = built(world, kinds=["patrol"])
    with set_by(-HOURS):
        path = f"/packages/{draft['id']}/approve"
        key = {"content_hash": draft["content_hash"]}
        refused = world.as_("changxing-official").post(path, key)
    assert refused.status == 409, refused.body
    # Approved and not sealed: nothing leaves, and once the clock is right it is sealed.
    assert world.as_(LIAISON).get(f"/packages/{draft['id']}").body["state"] == "approved"
    data = carried(world, approved(world, draft))
    taken = bring(other, data)
    assert (taken.status, taken.body["state"]) == (201, "imported"), taken.body


def test_minutes_of_difference_are_not_noticed(hubs):
    world, other = hubs
    with set_by(timedelta(minutes=4)):
        data = carried(world, approved(world, built(world)))
    taken = bring(other, data)
    assert taken.status == 201, taken.body
    receipt = receipt_of(other, taken.body)
    assert world.as_(LIAISON).post("/packages/receipts", {"receipt": receipt}).status == 200


def test_after_a_day_without_a_line_everything_is_there_by_package_and_by_number(hubs):
    """What was sealed meanwhile never came; what comes after it holds it all, and says what is
    missing. Whoever reads the feed goes on from his number."""
    world, other = hubs
    partner = world.as_("yixing-liaison")
    before = int(partner.get("/changes", after=0, limit=1).body["head"])
    first = carried(world, approved(world, built(world)))
    assert bring(other, first).status == 201
    told: dict[str, int] = {}
    # A day: cases opened and changed by the hour, one package made that lies on a desk.
    for hour in (1, 12, 23):
        with set_by(timedelta(hours=hour)):
            made = new_case(world, title=f"断线第{hour}时")
            path = f"/cases/{made.body['id']}/steps"
            step = world.as_("changxing-officer1").post(path, {"to": "filed"}, version=made.version)
            assert step.status == 200, step.body
            told[made.body["id"]] = step.version
            if hour == 12:
                assert approved(world, built(world))["sequence"] == 2
    with set_by(timedelta(days=1)):
        last = carried(world, approved(world, built(world)))
        assert bring(other, last, "check").body["missing"] == [2]
        taken = bring(other, last)
        assert taken.status == 201, taken.body
        there = {item["foreign_id"]: item for item in received(other)}
        for case, version in told.items():
            assert there[case]["foreign_version"] == version
            seen = partner.get(f"/cases/{case}").body
            held = other.as_("yixing-liaison").get(f"/received-records/{there[case]['id']}").body
            assert (held["view"]["title"], held["view"]["stage"]) == (seen["title"], "filed")
        items, after = [], before
        while (page := partner.get("/changes", after=after, limit=5).body)["items"]:
            items += page["items"]
            after = items[-1]["seq"]
        assert [one["seq"] for one in items] == list(range(before + 1, after + 1))
        for case, version in told.items():
            mine = [one for one in items if one["id"] == case]
            assert mine[-1]["version"] == version
            assert mine == last_changes(world, "yixing-liaison", case)
