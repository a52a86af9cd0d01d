"""What is exchanged at a meeting: packages with hashes, audit checkpoints, and who sees them."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from sharing.models import AuditEntry
from tests.support.cases import new_case
from tests.support.exchange import approved, built, carried, send_file
from tests.support.meetings import (
    GUEST,
    GUEST_OFFICER,
    GUEST_OFFICIAL,
    HOST,
    HOST_OFFICER,
    HOST_OFFICIAL,
    STRANGER,
    called,
    countersign,
    ended,
    fixed,
)


def exchanged(world, who, row):
    answer = world.as_(who).get(f"/meetings/{row['id']}/exchange")
    assert answer.status == 200, answer.body
    return answer.body


def hand_over(world, who, row):
    return world.as_(who).post(f"/meetings/{row['id']}/checkpoint", {})


def test_a_package_of_a_meeting_is_shown_to_both_sides_once_it_is_sealed(world):
    meeting = fixed(world)
    new_case(world, title="会上交换")
    draft = built(world, meeting_id=meeting["id"])
    assert [one["state"] for one in exchanged(world, HOST, meeting)["packages"]] == ["draft"]
    assert exchanged(world, GUEST, meeting)["packages"] == []
    row = approved(world, draft)
    (ours,) = exchanged(world, HOST, meeting)["packages"]
    (theirs,) = exchanged(world, GUEST_OFFICER, meeting)["packages"]
    for name in ("number", "digest", "root", "records", "approved_by"):
        assert ours[name] == theirs[name]
    assert ours["digest"] == row["digest"]
    assert (ours["id"], theirs["id"], theirs["built_by"]) == (row["id"], None, None)
    assert world.as_(STRANGER).get(f"/meetings/{meeting['id']}/exchange").status == 404
    found = world.as_(HOST).get("/packages", q=meeting["number"]).body["items"]
    assert [one["meeting_title"] for one in found] == [meeting["title"]]
    for who in (HOST, GUEST):
        page = world.as_(who).page(f"/meetings/{meeting['id']}?tab=exchange").body
        assert row["digest"] in page
    assert meeting["title"] in world.as_(HOST).page(f"/packages/{row['id']}").body
    assert (
        meeting["title"] in world.as_(HOST).page(f"/packages/new?meeting_id={meeting['id']}").body
    )


def test_a_package_that_is_brought_to_a_meeting_is_noted_there(world):
    new_case(world)
    data = carried(world, approved(world, built(world)))
    meeting = fixed(world)

    def bring(meeting_id):
        path, more = "/packages/import", {"meeting_id": meeting_id}
        return send_file(world.as_(GUEST), path, data, "p.zip", more=more)

    assert bring("none").status == 404
    taken = bring(meeting["id"])
    assert (taken.status, taken.body["meeting_number"]) == (201, meeting["number"])
    (one,) = exchanged(world, GUEST, meeting)["packages"]
    assert (one["state"], one["own"]) == ("imported", False)
    assert exchanged(world, HOST, meeting)["packages"] == []


@pytest.mark.parametrize("who", [STRANGER, "changxing-officer1"])
def test_a_package_is_not_laid_to_the_meeting_of_others(world, who):
    meeting = called(world)
    body = {"agreement_id": meeting["agreement_id"], "partner_id": world.bureau_id("yixing"),
            "kinds": ["case"], "first_day": "2026-01-01", "last_day": "2026-12-31",
            "meeting_id": meeting["id"]}  # fmt: skip
    assert world.as_(who).post("/packages", body).status in (403, 404)


def test_checkpoints_are_handed_over_kept_and_compared(world):
    meeting = fixed(world)
    assert hand_over(world, HOST, meeting).status == 403
    assert hand_over(world, STRANGER, meeting).status == 404
    assert hand_over(world, "changxing-official", called(world)).status == 409
    first = hand_over(world, HOST_OFFICIAL, meeting).body
    assert (len(first["roots"]), [one["number"] is None for one in first["checkpoints"]]) == (
        0,
        [False, True],
    )
    both = hand_over(world, GUEST_OFFICIAL, meeting).body
    assert len({one["root"] for one in both["roots"]}) == 1
    assert len(both["roots"]) == 2
    assert [(one["holds"], len(one["kept_by"])) for one in both["checkpoints"]] == [(True, 1)] * 2
    assert exchanged(world, HOST, meeting)["roots"] == both["roots"]
    assert exchanged(world, HOST_OFFICER, meeting)["checkpoints"] == []
    page = world.as_(GUEST_OFFICIAL).page(f"/meetings/{meeting['id']}?tab=exchange").body
    assert "各方持有相同的审计根" in page


def test_a_history_that_was_changed_after_the_meeting_is_seen_on_its_page(world):
    meeting = fixed(world)
    done = hand_over(world, HOST_OFFICIAL, meeting).body["checkpoints"][0]
    with world.unit_of_work() as session:
        session.execute(
            update(AuditEntry)
            .where(AuditEntry.chain == world.bureau_id("changxing"))
            .where(AuditEntry.number == done["number"])
            .values(hash="0" * 64)
        )
    partner = exchanged(world, GUEST, meeting)["checkpoints"][1]
    assert (partner["hash"], partner["holds"]) == (done["hash"], False)
    page = world.as_(GUEST).page(f"/meetings/{meeting['id']}?tab=exchange").body
    assert "历史被改动" in page


def test_sealing_the_minutes_exchanges_checkpoints_by_itself(world):
    meeting = ended(world)
    assert exchanged(world, GUEST, meeting)["roots"] == []
    assert countersign(world, meeting["id"]).status == 200
    found = exchanged(world, GUEST, meeting)
    assert len({one["root"] for one in found["roots"]}) == 1
    auditor = world.as_("yixing-auditor").get("/audit/witnesses").body["items"][0]
    assert (auditor["adcode"], auditor["meeting_id"]) == ("330522", meeting["id"])
