"""Worlds by number: the same number gives the same world; a failing one is made small and printed.

The odds are set so that about half of the shares show something, and each rule decides often.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from random import Random

from tests.oracle.values import (
    BLACK,
    EXISTENCE,
    GRAY,
    SHAREABLE,
    STRICTEST_FIRST,
    WHITE,
    Agreement,
    Case,
    Emergency,
    Finding,
    Petition,
    Reader,
    Request,
    Rule,
    Share,
    Text,
    World,
)

READERS = (
    Reader("focal-handler", "focal", "officer", 4),
    Reader("focal-officer", "focal", "officer", 2),
    Reader("focal-official", "focal", "official", 3),
    Reader("focal-liaison", "focal", "liaison", 1),
    Reader("focal-sysadmin", "focal", "sysadmin", 4),
    Reader("focal-secadmin", "focal", "secadmin", 4),
    Reader("focal-auditor", "focal", "auditor", 4),
    Reader("third-official", "third", "official", 4),
    Reader("stranger-official", "stranger", "official", 4),
)
HANDLERS = ("focal-handler", "focal-officer", "cell-officer")
STAGES = ("lead", "filed", "investigating", "decided", "closed", "not_filed", "referred")
PLACES = (
    "in_zone", "in_zone", "near_line:1000", "near_line:3000", "anywhere", "anywhere", "anywhere",
    "district", "prefecture", "province", "elsewhere",
)  # fmt: skip
PURPOSES = ("joint_enforcement", "information")
CLAUSES = ("第三条", "第四条", "第五条", "第六条", "第七条")
THREE = ("cell", "focal", "third")


def world(number: int) -> World:
    """The world of a number."""
    rng = Random(number)  # noqa: S311 - no secret
    owner = rng.choice(("cell", "cell", "cell", "focal"))
    # What lies between `focal` and `third` is common to all worlds of a pack: no share is there.
    to = ("focal", "third") if owner == "cell" else ("cell",)
    count = rng.choice((0, 1, 1, 1, 1, 1, 2, 2, 2))
    agreements = tuple(_agreement(rng, owner, to[0]) for _ in range(count))
    shares = _shares(rng, {owner, to[0]}, to[0], agreements)
    if rng.random() < 0.3 and len(to) > 1:
        shares += _shares(rng, {owner, to[1]}, to[1], agreements)
    shares += _passed_on(rng, owner, shares)
    case = Case(
        owner=owner,
        spot=rng.choice(("zone", "zone", "near", "far")),
        classification=rng.choice((1, 1, 2, 2, 2, 2, 3, 4)),
        stage=rng.choice(STAGES),
        handlers=frozenset(name for name in HANDLERS if rng.random() < 0.3),
        shares=tuple(shares),
    )
    finding, request = _finding(rng, agreements), _request(rng)
    emergency, petition = _emergency(rng), _petition(rng)
    return World(replace(case, emergency=emergency), agreements, finding, request, petition)


def _emergency(rng: Random) -> Emergency | None:
    """Stated by somebody of whom most lack a role, a clearance or a case of their own for it."""
    if rng.random() < 0.4:
        return None
    who = rng.choice(("focal-officer",) * 5 + ("focal-official", "focal-handler", "focal-liaison"))
    until, opened = rng.choice((0.1, 0.1, 0.1, -0.1)), rng.choice((4, 4, 3))
    return Emergency(who, until, ended=rng.random() < 0.15, opened=opened)


def _agreement(rng: Random, owner: str, partner: str) -> Agreement:
    parties = {owner, partner} if rng.random() < 0.8 else set(rng.sample(THREE, 2))
    if rng.random() < 0.2:
        parties = set(THREE)
    texts = [_text(rng)]
    if rng.random() < 0.3:
        amendment = _text(rng)
        begins = rng.choice((-10.0, -2.0, 2.0))
        signed = rng.choice((-20.0, -1.0, -1.0, None))
        texts.append(replace(amendment, begins=begins, signed=signed))
    state = rng.choice(("signed",) * 12 + ("suspended", "terminated"))
    if rng.random() < 0.05:
        state = rng.choice(("draft", "proposed"))
        texts = [replace(texts[0], signed=None)]
    zone = rng.choice(("binding",) * 4 + ("none", "proposed", "withdrawn"))
    return Agreement(frozenset(parties), tuple(texts), state, zone)


def _text(rng: Random) -> Text:
    return Text(
        rules=(*(_rule(rng) for _ in range(rng.choice((1, 2, 2, 3)))), *_other_rules(rng)),
        begins=rng.choice((-100.0,) * 12 + (1.0,)),
        ends=rng.choice((100.0,) * 12 + (-1.0,)),
        retention=rng.choice((None,) * 4 + (3.0, 60.0)),
        max_classification=rng.choice((3, 3, 3, 3, 2, 1, 4)),
    )


def _rule(rng: Random) -> Rule:
    kept = [group for group in SHAREABLE if rng.random() < 0.6] or ["basics"]
    levels = {group: rng.choice((WHITE,) * 6 + (GRAY,) * 2 + (BLACK,)) for group in kept}
    if levels.get(EXISTENCE) == BLACK and rng.random() < 0.8:
        levels[EXISTENCE] = WHITE
    return Rule(
        clause=rng.choice(CLAUSES),
        place=rng.choice(PLACES),
        levels=levels,
        purposes=frozenset(rng.sample(PURPOSES, rng.choice((1, 2, 2, 2)))),
        retention=rng.choice((None,) * 6 + (2.0, 30.0)),
        kind=rng.choice(("case",) * 14 + ("finding",)),
        onward=rng.choice(("anyone", "consent", "consent", *STRICTEST_FIRST)),
    )


def _other_rules(rng: Random) -> list[Rule]:
    """Rules for what patrols see, for what a request may carry, for petitions."""
    found = [replace(_rule(rng), kind="finding")] if rng.random() < 0.6 else []
    if rng.random() < 0.6:
        purposes = frozenset({"joint_handling"} if rng.random() < 0.9 else {"assistance"})
        place = rng.choice(("anywhere",) * 6 + ("in_zone", "district"))
        found.append(replace(_rule(rng), kind="request", purposes=purposes, place=place))
    if rng.random() < 0.5:
        found.append(replace(_rule(rng), kind="petition"))
    return found


def _finding(rng: Random, agreements: tuple[Agreement, ...]) -> Finding | None:
    """What a patrol of two parties of the first agreement saw, if that has a zone."""
    drawn = rng.random(), rng.random(), rng.random(), rng.choice((-40.0, -5.0, -1.0))
    if not agreements or agreements[0].zone == "none" or drawn[0] > 0.7:
        return None
    parties = sorted(agreements[0].parties)
    # A patrol is planned under an agreement that both signed at some time.
    if "cell" not in parties or agreements[0].state in ("draft", "proposed"):
        return None
    # What lies between `focal` and `third` is common to all worlds of a pack: no patrol is theirs.
    pair = ["cell", parties[1] if len(parties) == 2 or drawn[1] < 0.7 else "third"]
    by = pair[drawn[1] < 0.5]
    taken = None if drawn[2] < 0.5 else pair[drawn[2] < 0.75]
    return Finding(by, frozenset(pair), taken, at=drawn[3])


def _request(rng: Random) -> Request | None:
    if rng.random() < 0.4:
        return None
    two = ["cell", rng.choice(("focal", "focal", "focal", "third"))]
    rng.shuffle(two)
    kind = rng.choice(("assistance", "joint_handling", "joint_handling", "referral"))
    return Request(
        *two, kind, sent=rng.random() < 0.8, classification=rng.choice((1, 2, 2, 3)),
        about_case=rng.random() < 0.3,
        handlers=frozenset(n for n in (*HANDLERS, "third-official") if rng.random() < 0.5),
        shown=frozenset({"description"} if rng.random() < 0.5 else ()),
    )  # fmt: skip


def _petition(rng: Random) -> Petition | None:
    """What `cell` took, or one of whom it is the neighbour."""
    if rng.random() < 0.6:
        return None
    two = ["cell", rng.choice(("focal", "focal", "focal", "third"))]
    rng.shuffle(two)
    joint = rng.choice((None, "asked", "accepted", "accepted", "accepted", "declined"))
    asked, level = rng.choice((-40.0, -5.0, -5.0)), rng.choice((1, 2, 2, 3))
    return Petition(two[0], two[1] if joint else None, joint, asked, level)


def _passed_on(rng: Random, owner: str, shares: list[Share]) -> list[Share]:
    """What the partner of a share passed on to the bureau that is left."""
    drawn = rng.random(), rng.random()
    if not shares or drawn[0] > 0.35:
        return []
    of = len(shares) - 1 if drawn[1] < 0.8 else 0
    source = shares[of]
    (to,) = set(THREE) - {owner, source.to}
    if any(share.to == to and share.ended is None for share in shares):
        return []
    full = _share(rng, to, source.under, None)
    return [replace(full, purpose=source.purpose, granted=frozenset(), granted_until=None,
                    keep_until=None, of=of, consented=drawn[1] < 0.5)]  # fmt: skip


def _shares(rng: Random, both: set[str], to: str, agreements: tuple[Agreement, ...]) -> list[Share]:
    between = [n for n, one in enumerate(agreements) if both <= one.parties] or [None]
    shares = []
    if rng.random() < 0.2:
        ended = rng.choice(("recalled", "expired"))
        shares.append(_share(rng, to, rng.choice(between), ended))
    if rng.random() < 0.9:
        shares.append(_share(rng, to, rng.choice(between), None))
    return shares


def _share(rng: Random, to: str, under: int | None, ended: str | None) -> Share:
    full = rng.random() < 0.7
    groups = SHAREABLE if full else [g for g in SHAREABLE if rng.random() < 0.5]
    asked = rng.random() < 0.25
    return Share(
        to=to,
        groups=frozenset(groups) | {EXISTENCE},
        purpose=rng.choice(PURPOSES),
        at=rng.choice((-40.0, -5.0, -1.0)),
        until=rng.choice((None,) * 7 + (10.0, 10.0, -0.5)),
        keep_until=rng.choice((None,) * 10 + (20.0, -0.5)),
        ended=ended,
        granted=frozenset(g for g in SHAREABLE if asked and rng.random() < 0.5),
        granted_until=rng.choice((1.0, -0.1)) if asked else None,
        under=under,
    )


def smaller(found: World) -> Iterator[World]:
    """Worlds that are a little simpler, the boldest cuts first."""
    for n in range(len(found.agreements)):
        if found.finding is None or found.finding.under != n:
            yield _without_agreement(found, n)
    for n in range(len(found.case.shares)):
        if all(share.of != n for share in found.case.shares):
            yield _without_share(found, n)
    for beside in ("finding", "request", "petition"):
        if getattr(found, beside) is not None:
            yield replace(found, **{beside: None})
    for n, agreement in enumerate(found.agreements):
        for less in _smaller_agreement(agreement):
            yield replace(
                found, agreements=(*found.agreements[:n], less, *found.agreements[n + 1 :])
            )
    for less_case in _smaller_case(found.case):
        yield replace(found, case=less_case)


def _without_agreement(found: World, n: int) -> World:
    kept = found.agreements[:n] + found.agreements[n + 1 :]
    moved = tuple(replace(share, under=_moved(share.under, n)) for share in found.case.shares)
    return replace(found, agreements=kept, case=replace(found.case, shares=moved))


def _without_share(found: World, n: int) -> World:
    rest = found.case.shares[:n] + found.case.shares[n + 1 :]
    hung = tuple(replace(share, of=_moved(share.of, n)) for share in rest)
    return replace(found, case=replace(found.case, shares=hung))


def _smaller_case(case: Case) -> Iterator[Case]:
    stays = {"to", "groups", "under", "of"}
    for n, share in enumerate(case.shares):
        for plain in _plainer(share, Share(share.to, share.groups), keep=stays):
            yield replace(case, shares=(*case.shares[:n], plain, *case.shares[n + 1 :]))
    yield from _plainer(case, Case(), keep={"shares"})


def _moved(under: int | None, gone: int) -> int | None:
    return None if under is None or under == gone else under - (under > gone)


def _smaller_agreement(agreement: Agreement) -> Iterator[Agreement]:
    for n in range(len(agreement.texts)):
        if len(agreement.texts) > 1:
            yield replace(agreement, texts=agreement.texts[:n] + agreement.texts[n + 1 :])
    yield from _plainer(agreement, Agreement(agreement.parties, ()), keep={"parties", "texts"})
    for n, text in enumerate(agreement.texts):
        fewer = [
            replace(text, rules=text.rules[:k] + text.rules[k + 1 :])
            for k in range(len(text.rules))
            if len(text.rules) > 1
        ]
        for less in (*fewer, *_plainer(text, Text(()), keep={"rules"})):
            yield replace(agreement, texts=(*agreement.texts[:n], less, *agreement.texts[n + 1 :]))


def _plainer(thing: object, plain: object, keep: set[str]) -> Iterator[object]:
    for one in fields(thing):  # type: ignore[arg-type]
        if one.name not in keep and getattr(thing, one.name) != getattr(plain, one.name):
            yield replace(thing, **{one.name: getattr(plain, one.name)})  # type: ignore[type-var]


def smallest(found: World, fails: Callable[[World], bool]) -> World:
    """The simplest world, cut by cut, that still fails."""
    tried = 0
    while True:
        for less in smaller(found):
            tried += 1
            if tried > 200:
                return found
            if fails(less):
                found = less
                break
        else:
            return found


def shown(thing: object) -> str:
    """A world in a few lines: what differs from the plain case alone."""
    if isinstance(thing, World):
        beside = (thing.finding, thing.request, thing.petition)
        others = [shown(one) for one in beside if one is not None]
        lines = [shown(thing.case), *map(shown, thing.agreements), *others]
        return "\n".join(f"  {line}" for line in lines)
    if is_dataclass(thing):
        told = (
            f"{one.name}={shown(getattr(thing, one.name))}"
            for one in fields(thing)
            if getattr(thing, one.name) != one.default
        )
        return f"{type(thing).__name__}({', '.join(told)})"
    if isinstance(thing, frozenset):
        return "{" + ", ".join(sorted(map(str, thing))) + "}"
    if isinstance(thing, tuple):
        return "[" + ", ".join(map(shown, thing)) + "]"
    return str(thing)
