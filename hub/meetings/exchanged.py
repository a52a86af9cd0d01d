"""What was exchanged at a meeting: packages with hashes and who approved, and audit checkpoints."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.audit.models import KeptWitness
from hub.audit.witnesses import at_meeting, hand_over, still_holds
from hub.bureaus.services import bureau
from hub.errors import Conflict
from hub.exchange.building import OUT
from hub.exchange.models import ExchangePackage, PackageState
from hub.exchange.views import STATES
from hub.meetings.access import access_meeting
from hub.meetings.machine import ROOM_OPEN, SEALED
from hub.meetings.models import Meeting
from hub.meetings.steps import tell
from sharing.canonical import utc_text
from sharing.verification import Checkpoint
from sharing.witness import common_root

# States in which checkpoints and packages are laid to a meeting.
EXCHANGE_OPEN = (*ROOM_OPEN, *SEALED)
LEFT = (PackageState.SEALED.value, PackageState.RECEIVED.value)


def exchanged_at(session: Session, actor: Actor, row: Meeting) -> dict[str, Any]:
    """The packages and checkpoints of a meeting that the actor may see, as far as he may see it.

    A partner's package shows once it is sealed, to the bureau it is for, as its manifest would.
    """
    is_open = row.state in EXCHANGE_OPEN
    meets = actor.may(Right.PACKAGE_IMPORT)
    return {
        "packages": [_package(session, actor, one) for one in _packages(session, actor, row)],
        "checkpoints": _checkpoints(session, actor, row) if meets else [],
        "roots": _roots(session, row) if meets else [],
        "may": {
            "build": is_open and actor.may(Right.PACKAGE_BUILD),
            "import": is_open and meets,
            "hand_over": is_open and actor.may(Right.PACKAGE_APPROVE),
            "keep": is_open and meets,
        },
    }


def count_at(session: Session, actor: Actor, row: Meeting) -> int:
    """How many packages of a meeting the actor sees."""
    return len(_packages(session, actor, row))


def hand_over_at(session: Session, actor: Actor, meeting_id: str, secret: str) -> Meeting:
    """Sign where the chain of the actor's bureau stands; every party of the meeting keeps it.

    Raises:
        NotFound, Forbidden: not his meeting; he is no official.
        Conflict: the meeting is not yet convened for, or called off; the bureau has no key.
    """
    row = access_meeting(session, actor, meeting_id, lock=True)
    actor.require(Right.PACKAGE_APPROVE)
    if row.state not in EXCHANGE_OPEN:
        raise Conflict(_l("议程确定之后才能在会上交换。"), extra={"rule": "meeting.exchange"})
    hand_over(session, actor, meeting_id, secret)
    tell(session, actor, row, "checkpoint")
    return row


def _packages(session: Session, actor: Actor, row: Meeting) -> list[ExchangePackage]:
    adcode = bureau(session, actor.bureau_id).adcode
    for_us = (
        (ExchangePackage.direction == OUT)
        & (ExchangePackage.partner_adcode == adcode)
        & ExchangePackage.state.in_(LEFT)
    )
    return list(
        session.scalars(
            select(ExchangePackage)
            .where(
                ExchangePackage.meeting_id == row.id,
                or_(ExchangePackage.bureau_id == actor.bureau_id, for_us),
            )
            .order_by(ExchangePackage.id)
        )
    )


def _package(session: Session, actor: Actor, one: ExchangePackage) -> dict[str, Any]:
    own = one.bureau_id == actor.bureau_id
    name = bureau(session, one.bureau_id).name
    out = one.direction == OUT
    words, tone = STATES[one.state]
    return {
        "id": one.id if own else None,
        "number": one.number,
        "own": own and out,
        "from_name": name if out else one.partner_name,
        "to_name": one.partner_name if out else name,
        "records": one.records,
        "state": one.state,
        "state_name": str(words),
        "tone": tone,
        "built_by": one.created_by_name if own and out else None,
        "approved_by": one.approved_by_name,
        "approved_at": utc_text(one.approved_at) if one.approved_at else None,
        "digest": one.digest,
        "root": one.root,
        "receipt_at": utc_text(one.receipt_at) if one.receipt_at else None,
    }


def _checkpoints(session: Session, actor: Actor, row: Meeting) -> list[dict[str, Any]]:
    """Whose chain stood where, who keeps it, and whether the chain still says the same."""
    held = {one: at_meeting(session, one, row.id) for one in sorted(row.party_ids)}
    shown = []
    for one in sorted(row.party_ids, key=lambda party: (party != actor.bureau_id, party)):
        issuer = bureau(session, one)
        point = held[actor.bureau_id].get(issuer.adcode)
        shown.append(
            {
                "bureau_name": issuer.name,
                "own": one == actor.bureau_id,
                "id": point.id if point else None,
                "number": point.number if point else None,
                "hash": point.hash if point else None,
                "issued_at": utc_text(point.issued_at) if point else None,
                "handed_over_by": point.kept_by_name if point else None,
                "kept_by": [
                    bureau(session, other).name
                    for other, points in held.items()
                    if other != one and _same(points.get(issuer.adcode), point)
                ],
                "holds": still_holds(session, point) if point else None,
            }
        )
    return shown


def _same(first: KeptWitness | None, second: KeptWitness | None) -> bool:
    if first is None or second is None:
        return False
    return (first.chain, first.number, first.hash) == (second.chain, second.number, second.hash)


def _roots(session: Session, row: Meeting) -> list[dict[str, Any]]:
    """The common audit root as each party holds it, where its copies are of this hub."""
    adcodes = {bureau(session, one).adcode for one in row.party_ids}
    found = []
    for one in sorted(row.party_ids):
        points = at_meeting(session, one, row.id)
        if set(points) >= adcodes:
            root = common_root(
                {
                    adcode: Checkpoint(point.chain, point.number, point.hash)
                    for adcode, point in points.items()
                }
            )
            found.append({"bureau_name": bureau(session, one).name, "root": root})
    return found
