"""A write that is repeated: answered with what its person may read now, and recognised for long."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from hub.access import Role
from hub.accounts.models import IdempotencyKey, User
from hub.accounts.once import KEPT
from hub.db import utc_now
from hub.patrols.models import Patrol
from tests.support.cases import YIXING, case_body, in_zone, new_case, share_of
from tests.support.clocks import run_due
from tests.support.field import batch, fix, inside, seen, zone_of
from tests.support.patrols import plan_of, started_patrol
from tests.support.requests import THEIR_LIAISON, sent
from tests.support.story import binding_zone
from tests.support.world import Answer, Caller, World

# All that a repeated answer tells of a record that its person may not read any more.
FACTS = {"id", "version", "number", "case_id"}


@dataclass
class Write:
    """A write under a key of its own, to be repeated to the letter."""

    who: Caller
    method: str
    path: str
    body: Any = field(default_factory=dict)
    version: int | None = None

    def __post_init__(self) -> None:
        self.key = uuid.uuid4().hex

    def send(self) -> Answer:
        """Send it, again under the same key."""
        return self.who.call(self.method, self.path, self.body, version=self.version, key=self.key)


def change(world: World, who: Caller, **changes: Any) -> None:
    """Change a person's row, as only an operator can."""
    with world.unit_of_work() as session:
        user = session.get_one(User, who.user_id)
        for name, value in changes.items():
            setattr(user, name, value)


def own_case(world: World) -> Write:
    return Write(world.as_("changxing-officer1"), "POST", "/cases", case_body(in_zone(world)))


def accepted_share(world: World) -> Write:
    share = share_of(world, new_case(world).body["id"])
    who = world.as_("yixing-official")
    who.get(f"/cases/{share['record_id']}")
    who.post(f"/shares/{share['id']}/acknowledge")
    return Write(who, "POST", f"/shares/{share['id']}/accept")


def linked_case(world: World) -> Write:
    theirs = new_case(world).body
    who = world.as_("yixing-officer1")
    mine = who.post("/cases", case_body(in_zone(world, YIXING), title="对岸案")).body
    body = {"case_id": theirs["id"], "kind": "related"}
    return Write(who, "POST", f"/cases/{mine['id']}/links", body)


def answered_request(world: World) -> Write:
    request = sent(world)
    body = {"act": "acknowledge"}
    return Write(world.as_(THEIR_LIAISON), "POST", f"/requests/{request['id']}/acts", body)


def proposed_patrol(world: World) -> Write:
    body = plan_of(world, binding_zone(world))
    return Write(world.as_("wuxing-planner"), "POST", "/patrols", body)


def recall(world: World, write: Write, first: Answer) -> None:
    for share in world.as_("changxing-official").get("/shares", direction="given").body["items"]:
        answer = world.as_("changxing-official").post(
            f"/shares/{share['id']}/recall", {"reason": "误共享"}
        )
        assert answer.status == 200, answer.body


def lower(world: World, write: Write, first: Answer) -> None:
    change(world, write.who, clearance=0)


def move_away(world: World, write: Write, first: Answer) -> None:
    change(world, write.who, bureau_id=world.bureau_id("nanxun"))


def lose_roles(world: World, write: Write, first: Answer) -> None:
    change(world, write.who, roles=[Role.AUDITOR.value])


Made = Callable[[World], Write]
Lost = Callable[[World, Write, Answer], None]
CASES: list[tuple[Made, Lost]] = [
    (own_case, lower),
    (own_case, lose_roles),
    (accepted_share, recall),
    (accepted_share, move_away),
    (linked_case, recall),
    (answered_request, lower),
    (proposed_patrol, move_away),
]


def reading_of(first: dict[str, Any], path: str) -> str:
    """The address at which the record of an answer is read."""
    kind = path.split("/")[1]
    return f"/{kind}/{first['id']}"


@pytest.mark.parametrize(
    ("made", "lost"), CASES, ids=[f"{made.__name__}-{lost.__name__}" for made, lost in CASES]
)
def test_a_repeated_write_shows_no_more_than_a_reading_of_this_moment(
    world: World, made: Made, lost: Lost
):
    write = made(world)
    first = write.send()
    assert first.status in (200, 201), first.body
    lost(world, write, first)
    again = write.send()
    if again.status in (403, 404):  # what the door prepares beforehand was refused already
        assert "id" not in again.body
        return
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.status == first.status
    now = write.who.get(reading_of(first.body, write.path))
    if now.status == 200:
        assert again.body == now.body
    else:
        assert set(again.body) <= FACTS, again.body
        assert again.body["id"] == first.body["id"]


def test_a_partners_number_is_gone_from_the_answer_once_its_share_is_recalled(world: World):
    write = linked_case(world)
    first = write.send()
    assert first.body["links"][0]["number"]
    recall(world, write, first)
    assert first.body["links"][0]["number"] not in str(write.send().body)


def test_nothing_of_an_answers_content_is_kept(world: World):
    for made in (own_case, accepted_share, answered_request, linked_case):
        made(world).send()
    with world.unit_of_work() as session:
        kept = session.scalars(select(IdempotencyKey.facts)).all()
    assert kept
    assert {name for text in kept if text for name in orjson.loads(text)} <= FACTS


@pytest.mark.parametrize("end", ["sign out", "disable"])
def test_whoever_may_not_come_in_is_not_answered_again(world: World, end: str):
    write = own_case(world)
    assert write.send().status == 201
    if end == "disable":
        answer = world.as_("changxing-secadmin").put(
            f"/people/{write.who.user_id}/active", {"active": False}
        )
        assert answer.status == 200, answer.body
    else:
        for token in write.who.get("/tokens").body["items"]:
            write.who.delete(f"/tokens/{token['id']}")
    assert write.send().status == 401


def test_a_repeated_write_of_a_record_that_changed_answers_with_what_it_is_now(world: World):
    write = own_case(world)
    first = write.send()
    changed = write.who.patch(
        f"/cases/{first.body['id']}", {"title": "改后的案名"}, version=first.version
    )
    again = write.send()
    assert (again.status, again.body["title"]) == (201, "改后的案名")
    assert again.version == changed.version


def test_a_repeated_write_is_answered_after_somebody_looked_at_the_description(world: World):
    assert world.app.test_client().get("/openapi.json").status_code == 200
    world.app.extensions.pop("hub.readers", None)  # as in a process that answers its first one
    write = own_case(world)
    assert write.send().status == 201
    assert write.send().status == 201


def kept_keys(world: World) -> int:
    with world.unit_of_work() as session:
        return len(session.scalars(select(IdempotencyKey.key)).all())


def test_keys_are_forgotten_by_the_clock_and_not_before(world: World):
    write = own_case(world)
    write.send()
    count = kept_keys(world)
    run_due(world, KEPT - timedelta(hours=1))
    assert kept_keys(world) == count
    run_due(world, KEPT + timedelta(days=1))
    assert kept_keys(world) == 0


def forget_keys(world: World) -> None:
    """What the clock does once their time is over, at once."""
    with world.unit_of_work() as session:
        for row in session.scalars(select(IdempotencyKey)):
            session.delete(row)


def test_positions_sent_again_after_their_key_was_forgotten_are_recognised(world: World):
    patrol = started_patrol(world)
    place = inside(zone_of(world, patrol), "330502")
    body = batch(fix(*place))
    who = world.as_("wuxing-officer1")
    write = Write(who, "POST", f"/patrols/{patrol['id']}/positions", body)
    assert write.send().body["stored"] is True
    forget_keys(world)
    assert write.send().body["stored"] is False


@pytest.mark.parametrize("kind", ["finding", "log"])
def test_what_a_phone_noted_longer_ago_than_keys_are_sure_to_be_kept_is_refused(
    world: World, kind: str
):
    """A patrol that nobody ended takes what its crew noted, but not for ever: otherwise what was
    sent before could come a second time."""
    patrol = started_patrol(world)
    place = inside(zone_of(world, patrol), "330502")
    who = world.as_("wuxing-officer1")
    noted = utc_now() - timedelta(days=91)
    with world.unit_of_work() as session:
        session.get_one(Patrol, patrol["id"]).started_at = noted - timedelta(days=1)
    if kind == "finding":
        body = seen(place, found_at=noted.isoformat())
        answer = who.post(f"/patrols/{patrol['id']}/findings", body)
    else:
        answer = who.post(
            f"/patrols/{patrol['id']}/log", {"kind": "pause", "at": noted.isoformat()}
        )
    assert answer.status == 409, answer.body
    assert answer.body["rule"] == "patrol.late"
