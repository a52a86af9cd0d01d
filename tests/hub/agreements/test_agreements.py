"""Agreements: two keys on the same text, in force by date, seen by parties alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hub.agreements.models import Agreement
from tests.support.story import memorandum, sign


def iso(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def body_of(world, **changes):
    found = memorandum(world)
    body = {
        "title": "另一份备忘录",
        "title_en": "Another memorandum",
        "party_ids": [world.bureau_id("wuxing"), world.bureau_id("wujiang")],
        "valid_from": iso(-1),
        "valid_to": iso(100),
        "terms": found["terms"],
        "text": found["text"],
    }
    return body | changes


def test_both_signatures_put_the_memorandum_in_force(world):
    found = memorandum(world)
    assert found["state"] == "proposed"
    first = world.as_("wujiang-official").post(
        f"/agreements/{found['id']}/sign", {"content_hash": found["content_hash"]}
    )
    assert first.body["state"] == "proposed"
    assert [p["signed"] for p in first.body["parties"]].count(True) == 1
    assert sign_second(world, found).body["state"] == "in_force"


def sign_second(world, found):
    return world.as_("wuxing-official").post(
        f"/agreements/{found['id']}/sign", {"content_hash": found["content_hash"]}
    )


def test_a_signature_on_another_text_is_refused(world):
    found = memorandum(world)
    answer = world.as_("wuxing-official").post(
        f"/agreements/{found['id']}/sign", {"content_hash": "0" * 64}
    )
    assert answer.status == 409


def test_the_same_party_signs_once(world):
    found = memorandum(world)
    assert sign_second(world, found).status == 200
    assert sign_second(world, found).status == 409


def test_only_an_official_signs(world):
    found = memorandum(world)
    answer = world.as_("wuxing-planner").post(
        f"/agreements/{found['id']}/sign", {"content_hash": found["content_hash"]}
    )
    assert answer.status == 403


def test_before_its_first_day_a_signed_agreement_opens_nothing(world):
    made = world.as_("wuxing-official").post("/agreements", body_of(world, valid_from=iso(1))).body
    for username in ("wuxing-official", "wujiang-official"):
        signed = world.as_(username).post(
            f"/agreements/{made['id']}/sign", {"content_hash": made["content_hash"]}
        )
    assert signed.body["state"] == "signed"


def test_after_its_last_day_it_has_expired(world):
    body = body_of(world, valid_from=iso(-10), valid_to=iso(-1))
    made = world.as_("wuxing-official").post("/agreements", body).body
    for username in ("wuxing-official", "wujiang-official"):
        signed = world.as_(username).post(
            f"/agreements/{made['id']}/sign", {"content_hash": made["content_hash"]}
        )
    assert signed.body["state"] == "expired"


def test_a_new_version_withdraws_the_signatures(world):
    found = memorandum(world)
    signed = sign_second(world, found).body
    change = {key: found[key] for key in ("valid_from", "valid_to", "terms", "text")}
    change["text"] = found["text"] | {"preamble": {"zh": "改", "en": "changed"}}
    answer = world.as_("wujiang-official").put(
        f"/agreements/{found['id']}", change, version=signed["version"]
    )
    assert answer.status == 200
    assert not any(p["signed"] for p in answer.body["parties"])
    assert answer.body["content_hash"] != found["content_hash"]
    assert sign_second(world, found).status == 409


def test_a_stale_revision_shows_both_versions(world):
    found = memorandum(world)
    sign_second(world, found)
    change = {key: found[key] for key in ("valid_from", "valid_to", "terms", "text")}
    answer = world.as_("wujiang-official").put(
        f"/agreements/{found['id']}", change, version=found["version"]
    )
    assert answer.status == 409
    assert answer.body["current"]["version"] == found["version"] + 1


def test_suspending_resuming_and_ending(world):
    signed = sign(world)
    official = world.as_("wujiang-official")
    path = f"/agreements/{signed['id']}"
    assert official.post(f"{path}/suspend", {"reason": "演练"}).body["state"] == "suspended"
    assert official.post(f"{path}/resume").body["state"] == "in_force"
    assert official.post(f"{path}/terminate", {"reason": "到此为止"}).body["state"] == "terminated"
    assert official.post(f"{path}/resume").status == 409


def test_a_third_bureau_sees_nothing_of_it(world):
    found = sign(world)
    nanxun = world.as_("nanxun-official")
    assert nanxun.get("/agreements").body["items"] == []
    assert nanxun.get(f"/agreements/{found['id']}").status == 404
    assert (
        nanxun.get(f"/agreements/{found['id']}").body["detail"]
        == (nanxun.get("/agreements/00000000-0000-0000-0000-000000000000").body["detail"])
    )
    assert nanxun.page(f"/agreements/{found['id']}").status == 404
    sign_path = f"/agreements/{found['id']}/sign"
    assert nanxun.post(sign_path, {"content_hash": found["content_hash"]}).status == 404
    assert nanxun.get("/changes", after=0).body["items"] == []


def test_parties_hear_of_a_signature(world):
    found = memorandum(world)
    head = world.as_("wujiang-liaison").get("/changes", after=0).body["head"]
    sign_second(world, found)
    told = world.as_("wujiang-liaison").get("/changes", after=head).body["items"]
    assert [(c["kind"], c["verb"]) for c in told] == [("agreement", "signed")]
    assert told[0]["view"]["id"] == found["id"]


def test_terms_that_open_the_reporter_are_refused(world):
    terms = memorandum(world)["terms"]
    terms["rules"][0]["levels"]["reporter"] = "white"
    answer = world.as_("wuxing-official").post("/agreements", body_of(world, terms=terms))
    assert answer.status == 422
    assert answer.body["errors"][0]["field"] == "terms.rules.0.levels"


def test_an_agreement_needs_two_parties_and_the_own_bureau(world):
    for parties in (["wuxing", "wuxing"], ["wujiang", "nanxun"]):
        body = body_of(world, party_ids=[world.bureau_id(code) for code in parties])
        assert world.as_("wuxing-official").post("/agreements", body).status == 422


def listed(world, **query):
    """Ids on the first page of the official's list."""
    found = world.as_("wuxing-official").get("/agreements", **query).body
    return [item["id"] for item in found["items"]]


def test_a_page_of_one_state_is_filled_with_that_state(world):
    """The newest agreements are of another state; the page is not empty because of them."""
    signed = sign(world)
    for _number in range(3):
        answer = world.as_("wuxing-planner").post("/agreements", body_of(world))
        assert answer.status == 201, answer.body
    assert listed(world, state="in_force", limit=1) == [signed["id"]]
    assert len(listed(world, state="proposed", limit=2)) == 2
    assert listed(world, state="terminated") == []
    assert listed(world, state="no-such-state") == []


def test_the_list_by_state_follows_the_days_of_the_text(world):
    signed = sign(world)

    def with_days(begin: float, end: float) -> None:
        now = datetime.now(UTC)
        with world.app.app_context(), world.unit_of_work() as session:
            version = session.get(Agreement, signed["id"]).current
            version.valid_from = now + timedelta(days=begin)
            version.valid_to = now + timedelta(days=end)

    for begin, end, state in ((-2, 2, "in_force"), (1, 2, "signed"), (-2, -1, "expired")):
        with_days(begin, end)
        for asked in ("in_force", "signed", "expired"):
            found = signed["id"] in listed(world, state=asked)
            assert found == (asked == state), (state, asked)
