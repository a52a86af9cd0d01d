"""Amendments: signed by all by hash, they replace the text in force on their day, and bite."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from hub.agreements.models import Agreement
from hub.agreements.services import begin_due
from sharing.models import Share
from tests.support.cases import new_case
from tests.support.story import memorandum, sign

TEXT = ("valid_from", "valid_to", "terms", "text")


def iso(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def amend(world, found, who="wujiang-official", version=None, **changes):
    """Put an amendment on the table; without files of cases unless told otherwise."""
    body = {key: found[key] for key in TEXT} | changes
    return world.as_(who).put(
        f"/agreements/{found['id']}", body, version=version or found["version"]
    )


def without(terms, *groups, kind="case"):
    """The same terms, some groups of a kind left out."""
    rules = [
        rule | {"levels": {g: v for g, v in rule["levels"].items() if g not in groups}}
        if rule["kind"] == kind
        else rule
        for rule in terms["rules"]
    ]
    return terms | {"rules": [rule for rule in rules if rule["levels"]]}


BOTH = ("wujiang-official", "wuxing-official")
NEIGHBOURS = ("changxing-official", "yixing-official")


def framework(world):
    """Changxing and Yixing's, in force in the demo, with a binding zone."""
    items = world.as_("changxing-official").get("/agreements").body["items"]
    return next(item for item in items if "宜兴" in item["title"])


def in_force_anew(world, found, terms):
    """Amend the framework and sign it on both sides."""
    answer = amend(world, found, who="changxing-official", terms=terms)
    assert answer.status == 200, answer.body
    proposal = answer.body["proposal"]
    return sign_proposal(world, found["id"], proposal["content_hash"], NEIGHBOURS)


def sign_proposal(world, agreement_id, content_hash, people=BOTH):
    for username in people:
        answer = world.as_(username).post(
            f"/agreements/{agreement_id}/sign", {"content_hash": content_hash}
        )
        assert answer.status == 200, answer.body
    return answer.body


def test_what_is_in_force_stays_in_force_beside_an_amendment(world):
    signed = sign(world)
    answer = amend(world, signed, terms=without(signed["terms"], "party"), note="减少当事人信息")
    assert answer.status == 200, answer.body
    assert answer.body["state"] == "in_force"
    assert answer.body["terms"] == signed["terms"]
    proposal = answer.body["proposal"]
    assert (proposal["number"], proposal["amends"], proposal["note"]) == (2, 1, "减少当事人信息")
    assert proposal["content_hash"] != signed["content_hash"]
    assert not any(party["signed"] for party in proposal["parties"])
    assert all(party["signed"] for party in answer.body["parties"])


def test_both_keys_on_the_amendment_replace_the_text(world):
    signed = sign(world)
    proposal = amend(world, signed, terms=without(signed["terms"], "party")).body["proposal"]
    half = sign_proposal(world, signed["id"], proposal["content_hash"], ["wujiang-official"])
    assert (half["state"], half["text_version"]) == ("in_force", 1)
    done = sign_proposal(world, signed["id"], proposal["content_hash"], ["wuxing-official"])
    assert (done["state"], done["text_version"], done["proposal"]) == ("in_force", 2, None)
    assert [v["holds"] for v in done["versions"]] == [False, True]
    assert all(v["state"] == "signed" and v["begun_at"] for v in done["versions"])


def test_until_its_first_day_the_text_before_it_holds(world):
    signed = sign(world)
    proposal = amend(world, signed, valid_from=iso(2), valid_to=iso(50)).body["proposal"]
    done = sign_proposal(world, signed["id"], proposal["content_hash"])
    assert (done["state"], done["text_version"]) == ("in_force", 1)
    assert done["coming"]["number"] == 2
    with world.app.app_context(), world.unit_of_work() as session:
        agreement = session.get(Agreement, signed["id"])
        assert agreement.version_at(datetime.now(UTC) + timedelta(days=1)).number == 1
        assert agreement.version_at(datetime.now(UTC) + timedelta(days=3)).number == 2
        assert begin_due(session, datetime.now(UTC)) == 0
        assert begin_due(session, datetime.now(UTC) + timedelta(days=3)) == 1
        assert begin_due(session, datetime.now(UTC) + timedelta(days=3)) == 0


def test_an_amendment_never_reaches_back_before_its_last_signature(world):
    signed = sign(world)
    proposal = amend(world, signed, valid_from=iso(-30)).body["proposal"]
    sign_proposal(world, signed["id"], proposal["content_hash"])
    with world.app.app_context(), world.unit_of_work() as session:
        agreement = session.get(Agreement, signed["id"])
        assert agreement.version_at(datetime.now(UTC) - timedelta(minutes=5)).number == 1
        assert agreement.version_at(datetime.now(UTC)).number == 2


def test_narrowed_terms_bite_at_once(world):
    found, case = framework(world), new_case(world).body
    yixing = world.as_("yixing-liaison")
    path = f"/cases/{case['id']}"
    assert "party_name" in yixing.get(path).body
    head = yixing.get("/changes", after=0, limit=1).body["head"]
    in_force_anew(world, found, without(found["terms"], "party"))
    assert "party_name" not in yixing.get(path).body
    share = next(s for s in yixing.get("/shares").body["items"] if s["record_id"] == case["id"])
    assert share["agreement_version"] == 2
    told = {(c["kind"], c["verb"]) for c in yixing.get("/changes", after=head).body["items"]}
    assert {("case", "updated"), ("share", "updated"), ("zone", "updated")} <= told


def test_a_kind_that_is_no_longer_covered_ends_its_shares(world):
    found, case = framework(world), new_case(world).body
    rules = [rule for rule in found["terms"]["rules"] if rule["kind"] != "case"]
    in_force_anew(world, found, found["terms"] | {"rules": rules})
    assert world.as_("yixing-liaison").get(f"/cases/{case['id']}").status == 404
    shares = world.as_("changxing-official").get("/shares", direction="given").body["items"]
    share = next(s for s in shares if s["record_id"] == case["id"])
    assert (share["state"], share["end_reason"]) == ("expired", "修订后的条款不再允许共享")


def test_widened_terms_open_more_by_themselves(world):
    found, case = framework(world), new_case(world).body
    now = in_force_anew(world, found, without(found["terms"], "party"))
    later = new_case(world).body
    yixing = world.as_("yixing-liaison")
    assert "party_name" not in yixing.get(f"/cases/{later['id']}").body
    in_force_anew(world, now, found["terms"])
    for one in (case, later):
        assert "party_name" in yixing.get(f"/cases/{one['id']}").body


def test_shorter_retention_counts_from_when_it_was_received(world):
    found, case = framework(world), new_case(world).body
    with world.app.app_context(), world.unit_of_work() as session:
        for share in session.scalars(select(Share).where(Share.record_id == case["id"])):
            share.created_at -= timedelta(days=10)
    yixing = world.as_("yixing-liaison")
    assert yixing.get(f"/cases/{case['id']}").status == 200
    in_force_anew(world, found, found["terms"] | {"retention_days": 5})
    assert yixing.get(f"/cases/{case['id']}").status == 404
    shares = world.as_("changxing-official").get("/shares", direction="given").body["items"]
    share = next(s for s in shares if s["record_id"] == case["id"])
    assert share["end_reason"] == "约定的保存期限已到"


def test_a_new_proposal_replaces_the_one_on_the_table_and_says_so_to_the_signer(world):
    signed = sign(world)
    first = amend(world, signed, terms=without(signed["terms"], "party"))
    second = amend(
        world,
        signed,
        who="wuxing-official",
        version=first.body["version"],
        terms=without(signed["terms"], "place"),
    )
    assert second.body["proposal"]["number"] == 3
    assert [v["state"] for v in second.body["versions"]] == ["signed", "withdrawn", "proposed"]
    late = world.as_("wujiang-official").post(
        f"/agreements/{signed['id']}/sign", {"content_hash": first.body["proposal"]["content_hash"]}
    )
    assert late.status == 409
    assert "第2版" in late.body["detail"]
    assert "第3版" in late.body["detail"]


def test_an_amendment_is_declined_with_a_reason(world):
    signed = sign(world)
    answer = amend(world, signed, terms=without(signed["terms"], "party"))
    path = f"/agreements/{signed['id']}/withdraw"
    officer = world.as_("wuxing-officer1")
    reason = {"reason": "仍需要当事人信息"}
    assert officer.post(path, reason, version=answer.body["version"]).status == 403
    declined = world.as_("wuxing-official").post(path, reason, version=answer.body["version"])
    assert declined.status == 200
    assert declined.body["proposal"] is None
    assert declined.body["versions"][-1]["withdrawn_reason"] == "仍需要当事人信息"
    again = world.as_("wuxing-official").post(path, reason, version=declined.body["version"])
    assert again.status == 409
    sign_again = world.as_("wujiang-official").post(
        f"/agreements/{signed['id']}/sign",
        {"content_hash": answer.body["proposal"]["content_hash"]},
    )
    assert sign_again.status == 409


def test_a_text_signed_during_a_suspension_begins_when_it_ends(world):
    signed = sign(world)
    official = world.as_("wuxing-official")
    path = f"/agreements/{signed['id']}"
    held = official.post(f"{path}/suspend", {"reason": "修订期间"}).body
    assert (held["state_reason"], held["state_by_bureau"]) == ("修订期间", official.bureau_id)
    proposal = amend(world, held, terms=without(signed["terms"], "party")).body["proposal"]
    done = sign_proposal(world, signed["id"], proposal["content_hash"])
    assert (done["state"], done["versions"][1]["begun_at"]) == ("suspended", None)
    resumed = official.post(f"{path}/resume").body
    assert (resumed["state"], resumed["text_version"]) == ("in_force", 2)
    assert resumed["versions"][1]["begun_at"]


def test_ending_takes_the_amendment_off_the_table(world):
    signed = sign(world)
    amend(world, signed, terms=without(signed["terms"], "party"))
    official = world.as_("wuxing-official")
    ended = official.post(f"/agreements/{signed['id']}/terminate", {"reason": "到期不续"}).body
    assert (ended["state"], ended["proposal"]) == ("terminated", None)
    assert ended["versions"][1]["withdrawn_reason"] == "到期不续"
    answer = amend(world, ended)
    assert answer.status == 409


def test_title_and_parties_of_what_others_have_seen_stay(world):
    signed = sign(world)
    for change in ({"title": "另一个名称"}, {"party_ids": [world.bureau_id("wuxing"), "x"]}):
        answer = amend(world, signed, **change)
        assert answer.status == 422
        assert answer.body["errors"][0]["field"] == next(iter(change))


def test_a_patrol_planned_beyond_the_amendments_day_stands_on_its_text(world):
    signed = sign(world)
    proposal = amend(world, signed, valid_from=iso(2)).body["proposal"]
    sign_proposal(world, signed["id"], proposal["content_hash"])
    with world.app.app_context(), world.unit_of_work() as session:
        agreement = session.get(Agreement, signed["id"])
        assert agreement.version_at(datetime.now(UTC) + timedelta(days=5)).number == 2


def test_a_draft_is_the_own_bureaus_until_it_is_put_forward(world):
    found = memorandum(world)
    body = {key: found[key] for key in TEXT} | {
        "title": "草稿",
        "title_en": "Draft",
        "party_ids": [world.bureau_id("wuxing"), world.bureau_id("wujiang")],
        "draft": True,
    }
    wuxing, wujiang = world.as_("wuxing-planner"), world.as_("wujiang-official")
    head = wujiang.get("/changes", after=0, limit=1).body["head"]
    made = wuxing.post("/agreements", body).body
    path = f"/agreements/{made['id']}"
    assert made["state"] == "draft"
    assert wujiang.get(path).status == 404
    change = {key: found[key] for key in TEXT} | {
        "title": "改过的草稿",
        "party_ids": [world.bureau_id(code) for code in ("wuxing", "wujiang", "nanxun")],
    }
    changed = wuxing.put(path, change, version=made["version"]).body
    assert (changed["title"], len(changed["parties"]), changed["text_version"]) == (
        "改过的草稿",
        3,
        1,
    )
    assert changed["content_hash"] != made["content_hash"]
    refused = wuxing.post(f"{path}/sign", {"content_hash": changed["content_hash"]})
    assert refused.status in (403, 409)
    assert wujiang.get("/changes", after=head).body["items"] == []
    told = wuxing.post(f"{path}/propose", version=changed["version"]).body
    assert told["state"] == "proposed"
    assert wujiang.get(path).status == 200
    assert wuxing.post(f"{path}/propose", version=told["version"]).status == 409


BROKEN = [
    ({"terms": {"rules": [{"kind": "boat"}]}}, "terms.rules.0.kind"),
    ({"terms": {"rules": [{"clause": ""}]}}, "terms.rules.0.clause"),
    ({"terms": {"rules": [{"purposes": ["fun"]}]}}, "terms.rules.0.purposes"),
    ({"terms": {"rules": [{"levels": {"shoes": "white"}}]}}, "terms.rules.0.levels"),
    ({"terms": {"rules": [{"levels": {"basics": "blue"}}]}}, "terms.rules.0.levels"),
    (
        {"terms": {"rules": [{"place": {"type": "near_line", "metres": -1}}]}},
        "terms.rules.0.place.metres",
    ),
    (
        {"terms": {"rules": [{"place": {"type": "districts", "adcodes": ["1"]}}]}},
        "terms.rules.0.place.adcodes",
    ),
    ({"terms": {"rules": [{"place": {"type": "moon"}}]}}, "terms.rules.0.place"),
    ({"terms": {"rules": [{"retention_days": 0}]}}, "terms.rules.0.retention_days"),
    (
        {"terms": {"rules": [{"onward": {"rule": "parties", "bureaus": []}}]}},
        "terms.rules.0.onward",
    ),
    (
        {"terms": {"rules": [{"onward": {"rule": "parties", "bureaus": ["x"]}}]}},
        "terms.rules.0.onward.bureaus",
    ),
    ({"terms": {"retention_days": 0}}, "terms.retention_days"),
    ({"terms": {"max_classification": 5}}, "terms.max_classification"),
    ({"text": {"line": {"max_width_m": -5}}}, "text.line.max_width_m"),
    ({"text": {"powers": {"inspection_cap": 0}}}, "text.powers.inspection_cap"),
    ({"text": {"powers": {"surprise": 1}}}, "text.powers.surprise"),
    ({"text": {"acts": {"host_officers": 1}}}, "text.acts.host_officers"),
    ({"text": {"acts": {"in_zone": "host"}}}, "text.acts.in_zone"),
    ({"text": {"contacts": [{"bureau_id": "x", "name": "甲"}]}}, "text.contacts.0.bureau_id"),
    ({"text": {"clauses": [{"number": "一"}, {"number": "一"}]}}, "text.clauses.1.number"),
]


@pytest.mark.parametrize(("change", "field"), BROKEN, ids=[row[1] for row in BROKEN])
def test_what_cannot_be_used_is_named(world, change, field):
    found = memorandum(world)
    body = {key: found[key] for key in TEXT}
    if "text" in change:
        body["text"] = body["text"] | change["text"]
    else:
        rules = change["terms"].pop("rules", [{}])
        rule = {k: v for k, v in found["terms"]["rules"][0].items() if k != "x"}
        body["terms"] = found["terms"] | {"rules": [rule | one for one in rules]} | change["terms"]
        change["terms"]["rules"] = rules
    answer = world.as_("wujiang-official").put(
        f"/agreements/{found['id']}", body, version=found["version"]
    )
    assert answer.status == 422, answer.body
    assert field in [error["field"] for error in answer.body["errors"]]


def test_two_parties_at_once_have_one_outcome(world):
    """One edits, one signs: either the signature came first or it is refused with the reason."""
    signed = sign(world)
    first = amend(world, signed, terms=without(signed["terms"], "party")).body
    path = f"/agreements/{signed['id']}"
    body = {key: signed[key] for key in TEXT} | {"note": "第二稿"}
    gate = Barrier(2)
    answers = {}
    editor, signer = world.as_("wuxing-official"), world.as_("wujiang-official")

    def edit():
        gate.wait()
        answers["edit"] = editor.put(path, body, version=first["version"])

    def turn_key():
        gate.wait()
        answers["sign"] = signer.post(
            f"{path}/sign", {"content_hash": first["proposal"]["content_hash"]}
        )

    threads = [Thread(target=edit), Thread(target=turn_key)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = sorted(answer.status for answer in answers.values())
    assert statuses == [200, 409], {k: a.body for k, a in answers.items()}
    now = editor.get(path).body
    if answers["edit"].status == 200:
        assert now["proposal"]["note"] == "第二稿"
        assert not any(p["signed"] for p in now["proposal"]["parties"])
        assert "第3版" in answers["sign"].body["detail"]
    else:
        assert answers["edit"].body["current"]["proposal"]["number"] == 2
        assert [p["signed"] for p in now["proposal"]["parties"]].count(True) == 1
