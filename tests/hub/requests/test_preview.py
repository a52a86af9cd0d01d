"""Before it is sent: exactly what the receiver will get, by the same redaction."""

from __future__ import annotations

import pytest

from tests.hub.requests.test_other_kinds import lead, transfer
from tests.support.cases import in_zone, new_case, off_zone
from tests.support.requests import (
    LIAISON,
    OFFICER,
    OFFICIAL,
    THEIR_LIAISON,
    act,
    assistance,
    done,
    draft,
    police,
    upload,
)


def seen(world, request_id, who=OFFICER):
    return world.as_(who).get(f"/requests/{request_id}/preview")


def send(world, request_id):
    done(world, request_id, (OFFICIAL, "approve", {}), (LIAISON, "send", {}))


@pytest.mark.parametrize("where", [in_zone, off_zone])
def test_the_case_is_what_they_get_then(world, where):
    case = new_case(world, where(world)).body
    row = draft(world, assistance(world, case_id=case["id"]))
    before = seen(world, row["id"]).body
    send(world, row["id"])
    after = world.as_(THEIR_LIAISON).get(f"/cases/{case['id']}")
    if before["case"]["view"] is None:
        assert after.status == 404
    else:
        drop = ("access", "version")
        then = {k: v for k, v in after.body.items() if k not in drop}
        now = {k: v for k, v in before["case"]["view"].items() if k not in drop}
        assert now == then


def test_what_stays_closed_is_said(world):
    case = new_case(world, off_zone(world)).body
    row = draft(world, assistance(world, case_id=case["id"], opens_case=False))
    told = seen(world, row["id"]).body
    assert (told["case"], told["opens_case"]) == (None, False)
    assert told["people"]


def test_of_a_lead_only_what_the_terms_let_through(world):
    row = draft(world, lead(world))
    before = seen(world, row["id"]).body["lead"]
    send(world, row["id"])
    assert world.as_(THEIR_LIAISON).get(f"/requests/{row['id']}").body["lead"] == before


def test_files_that_go_along_are_named(world):
    row = draft(world)
    upload(world, OFFICER, row["id"], "照片.pdf")
    assert seen(world, row["id"]).body["files"] == ["照片.pdf"]


def test_a_transfer_says_that_it_gives_the_case(world):
    row = draft(world, transfer(world, new_case(world).body))
    assert seen(world, row["id"]).body["gives_case"] is True


def test_only_drafts_to_a_bureau_of_the_hub_have_one(world):
    row = draft(world)
    send(world, row["id"])
    assert seen(world, row["id"]).status == 409
    assert seen(world, row["id"], THEIR_LIAISON).status == 409
    assert seen(world, draft(world, police(world))["id"]).status == 409


def test_a_suspended_agreement_is_told_before_it_is_tried(world):
    row = draft(world)
    official = world.as_(OFFICIAL)
    agreement = next(
        a for a in official.get("/agreements").body["items"] if a["state"] == "in_force"
    )
    official.post(f"/agreements/{agreement['id']}/suspend", {"reason": "另议"})
    told = seen(world, row["id"]).body
    assert told["may_send"] is False
    refused = act(official, row["id"], "approve")
    assert refused.status == 409
    assert refused.body["reason"] == told["reason"]
