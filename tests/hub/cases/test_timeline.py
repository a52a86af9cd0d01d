"""One timeline: everything for the owner, for a partner what he may see."""

from __future__ import annotations

import pytest

from tests.hub.cases.test_measures import newest, take
from tests.hub.cases.test_steps import Way
from tests.support.cases import SECRET_WORDS, new_case


def events(world, who, case_id, **query):
    return world.as_(who).get(f"/cases/{case_id}/timeline", **query).body["items"]


def kinds(world, who, case_id):
    return {event["kind"] for event in events(world, who, case_id)}


@pytest.fixture
def lived(world):
    """A case that has something of everything."""
    way = Way(world).walk("filed", "investigating")
    take(way, "seizure", document_number="长环查扣9号")
    path = f"/cases/{way.id}"
    for kind, text in (("opinion", SECRET_WORDS), ("progress", "已封堵暗管")):
        way.officer.post(f"{path}/notes", {"text": text, "kind": kind})
    way.officer.post(f"{path}/links", {"case_id": new_case(world).body["id"]})
    way.version = way.officer.get(path).body["version"]
    way.patch(place="界河西岸")
    world.as_("yixing-liaison").get(path)
    return way


def test_the_owner_sees_everything_in_one_order(world, lived):
    found = events(world, "changxing-officer1", lived.id)
    assert {e["kind"] for e in found} >= {
        "step", "note", "measure", "share", "receipt", "deadline", "link", "edit",
    }  # fmt: skip
    assert [e["at"] for e in found] == sorted((e["at"] for e in found), reverse=True)
    only = events(world, "changxing-officer1", lived.id, kind="note")
    assert {e["text"] for e in only} == {SECRET_WORDS, "已封堵暗管"}
    assert (
        world.as_("changxing-officer1").get(f"/cases/{lived.id}/timeline", kind="x").status == 422
    )


def test_who_does_not_handle_it_reads_no_opinion(world, lived):
    texts = {e["text"] for e in events(world, "changxing-liaison", lived.id)}
    assert "已封堵暗管" in texts
    assert SECRET_WORDS not in texts


def test_a_partner_sees_his_own_share_and_what_the_terms_open(world, lived):
    found = events(world, "yixing-liaison", lived.id)
    assert {e["kind"] for e in found} == {
        "step", "note", "measure", "share", "receipt", "deadline", "link",
    }  # fmt: skip
    assert [e["title"] for e in found if e["kind"] == "step"] == ["登记案件"]
    assert SECRET_WORDS not in str(found)
    page = world.as_("yixing-liaison").page(f"/cases/{lived.id}").body
    assert "长环查扣9号" in page
    assert SECRET_WORDS not in page


def test_a_stranger_has_no_timeline(world, lived):
    assert world.as_("nanxun-officer1").get(f"/cases/{lived.id}/timeline").status == 404


def test_how_a_measure_ended_stands_there_too(world, lived):
    held = newest(lived.officer.get(f"/cases/{lived.id}"))
    lived.officer.post(
        f"/cases/{lived.id}/measures/{held['id']}/end",
        {"outcome": "lifted", "text": "已整改"},
        version=lived.version,
    )
    titles = [e["title"] for e in events(world, "yixing-officer1", lived.id, kind="measure")]
    assert titles == ["查封扣押：已解除", "查封扣押"]
