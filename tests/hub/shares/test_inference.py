"""What a partner is not shown he does not learn from numbers, order, refusals or silence either."""

from __future__ import annotations

import pytest

from tests.support import field, meetings, petitions, requests
from tests.support.cases import last_changes, new_case, share_of
from tests.support.patrols import soon, started_patrol
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


def test_what_becomes_of_a_case_after_its_recall_is_told_to_the_owner_alone(world):
    made = new_case(world)
    case_id, share = made.body["id"], share_of(world, made.body["id"])
    done = world.as_("changxing-official").post(f"/shares/{share['id']}/recall", {"reason": "误发"})
    assert done.status == 200, done.body
    before = last_changes(world, PARTNER, case_id)
    assert patch(world, case_id, title="另一案由").status == 200
    assert last_changes(world, PARTNER, case_id) == before


def test_the_end_of_an_agreement_is_told_by_the_number_that_the_partner_knows(world):
    case_id = new_case(world).body["id"]
    assert patch(world, case_id, own_number="长环〔2026〕7").status == 200
    known = world.as_(PARTNER).get(f"/cases/{case_id}").version
    official, agreement = world.as_("changxing-official"), meetings.agreement_of(world)
    path = f"/agreements/{agreement['id']}/suspend"
    done = official.post(path, {"reason": "暂停"}, version=agreement["version"])
    assert done.status == 200, done.body
    assert last_changes(world, PARTNER, case_id)[-1]["version"] == known


def told(world: World, username: str, kind: str, record_id: str) -> tuple[object, ...]:
    """The same as `sight` of another kind of record."""
    caller = world.as_(username)
    one = caller.get(f"/{kind}/{record_id}")
    listed = caller.get(f"/{kind}", limit=5).body
    return one.body, one.headers["ETag"], listed, last_changes(world, username, record_id)


@pytest.mark.parametrize("change", ["channel", "handler", "reporter", "as it was"])
def test_of_what_a_petition_never_shows_its_neighbour_learns_no_change(world, change):
    row = petitions.joined(world)
    url, mediator = f"/petitions/{row['id']}", world.as_(petitions.MEDIATOR)
    before, own = told(world, petitions.GUEST, "petitions", row["id"]), mediator.get(url)
    if change == "reporter":
        answer = mediator.put(f"{url}/reporter", {"name": "另一人"})
    else:
        fields = {
            "channel": {"channel": "visit"},
            "handler": {"handler_id": mediator.user_id},
            "as it was": {"title": own.body["title"]},
        }[change]
        answer = mediator.patch(url, fields, version=own.version)
    assert answer.status == 200, answer.body
    assert mediator.get(url).version > own.version
    assert told(world, petitions.GUEST, "petitions", row["id"]) == before
    now = mediator.get(url).version
    assert mediator.patch(url, {"title": "新的事由"}, version=now).status == 200
    after = told(world, petitions.GUEST, "petitions", row["id"])
    assert after[0]["version"] == before[0]["version"] + 1
    assert after[3][-1]["version"] == after[0]["version"]


def test_on_whom_a_deadline_lies_is_told_to_his_own_bureau_alone(world):
    mediator = world.as_(petitions.MEDIATOR)
    row = petitions.joined(world, handler_id=mediator.user_id)
    url = f"/petitions/{row['id']}"
    people = [
        {clock["person_id"] for clock in world.as_(name).get(url).body["clocks"]}
        for name in (petitions.MEDIATOR, petitions.GUEST)
    ]
    assert people == [{mediator.user_id}, {None}]


@pytest.mark.parametrize(
    ("who", "other"), [(requests.OFFICER, requests.THEIR_LIAISON),
                       (requests.THEIR_OFFICER, requests.LIAISON)],
)  # fmt: skip
def test_a_file_that_was_not_sent_yet_is_not_known_to_the_other_side(world, who, other):
    row = requests.sent(world)
    for reader in (other, who):  # the first reading delivers it, which both are told
        world.as_(reader).get(f"/requests/{row['id']}")
    own = world.as_(who).get(f"/requests/{row['id']}").version
    before = told(world, other, "requests", row["id"])
    assert requests.upload(world, who, row["id"]).status == 201
    assert world.as_(who).get(f"/requests/{row['id']}").version == own + 1
    assert told(world, other, "requests", row["id"]) == before


WASTE = {"amount_t": 1.5, "firm_name": "示例化工"}


def of_a_finding(world: World, finding_id: str) -> tuple[object, ...]:
    """The same of a finding, with what stands in the audit of those who see it."""
    entries = world.as_("wujiang-auditor").get("/audit", record=finding_id, limit=50).body
    acts = [one for one in entries["items"] if one["action"].startswith("finding.")]
    return (*told(world, field.PARTNER, "findings", finding_id), acts)


def test_what_terms_keep_back_of_a_finding_leaves_no_trace_at_the_other_side(world):
    made = field.find(world, started_patrol(world), category="hazardous_waste", details=WASTE)
    officer, url = world.as_(field.OFFICER), f"/findings/{made['id']}"

    def correct(**body: object) -> Answer:
        return officer.patch(url, body, version=officer.get(url).version)

    def task(firm: str) -> Answer:
        due = soon(days=9).date().isoformat()
        return officer.post(f"{url}/task", {"firm": firm, "task": "封堵暗管", "due_on": due})

    assert task("示例化工").status == 200
    before, own = of_a_finding(world, made["id"]), officer.get(url).version
    # Whose firm it is, and what it was told to do, no terms about findings open.
    assert correct(details=WASTE | {"firm_name": "示例涂料"}, reason="看错").status == 200
    assert task("示例涂料").status == 200
    assert officer.get(url).version == own + 2
    assert of_a_finding(world, made["id"]) == before
    assert correct(text="暗管旁有废桶", reason="补充").status == 200
    after = of_a_finding(world, made["id"])
    assert after[0]["version"] == before[0]["version"] + 1
    assert after[3][-1]["version"] == after[0]["version"]
    assert after[1] == f'"{after[0]["version"]}"'


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
