"""Lists of petitions: own ones and those that neighbours settle together with the bureau.

What is narrowed by is what the reader is shown: a field that the terms close fits no filter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.texts import clean
from hub.petitions.access import TOGETHER, near
from hub.petitions.machine import ENDED
from hub.petitions.models import JointState, Petition, PetitionState
from hub.petitions.views import petition_views
from hub.shares.deciding import Judge
from hub.web.lists import Listing, Order, says

NEWEST = Order(Petition.id)
WORDS = ("number", "title", "place", "firm_name", "firm_uscc", "text", "handler_name")


@dataclass(frozen=True)
class PetitionFilter:
    """Which petitions are asked for; None means any."""

    # own: the bureau took it; joint: settled together; received: a neighbour took it.
    scope: str | None = None
    state: str | None = None
    category: str | None = None
    channel: str | None = None
    handler: str | None = None
    bureau: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    overdue: bool = False
    open_only: bool = False
    q: str | None = None


def petitions(session: Session, actor: Actor, wanted: PetitionFilter) -> Listing[Petition]:
    """The petitions that the actor sees, newest first.

    Raises:
        Forbidden: the actor does not work with records.
    """
    actor.require(Right.WORK_VIEW)
    judge = Judge(session)

    def views(rows: Sequence[Petition]) -> Iterator[dict[str, Any]]:
        shown = petition_views(session, actor.reader, rows, judge)
        return (view for view in shown if _fits(view, wanted))

    chosen = select(Petition).where(near(actor.reader), _narrowed(actor, wanted))
    return Listing(chosen, NEWEST, views)


def petitions_before(
    session: Session, actor: Actor, before: str | None = None
) -> Iterator[dict[str, Any]]:
    """The views of all petitions with an id below `before`, newest first."""
    return petitions(session, actor, PetitionFilter()).all(session, None, before=before)


def _narrowed(actor: Actor, wanted: PetitionFilter) -> ColumnElement[bool]:
    """What the query can do of it: own rows alone, of which the reader sees every field."""
    conditions: list[ColumnElement[bool]] = [Petition.owner_bureau_id == actor.bureau_id]
    for name in ("state", "category", "channel"):
        if getattr(wanted, name) is not None:
            conditions.append(getattr(Petition, name) == getattr(wanted, name))
    if wanted.handler is not None:
        conditions.append(Petition.handler_id == wanted.handler)
    if wanted.open_only:
        conditions.append(Petition.state.not_in(ENDED))
    own = conditions[0]
    for condition in conditions[1:]:
        own = own & condition
    return or_(own, Petition.owner_bureau_id != actor.bureau_id)


def _fits(view: dict[str, Any], wanted: PetitionFilter) -> bool:
    exact = {"state": "state", "category": "category", "channel": "channel"} | {
        "handler": "handler_id"
    }
    if any(getattr(wanted, f) not in (None, view.get(name)) for f, name in exact.items()):
        return False
    if not _fits_scope(view, wanted.scope):
        return False
    if wanted.bureau and wanted.bureau not in (view["owner_bureau_id"], view["partner_bureau_id"]):
        return False
    received = datetime.fromisoformat(view["received_at"]) if view.get("received_at") else None
    if wanted.since and (received is None or received < wanted.since):
        return False
    if wanted.until and (received is None or received >= wanted.until):
        return False
    if wanted.overdue and not view.get("overdue"):
        return False
    if wanted.open_only and view.get("state") in ENDED:
        return False
    return says((view.get(name) for name in WORDS), clean(wanted.q))


def _fits_scope(view: dict[str, Any], scope: str | None) -> bool:
    if scope == "own":
        return bool(view["own"])
    if scope == "received":
        return not view["own"]
    return scope != "joint" or view["joint_state"] in TOGETHER


def as_features(views: list[dict[str, Any]]) -> dict[str, Any]:
    """The petitions whose place is shown, as GeoJSON (RFC 7946, WGS 84)."""
    names = ("id", "number", "title", "state", "state_name", "category", "owner_name", "own",
             "overdue")  # fmt: skip
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": view["id"],
                "geometry": {"type": "Point", "coordinates": [view["lon"], view["lat"]]},
                "properties": {name: view.get(name) for name in names},
            }
            for view in views
            if view.get("lon") is not None
        ],
    }


def waiting(session: Session, actor: Actor, limit: int = 50) -> list[tuple[str, dict[str, Any]]]:
    """What waits for the actor's hand, as (why, view), newest first: `answer` a neighbour's wish,
    `close` turn the key, `register` a new one that nobody or he himself handles."""
    if not actor.may(Right.PETITION_WORK):
        return []
    found: list[tuple[str, dict[str, Any]]] = []
    for view in petitions(session, actor, PetitionFilter(open_only=True)).all(session, None):
        why = _waits(actor, view)
        if why is not None:
            found.append((why, view))
        if len(found) >= limit:
            break
    return found


def _waits(actor: Actor, view: dict[str, Any]) -> str | None:
    if not view["own"]:
        if view["joint_state"] == JointState.ASKED:
            return "answer"
    elif view["state"] == PetitionState.REGISTERED:
        return "register" if view["handler_id"] in (None, actor.user_id) else None
    turned = {one["bureau_id"] for one in view.get("approvals") or ()}
    if view.get("content_hash") and actor.may(Right.PETITION_DECIDE):
        return None if actor.bureau_id in turned else "close"
    return None
