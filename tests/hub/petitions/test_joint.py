"""Petitions that two bureaus settle together: asked, taken on, mediated, closed by two keys."""

from __future__ import annotations

import io
import zipfile

import pytest

from tests.support.cases import last_changes
from tests.support.petitions import (
    GUEST,
    GUEST_OFFICER,
    GUEST_OFFICIAL,
    MEDIATOR,
    OFFICER,
    OFFICIAL,
    STRANGER,
    act,
    acts,
    asked,
    draft,
    joined,
    mediated,
    taken,
)


def key(world, who, petition_id):
    caller = world.as_(who)
    read = caller.get(f"/petitions/{petition_id}").body["content_hash"]
    return act(caller, petition_id, "approve_close", content_hash=read)


def test_the_neighbour_sees_what_the_terms_show_once_it_is_asked(world):
    row = taken(world)
    assert world.as_(GUEST).get(f"/petitions/{row['id']}").status == 404
    row = asked(world)
    view = world.as_(GUEST).get(f"/petitions/{row['id']}").body
    assert (view["own"], view["title"], view["joint_state"]) == (False, row["title"], "asked")
    assert view["access"]["clause"] == "第九条"
    internal = {"channel", "channel_name", "handler_id", "created_by_name", "has_reporter"}
    assert not internal & view.keys()
    # What the owner weighed before asking is its own business.
    assert [step["act"] for step in view["steps"]] == ["ask_joint"]
    assert {one["act"] for one in view["acts"]} == {"join", "decline_joint"}
    assert world.as_(STRANGER).get(f"/petitions/{row['id']}").status == 404
    assert f"/petitions/{row['id']}" in world.as_(GUEST).page("/").body


def test_without_an_agreement_nobody_is_asked(world):
    row = taken(world)
    acts(world, row["id"], (MEDIATOR, "screen", {}))
    given = {"partner_id": world.bureau_id("nanxun")}
    assert act(world.as_(MEDIATOR), row["id"], "ask_joint", **given).status == 403
    answer = act(world.as_(OFFICIAL), row["id"], "ask_joint", **given)
    assert (answer.status, answer.body["reason"]) == (409, "no_agreement")


@pytest.mark.parametrize(("who", "name"), [(GUEST, "decline_joint"), (OFFICIAL, "withdraw_joint")])
def test_what_is_not_settled_together_is_gone_for_the_neighbour(world, who, name):
    row = asked(world)
    assert act(world.as_(who), row["id"], name, text="不在我方").status == 200
    assert world.as_(GUEST).get(f"/petitions/{row['id']}").status == 404
    told = last_changes(world, GUEST_OFFICER, row["id"])
    assert (told[-1]["verb"], told[-1]["view"]) == ("tombstone", None)
    own = world.as_(MEDIATOR).get(f"/petitions/{row['id']}").body
    assert (own["state"], own["steps"][-1]["text"]) == ("screened", "不在我方")


def test_it_is_accepted_only_once_the_neighbour_agreed(world):
    row = asked(world)
    assert act(world.as_(MEDIATOR), row["id"], "accept").status == 409
    assert act(world.as_(GUEST), row["id"], "visit", text="x").status == 409
    acts(world, row["id"], (GUEST, "join", {}), (MEDIATOR, "accept", {}))
    acts(world, row["id"], (GUEST, "visit", {"text": "到厂"}))
    own = world.as_(OFFICER).get(f"/petitions/{row['id']}").body
    assert own["steps"][-1]["text"] == "到厂"
    assert act(world.as_(GUEST), row["id"], "mediate").status == 409


def test_two_keys_on_the_same_content_close_it(world):
    row = mediated(world)
    assert act(world.as_(OFFICIAL), row["id"], "close").status == 409
    assert key(world, MEDIATOR, row["id"]).status == 403
    assert key(world, OFFICIAL, row["id"]).body["state"] == "followed_up"
    assert f"/petitions/{row['id']}" in world.as_(GUEST_OFFICIAL).page("/").body
    # What the neighbour adds changes what was read: the first key falls.
    acts(world, row["id"], (GUEST, "note", {"text": "复查无异味"}))
    assert world.as_(OFFICIAL).get(f"/petitions/{row['id']}").body["approvals"] == []
    stale = act(world.as_(GUEST_OFFICIAL), row["id"], "approve_close", content_hash="0" * 64)
    assert stale.status == 409
    key(world, GUEST_OFFICIAL, row["id"])
    done = key(world, OFFICIAL, row["id"]).body
    assert (done["state"], len(done["closed_hash"])) == ("closed", 64)
    seen = world.as_(GUEST_OFFICER).get(f"/petitions/{row['id']}").body
    assert (seen["state"], seen["closed_hash"]) == ("closed", done["closed_hash"])
    follow = next(step for step in seen["steps"] if step["act"] == "follow_up")
    assert follow["text"] is None


def test_what_ends_with_the_agreement_is_gone_at_once(world):
    row = joined(world)
    agreement = world.as_(GUEST).get(f"/petitions/{row['id']}").body["access"]["agreement_id"]
    caller = world.as_(GUEST_OFFICIAL)
    version = caller.get(f"/agreements/{agreement}").version
    ended = caller.post(f"/agreements/{agreement}/suspend", {"reason": "暂停"}, version=version)
    assert ended.status == 200, ended.body
    assert world.as_(GUEST).get(f"/petitions/{row['id']}").status == 404
    assert last_changes(world, GUEST, row["id"])[-1]["verb"] == "tombstone"
    assert world.as_(MEDIATOR).get(f"/petitions/{row['id']}").status == 200


def word_of(world, who, petition_id, which):
    caller = world.as_(who)
    with world.app.test_client() as client:
        answer = client.get(
            f"/api/v1/petitions/{petition_id}/letters/{which}.docx",
            headers={"Authorization": f"Bearer {caller.token}"},
        )
    if answer.status_code != 200:
        return None
    with zipfile.ZipFile(io.BytesIO(answer.data)) as parts:
        return parts.read("word/document.xml").decode()


@pytest.mark.once
def test_agreement_and_reply_are_letters_that_name_no_petitioner(world):
    row = joined(world)
    acts(world, row["id"], (MEDIATOR, "accept", {}), (MEDIATOR, "investigate", {}),
         (MEDIATOR, "mediate", {}))  # fmt: skip
    draft(world, row["id"], settlement="一个月内加装除臭设施。", reply="情况属实。")
    assert "草稿" in word_of(world, MEDIATOR, row["id"], "settlement")
    assert word_of(world, GUEST, row["id"], "settlement") is None
    done = acts(world, row["id"], (MEDIATOR, "agree", {}), (OFFICIAL, "answer", {}))
    for which in ("settlement", "reply"):
        text = word_of(world, GUEST, row["id"], which)
        assert done[f"{which}_number"] in text
        assert "欧阳" not in text
        assert word_of(world, STRANGER, row["id"], which) is None
    assert "三十日内" in word_of(world, MEDIATOR, row["id"], "reply")
    looked = world.as_("changxing-auditor").get("/audit", action="petition.letter_read").body
    assert {one["bureau_id"] for one in looked["items"]} == {
        world.bureau_id("changxing"), world.bureau_id("yixing")
    }  # fmt: skip
