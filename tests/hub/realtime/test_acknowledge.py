"""What many devices acknowledge within a moment is one transaction; each has its own answer."""

from __future__ import annotations

from hub.errors import Invalid, Unauthenticated
from hub.realtime.acknowledge import acknowledge
from sharing.models import FeedAck
from tests.support.acks import ack_of
from tests.support.cases import new_case, share_of
from tests.support.requests import sent

OWNERS = ("changxing-official", "changxing-planner", "changxing-officer1")
PARTNERS = ("yixing-liaison", "yixing-official", "yixing-planner", "yixing-officer1")


def together(world, people, *, change=None):
    """The answers to what people acknowledge together, and the statements it took."""
    ids = [world.as_(one).user_id for one in people]
    rules = world.app.extensions["hub.publisher"].rules
    with world.app.app_context(), world.unit_of_work() as session:
        acks = [ack_of(session, one) for one in ids]
        if change:
            change(session, acks)
        with world.hearing("before_cursor_execute") as statements:
            answers = acknowledge(session, acks, rules)
    return acks, answers, len(statements)


def test_a_page_more_costs_no_statement_more(world):
    sent(world)
    together(world, OWNERS + PARTNERS)
    new_case(world)
    _acks, _answers, few = together(world, (OWNERS[0], PARTNERS[0]))
    case = new_case(world).body
    acks, answers, many = together(world, OWNERS + PARTNERS)
    assert answers == [ack.seq for ack in acks]
    assert many == few
    receipts = [one for one in share_of(world, case["id"])["receipts"] if one["at"]]
    assert [(one["rung"], one["who"]) for one in receipts] == [
        ("delivered", world.as_(PARTNERS[0]).get("/me").body["name"])
    ]


def test_one_that_is_refused_fails_alone(world):
    case = new_case(world).body
    people = (OWNERS[0], *PARTNERS[:3])

    def spoil(session, acks):
        acks[1] = ack_of(session, acks[1].actor.user_id, ahead=1)
        # Looked at before somebody's rights changed, and his session is not there any more.
        acks[2] = type(acks[2])(acks[2].actor, acks[2].seq, stamp=-1)

    acks, answers, _count = together(world, people, change=spoil)
    assert [type(one) for one in answers] == [int, Invalid, Unauthenticated, int]
    with world.app.app_context(), world.unit_of_work() as session:
        keys = [(ack.actor.bureau_id, ack.actor.user_id) for ack in acks]
        held = [session.get(FeedAck, key) for key in keys]
    assert [one and one.seq for one in held] == [answers[0], None, None, answers[3]]
    delivered = [one for one in share_of(world, case["id"])["receipts"] if one["at"]]
    assert [one["who"] for one in delivered] == [world.as_(people[3]).get("/me").body["name"]]
