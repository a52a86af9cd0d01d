"""What a partner is not shown he does not learn from numbers, order, refusals or silence either."""

from __future__ import annotations

import pytest

from tests.support.cases import last_changes, new_case
from tests.support.world import Answer, World

OFFICER, PARTNER = "changxing-officer1", "yixing-officer1"


def patch(world: World, case_id: str, **fields: object) -> Answer:
    """Change fields of a case as its handler."""
    officer = world.as_(OFFICER)
    path = f"/cases/{case_id}"
    return officer.patch(path, fields, version=officer.get(path).version)


def note(world: World, case_id: str, kind: str) -> Answer:
    """Write a note."""
    return world.as_(OFFICER).post(f"/cases/{case_id}/notes", {"text": "内部意见", "kind": kind})


HIDDEN = {
    "opinion": lambda world, id_: note(world, id_, "opinion"),
    "memo": lambda world, id_: note(world, id_, "memo"),
    "own number": lambda world, id_: patch(world, id_, own_number="长环〔2026〕7"),
    "suspicion": lambda world, id_: patch(world, id_, criminal_suspected=True),
    "nothing": lambda world, id_: patch(world, id_, title=new_title(world, id_)),
}


def new_title(world: World, case_id: str) -> str:
    """The title as it is."""
    return str(world.as_(OFFICER).get(f"/cases/{case_id}").body["title"])


def sight(world: World, case_id: str) -> tuple[object, ...]:
    """All that a partner can compare: view, ETag, place in the list, feed, count."""
    partner = world.as_(PARTNER)
    one = partner.get(f"/cases/{case_id}")
    listed = partner.get("/cases", limit=5)
    return one.body, one.headers["ETag"], listed.body, last_changes(world, PARTNER, case_id)


def test_a_change_of_what_is_never_shared_leaves_no_trace_at_the_partner(world):
    made = new_case(world)
    case_id, officer = made.body["id"], world.as_(OFFICER)
    patch(world, case_id, handlers=[officer.user_id])
    before, owned = sight(world, case_id), officer.get(f"/cases/{case_id}").version
    for name, change in HIDDEN.items():
        answer = change(world, case_id)
        assert answer.status < 300, (name, answer.body)
        assert sight(world, case_id) == before, name
    # The owner's own number still tells his people of each.
    assert officer.get(f"/cases/{case_id}").version == owned + len(HIDDEN)
    assert note(world, case_id, "progress").status == 200
    told = last_changes(world, PARTNER, case_id)[-1]
    seen = world.as_(PARTNER).get(f"/cases/{case_id}")
    assert told["version"] == seen.version == seen.body["version"] == before[0]["version"] + 1


@pytest.mark.parametrize("door", ["/cases/{}", "/cases/{}/notes", "/cases/{}/timeline"])
def test_a_refusal_does_not_tell_absent_from_closed(world, door):
    made = new_case(world, title="不共享", classification=3).body
    stranger = world.as_("nanxun-officer1")
    said = []
    for id_ in (made["id"], made["id"][:-4] + "0000"):
        answer = stranger.get(door.format(id_))
        body = {k: v for k, v in answer.body.items() if k not in ("request_id", "instance")}
        said.append((answer.status, body, answer.headers.get("ETag"), len(str(body))))
    assert said[0] == said[1]
    assert said[0][0] == 404
