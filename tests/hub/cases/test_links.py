"""Links between cases, and that none leads to a case which the reader may not see."""

from __future__ import annotations

from tests.support.cases import YIXING, case_body, in_zone, new_case, off_zone, share_of

OFFICER, PARTNER = "changxing-officer1", "yixing-officer1"


def link(world, case_id, other, who=OFFICER, **more):
    return world.as_(who).post(f"/cases/{case_id}/links", {"case_id": other} | more)


def links(world, who, case_id):
    return world.as_(who).get(f"/cases/{case_id}/links").body["items"]


def test_both_ends_show_the_link_in_their_own_words(world):
    first, second = new_case(world).body, new_case(world).body
    made = link(world, second["id"], first["number"], kind="follow_up", note="整改后再犯")
    assert made.status == 201
    (there,) = links(world, OFFICER, second["id"])
    (back,) = links(world, OFFICER, first["id"])
    assert (there["case_id"], there["kind_name"], there["note"]) == (
        first["id"], "后续案件", "整改后再犯",
    )  # fmt: skip
    assert (back["case_id"], back["kind_name"], back["outgoing"]) == (second["id"], "前案", False)
    assert link(world, second["id"], first["id"]).body["rule"] == "case.linked"


def test_a_partner_sees_a_link_only_when_he_sees_both_ends(world):
    shared, hidden = new_case(world).body, new_case(world, off_zone(world)).body
    other = new_case(world).body
    link(world, shared["id"], hidden["id"])
    link(world, shared["id"], other["id"], note="内部说明")
    seen = links(world, PARTNER, shared["id"])
    assert [one["case_id"] for one in seen] == [other["id"]]
    assert "note" not in seen[0]
    for path in (f"/cases/{shared['id']}", "/cases"):
        assert hidden["number"] not in str(world.as_(PARTNER).get(path).body)
    assert hidden["number"] not in world.as_(PARTNER).page(f"/cases/{shared['id']}").body


def test_a_recall_takes_the_link_away_too(world):
    shared, other = new_case(world).body, new_case(world).body
    link(world, shared["id"], other["id"])
    share = share_of(world, other["id"])
    world.as_("changxing-official").post(f"/shares/{share['id']}/recall", {"reason": "收回"})
    assert links(world, PARTNER, shared["id"]) == []
    assert len(links(world, OFFICER, shared["id"])) == 1


def _told_links(world, who, case_id, act):
    """The links in the newest change of a case that an act brings a reader; None: no change."""
    reader = world.as_(who)
    after = reader.get("/changes", after=0, limit=1).body["head"]
    assert act().status in (200, 201)
    told = reader.get("/changes", after=after).body["items"]
    views = [one["view"] for one in told if (one["kind"], one["id"]) == ("case", case_id)]
    return [one["case_id"] for one in views[-1]["links"]] if views else None


def test_who_follows_the_linking_case_is_told_of_what_happens_at_the_other_end(world):
    shared, other = new_case(world).body, new_case(world).body
    officer, official = world.as_(OFFICER), world.as_("changxing-official")
    made = link(world, shared["id"], other["id"]).body["links"][0]
    removed = f"/cases/{shared['id']}/links/{made['id']}"
    share = f"/shares/{share_of(world, other['id'])['id']}"

    def recall():
        return official.post(f"{share}/recall", {"reason": "收回"})

    def again():
        return official.post(
            f"/cases/{other['id']}/shares", {"bureau_id": world.bureau_id("yixing")}
        )

    def remove():
        return officer.delete(removed)

    assert _told_links(world, PARTNER, shared["id"], recall) == []
    assert _told_links(world, PARTNER, shared["id"], again) == [other["id"]]
    assert _told_links(world, PARTNER, other["id"], remove) == []


def test_the_other_end_is_told_to_nobody_who_does_not_see_it(world):
    hidden, shared = new_case(world, off_zone(world)).body, new_case(world).body
    reader = world.as_(PARTNER)
    after = reader.get("/changes", after=0, limit=1).body["head"]
    link(world, hidden["id"], shared["id"])
    officer = world.as_(OFFICER)
    version = officer.get(f"/cases/{shared['id']}").body["version"]
    assert officer.patch(f"/cases/{shared['id']}", {"title": "新"}, version=version).status == 200
    assert hidden["id"] not in str(reader.get("/changes", after=after).body)


def test_cases_are_linked_across_the_border(world):
    own = new_case(world, off_zone(world)).body
    body = case_body(in_zone(world, YIXING))
    theirs = world.as_(PARTNER).post("/cases", body).body
    assert link(world, own["id"], theirs["id"], kind="same_firm").status == 201
    assert [one["own"] for one in links(world, OFFICER, own["id"])] == [False]
    # The other side learns nothing of a case that it may not see.
    assert links(world, PARTNER, theirs["id"]) == []


def test_what_may_not_be_seen_is_answered_like_what_is_not_there(world):
    own = new_case(world).body
    hidden = world.as_(PARTNER).post("/cases", case_body(off_zone(world, YIXING))).body
    answers = [link(world, own["id"], x) for x in (hidden["id"], hidden["number"], "联防〔1〕1号")]
    assert {answer.status for answer in answers} == {422}
    assert len({str(answer.body["errors"]) for answer in answers}) == 1
    assert link(world, own["id"], own["id"]).status == 422


def test_only_the_bureau_that_drew_a_link_removes_it(world):
    first, second = new_case(world).body, new_case(world).body
    made = link(world, first["id"], second["id"]).body["links"][0]
    path = f"/cases/{first['id']}/links/{made['id']}"
    assert world.as_(PARTNER).delete(path).status == 404
    assert world.as_("changxing-liaison").delete(path).status == 403
    assert world.as_(OFFICER).delete(f"/cases/{second['id']}/links/{made['id']}").status == 404
    assert world.as_(OFFICER).delete(path).status == 200
    assert links(world, OFFICER, second["id"]) == []


def test_a_case_that_is_taken_up_again_is_linked_for_good(world):
    old = new_case(world)
    path = f"/cases/{old.body['id']}"
    officer = world.as_(OFFICER)
    officer.post(f"{path}/steps", {"to": "not_filed", "reason": "不属实"}, version=old.version)
    new = officer.post(f"{path}/reopen", {"reason": "新证据"}).body
    (made,) = links(world, OFFICER, new["id"])
    assert (made["kind"], made["case_id"]) == ("reopens", old.body["id"])
    gone = officer.delete(f"/cases/{new['id']}/links/{made['id']}")
    assert gone.body["rule"] == "case.reopens"


def test_a_preview_tells_nothing_of_what_the_asking_bureau_may_not_see(world):
    """As the other side reads it, short of the other side's own cases that lead to it."""
    shared = new_case(world).body
    partner, body = world.as_(PARTNER), case_body(off_zone(world, YIXING), title="宜兴自办案件")
    theirs = partner.post("/cases", body).body
    assert link(world, theirs["id"], shared["id"], PARTNER, note="内部说明").status == 201
    assert [one["case_id"] for one in links(world, PARTNER, shared["id"])] == [theirs["id"]]
    asked = {"bureau": world.bureau_id("yixing")}
    told = world.as_("changxing-official").get(f"/cases/{shared['id']}/preview", **asked)
    assert told.status == 200
    for secret in (theirs["number"], theirs["title"], theirs["id"], "内部说明"):
        assert secret not in str(told.body)
    # A link between two that both may see stays in it.
    other = new_case(world).body
    link(world, shared["id"], other["id"])
    told = world.as_("changxing-official").get(f"/cases/{shared['id']}/preview", **asked).body
    assert [one["case_id"] for one in told["view"]["links"]] == [other["id"]]
