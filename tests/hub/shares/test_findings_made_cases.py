"""A finding that became a case is read through two doors; each shows what its own terms open."""

from __future__ import annotations

import pytest

from tests.support.cases import last_changes, off_zone
from tests.support.field import OFFICER, PARTNER, find
from tests.support.patrols import started_patrol
from tests.support.requests import done, draft
from tests.support.story import WUJIANG, memorandum

# What the terms close is decided before the database is asked.
pytestmark = pytest.mark.once

WORDS = "芦苇丛里的铁皮棚"
BOTH = ("wuxing-official", "wujiang-official")
BODIES = {
    "case": None,
    "task": {"firm": "演示纺织厂", "task": "封堵", "due_on": "2126-01-01"},
    "close": {"note": "合格", "no_photo_reason": "无"},
    "reopen": {"reason": "复查"},
}


def close(world, *groups, kinds):
    """Amend the memorandum: these groups are no longer opened of records of these kinds; without
    any, nothing of such a record is."""
    found = memorandum(world)
    terms = found["terms"]
    for rule in terms["rules"]:
        if rule["kind"] in kinds:
            rule["levels"] = {g: v for g, v in rule["levels"].items() if g not in groups}
    if not groups:
        terms["rules"] = [rule for rule in terms["rules"] if rule["kind"] not in kinds]
    body = {name: found[name] for name in ("valid_from", "valid_to", "text")} | {"terms": terms}
    put = world.as_(BOTH[0]).put(f"/agreements/{found['id']}", body, version=found["version"])
    assert put.status == 200, put.body
    for who in BOTH:
        key = {"content_hash": put.body["proposal"]["content_hash"]}
        signed = world.as_(who).post(f"/agreements/{found['id']}/sign", key)
        assert signed.status == 200, signed.body


def made(world):
    """A finding of Wuxing's in the zone, and the case that it became."""
    finding = find(world, started_patrol(world), text=WORDS)
    case = world.as_(OFFICER).post(f"/findings/{finding['id']}/case").body["case_id"]
    return finding, case


def doors(world, who, finding, case):
    """What a reader gets of both, by door, as text."""
    caller, patrol = world.as_(who), finding["patrol_id"]
    paths = {
        "finding": f"/findings/{finding['id']}",
        "findings": "/findings",
        "findings.csv": "/findings.csv",
        "case": f"/cases/{case}",
        "cases": "/cases",
        "patrol": f"/patrols/{patrol}",
        "matches": "/matches",
    }
    told = {name: str(caller.get(path).body) for name, path in paths.items()}
    for kind, id_ in (("finding", finding["id"]), ("case", case)):
        found = caller.get("/search", q=WORDS, kind=kind).body["items"]
        told[f"search {kind}"] = str(found) if found else ""
        told[f"feed {kind}"] = str(last_changes(world, who, id_))
        told[f"layer {kind}"] = str(caller.page(f"/ogc/collections/{kind}s/items").body)
        told[f"page {kind}"] = str(caller.page(f"/{kind}s/{id_}").body)
        told[f"list page {kind}"] = str(caller.page(f"/{kind}s").body)
    told["overview"] = caller.page("/").body
    return told


def shown_at(told, sign):
    """The doors at which a sign stands."""
    return {door for door, text in told.items() if sign in text}


def signs(finding):
    """What tells a finding's words, and its place."""
    return WORDS, f"{finding['lon']:.5f}"


# The words of a finding stand in what its case says of its substance too.
HIDDEN = ("basics", "place", "substance")


def test_what_is_closed_of_both_is_told_at_no_door(world):
    finding, case = made(world)
    before = doors(world, PARTNER, finding, case)
    close(world, *HIDDEN, kinds=("finding", "case"))
    after = doors(world, PARTNER, finding, case)
    for sign in signs(finding):
        assert {"finding", "findings", "case", "cases", "feed case"} <= shown_at(before, sign)
        assert shown_at(after, sign) == set()


@pytest.mark.parametrize(("kind", "other"), [("finding", "case"), ("case", "finding")])
def test_each_door_goes_by_its_own_terms(world, kind, other):
    """A rule for findings opens no case, and closes none; nor does one lead to the other."""
    finding, case = made(world)
    close(world, *HIDDEN, kinds=(kind,))
    told = doors(world, PARTNER, finding, case)
    for sign in signs(finding):
        found = shown_at(told, sign)
        assert other in found
        assert not [door for door in found if kind in door]
    for door in told:
        if "finding" in door:
            assert case not in told[door]
        if "case" in door:
            assert finding["id"] not in told[door]
            assert finding["number"] not in told[door]


def test_a_feed_does_not_say_what_became_of_a_finding_that_shows_no_state(world):
    finding, _case = made(world)

    def verbs(who):
        return [change["verb"] for change in last_changes(world, who, finding["id"])]

    assert verbs(PARTNER) == ["created", "acted"]
    close(world, "basics", kinds=("finding",))
    assert set(verbs(PARTNER)) == {"created", "updated"}
    assert "acted" in verbs(OFFICER)


def test_of_findings_that_are_kept_back_wholly_neither_number_nor_change_is_told(world):
    finding = find(world, patrol := started_patrol(world), text=WORDS)
    partner, url = world.as_(PARTNER), f"/patrols/{patrol['id']}/coverage"
    assert partner.get(url).body["findings"] == 1
    close(world, kinds=("finding",))

    def seen():
        plan = partner.get(f"/patrols/{patrol['id']}")
        return (partner.get(url).body["findings"], plan.body, plan.headers["ETag"],
                last_changes(world, PARTNER, finding["id"]))  # fmt: skip

    before = seen()
    assert before[0] == 0
    another = find(world, patrol, text=WORDS)
    done = world.as_(OFFICER).post(f"/findings/{finding['id']}/close", BODIES["close"])
    assert done.status == 200, done.body
    assert world.as_(OFFICER).get(url).body["findings"] == 2
    assert seen() == before
    assert last_changes(world, PARTNER, another["id"]) == []


def test_a_refusal_does_not_say_whose_it_is_or_what_became_of_it(world):
    """Neither of one on the own side nor of one on the other's, a case or none."""
    patrol = started_patrol(world)
    there = off_zone(world, WUJIANG)
    elsewhere = find(world, patrol, lon=there[0], lat=there[1])
    here = find(world, patrol)
    world.as_(OFFICER).post(f"/findings/{here['id']}/case")
    close(world, "basics", kinds=("finding",))
    partner = world.as_(PARTNER)
    for one in (here, elsewhere):
        for act, body in BODIES.items():
            refused = partner.post(f"/findings/{one['id']}/{act}", body)
            assert (refused.status, refused.body.get("rule")) == (409, "finding.unseen"), act
            assert not {"host_bureau_id", "duty_phone", "state"} & set(refused.body)
        page = partner.page(f"/findings/{one['id']}").body
        assert 'id="open-case"' not in page
        assert 'data-dialog-open="#close"' not in page


def test_a_finding_whose_lead_was_accepted_is_filed_as_if_its_officer_had(world):
    """Its recorder is told, and it is not struck off while the case runs."""
    patrol = started_patrol(world)
    place = off_zone(world, WUJIANG)
    finding = find(world, patrol, lon=place[0], lat=place[1])
    body = {"kind": "referral", "receiver_bureau_id": world.bureau_id("wujiang"),
            "title": "暗管排水线索", "finding_id": finding["id"]}  # fmt: skip
    row = draft(world, body, who=OFFICER)
    done(world, row["id"], (BOTH[0], "approve", {}), ("wuxing-liaison", "send", {}),
         ("wujiang-liaison", "accept", {}))  # fmt: skip
    seen = world.as_(OFFICER).get(f"/findings/{finding['id']}").body
    assert (seen["state"], seen["has_case"]) == ("case", True)
    assert seen["taken_by_id"] == world.bureau_id("wujiang")
    assert last_changes(world, OFFICER, finding["id"])[-1]["verb"] == "acted"
    early = world.as_(PARTNER).post(f"/findings/{finding['id']}/close", BODIES["close"])
    assert early.body["rule"] == "finding.case_open"
