"""The comparison can fail: faults planted in the rules, and in the hub itself, are each found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from hub.cases import views
from hub.shares.deciding import Judge
from sharing import shares as engine
from sharing.models import Share as ShareRow
from tests.oracle.comparing import disagreements
from tests.oracle.doors import Sight
from tests.oracle.running import through
from tests.oracle.values import BLACK, WHITE, Agreement, Reader, Rule, Share, Text, World
from tests.oracle.worlds import READERS, world

# Planted faults lie in the rules, not in the database.
pytestmark = pytest.mark.once

HANDLER, OFFICER, _OFFICIAL, LIAISON, SYSADMIN = READERS[:5]
THIRD = READERS[-2]
MANY = 200


def texts(change: Callable[[Text], Text]) -> Callable[[World], World]:
    return agreements(lambda one: replace(one, texts=tuple(map(change, one.texts))))


def rules(change: Callable[[Rule], Rule]) -> Callable[[World], World]:
    return texts(lambda text: replace(text, rules=tuple(map(change, text.rules))))


def agreements(change: Callable[[Agreement], Agreement]) -> Callable[[World], World]:
    return lambda world: replace(world, agreements=tuple(map(change, world.agreements)))


def shares(change: Callable[[Share], Share]) -> Callable[[World], World]:
    return lambda world: replace(
        world, case=replace(world.case, shares=tuple(map(change, world.case.shares)))
    )


def levels(of: str, to: str) -> Callable[[Rule], Rule]:
    return lambda rule: replace(
        rule, levels={group: to if level == of else level for group, level in rule.levels.items()}
    )


# A fault in the rules is a model that takes each world for another one.
FAULTS: dict[str, Callable[[World], World]] = {
    "a recall is ignored": shares(lambda share: replace(share, ended=None)),
    "the end of a share is ignored": shares(lambda share: replace(share, until=None)),
    "the retention of a share is ignored": shares(lambda share: replace(share, keep_until=None)),
    "a grant never ends": shares(lambda s: replace(s, granted_until=s.granted_until and 1.0)),
    "a grant opens nothing": shares(lambda share: replace(share, granted=frozenset())),
    "a share opens all that the terms do": shares(
        lambda share: replace(share, groups=frozenset({"basics", "place", "party", "substance"}))
    ),
    "the purpose is ignored": rules(
        lambda rule: replace(rule, purposes=frozenset({"joint_enforcement", "information"}))
    ),
    "the place is ignored": rules(lambda rule: replace(rule, place="anywhere")),
    "the kind is ignored": rules(lambda rule: replace(rule, kind="case")),
    "gray is shown as white": rules(levels("gray", WHITE)),
    "black does not bind": rules(
        lambda rule: replace(rule, levels={g: x for g, x in rule.levels.items() if x != BLACK})
    ),
    "the retention of a rule is ignored": rules(lambda rule: replace(rule, retention=None)),
    "an agreement that ran out holds": texts(lambda text: replace(text, ends=100.0)),
    "an agreement that has not begun holds": texts(lambda text: replace(text, begins=-100.0)),
    "the highest classification is ignored": texts(
        lambda text: replace(text, max_classification=4)
    ),
    "a suspended agreement holds": agreements(lambda one: replace(one, state="signed")),
    "an amendment is ignored": agreements(lambda one: replace(one, texts=one.texts[:1])),
    "everybody handles the case": lambda world: replace(
        world, case=replace(world.case, handlers=frozenset({"focal-handler", "focal-officer"}))
    ),
    "the classification is ignored": lambda world: replace(
        world, case=replace(world.case, classification=1)
    ),
    "anything may be passed on": rules(lambda rule: replace(rule, onward="anyone")),
    "nobody is asked before it is passed on": shares(lambda share: replace(share, consented=True)),
    "what was passed on outlives its source": shares(
        lambda share: share if share.of is not None else replace(share, ended=None)
    ),
    "everybody was in the patrol": lambda world: replace(
        world,
        finding=world.finding
        and replace(world.finding, parties=frozenset({"cell", "focal", "third"})),
    ),
    "who saw it shows what became of it": lambda world: replace(
        world, finding=world.finding and replace(world.finding, taken=world.finding.by)
    ),
    "a draft is the receiver's": lambda world: replace(
        world, request=world.request and replace(world.request, sent=True)
    ),
    "joint handling is any letter": lambda world: replace(
        world, request=world.request and replace(world.request, kind="assistance")
    ),
    "a firm is named before filing": lambda world: replace(
        world, case=replace(world.case, stage="filed")
    ),
}


@pytest.fixture(scope="module")
def looked(oracle) -> tuple[list[World], list[Sight]]:
    """Many worlds as the list and the detail show them to three people."""
    worlds = [world(2_000_000 + n) for n in range(MANY)]
    oracle.lay(worlds, indexed=False)
    readers = (HANDLER, OFFICER, LIAISON, SYSADMIN, THIRD)
    seen = [through(oracle, "list", reader, ()) for reader in readers]
    seen.append(through(oracle, "detail", HANDLER, range(0, MANY, 10)))
    seen += [through(oracle, door, HANDLER, ()) for door in ("findings", "requests")]
    return worlds, seen


def test_without_a_fault_nothing_is_found(looked):
    worlds, sights = looked
    assert not list(disagreements(worlds, sights))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_rules_is_found(looked, fault):
    worlds, sights = looked
    assert list(disagreements([FAULTS[fault](one) for one in worlds], sights))


def test_an_administrator_who_would_see_is_found(looked):
    worlds, sights = looked
    blind = [replace(s, reader=Reader(s.reader.name, "focal", "officer", 4)) for s in sights]
    assert list(disagreements(worlds, blind))


def _ignore_recall(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ShareRow, "is_running", lambda _self, _at: True)
    patch.setattr(ShareRow, "running", classmethod(lambda cls, _at: cls.id.is_not(None)))


def _ignore_own_agreement(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        Judge,
        "effective",
        lambda self, subject, share: (
            engine.effective(
                share,
                self.decide(subject, share.partner_bureau_id, share.purpose, share.created_at),
            )
            if share
            else engine.Denied("no_share")
        ),
    )


def _misplace_a_field(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(views.GROUPS, "description", "basics")


def _tell_handlers_notes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(views, "NOTES", "nobody's")


@pytest.mark.parametrize(
    "plant", [_ignore_recall, _ignore_own_agreement, _misplace_a_field, _tell_handlers_notes]
)
def test_a_fault_in_the_hub_is_found(oracle, looked, monkeypatch, plant):
    worlds, _sights = looked
    plant(monkeypatch)
    assert list(disagreements(worlds, [through(oracle, "list", HANDLER, ())]))
