"""Whether one bureau may send another a request: an agreement in force must say so.

A clause opens requests like any record: of kind `request`, for the purpose of its kind
(assistance, referral, transfer, joint_handling), at its places. The groups that it opens are what
the request may carry of the facts it speaks of.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.errors import Conflict
from hub.requests.models import Request
from hub.shares.deciding import Judge, Subject
from hub.shares.words import reason as words
from sharing.terms import Allowed, Decision, Denied, Situation, decide, explain

KIND = "request"
# Field of a lead -> the group that must be open for it to travel.
LEAD_GROUPS = {
    "category": "basics",
    "lon": "place",
    "lat": "place",
    "place": "place",
    "party_name": "party",
    "pollutant": "substance",
    "description": "substance",
}
# A lead without its place cannot be taken up.
NEEDED = {"referral": frozenset({"basics", "place"})}


def decision_for(judge: Judge, row: Request) -> Decision:
    """What the agreements say about sending a request, at the judge's moment."""
    receiver = row.receiver_bureau_id or ""
    lead = row.details.get("lead") or {}
    if "lon" in lead:
        subject = Subject(
            KIND, row.id, row.sender_bureau_id, row.classification, lead["lon"], lead["lat"]
        )
        return judge.decide(subject, receiver, row.kind)
    asked = Situation(
        at=judge.at,
        owner_bureau_id=row.sender_bureau_id,
        reader_bureau_id=receiver,
        kind=KIND,
        purpose=row.kind,
        classification=row.classification,
    )
    return decide(judge.states_of(row.sender_bureau_id), asked)


def check_permission(session: Session, row: Request) -> Allowed:
    """Refuse a request that no agreement in force allows.

    Raises:
        Conflict: carries the reason as `reason`, with its parameters.
    """
    decision = decision_for(Judge(session), row)
    needed = NEEDED.get(row.kind, frozenset())
    if isinstance(decision, Allowed) and needed <= decision.field_groups:
        return decision
    why = explain(decision)
    text = words(decision) if isinstance(decision, Denied) else _l("条款没有开放所需的内容")
    raise Conflict(
        _l("不能发函：%(reason)s。", reason=text),
        extra={"reason": why.code, "params": dict(why.params)},
    )


def open_groups(judge: Judge, row: Request) -> frozenset[str]:
    """The groups that the terms open of a request at the judge's moment."""
    decision = decision_for(judge, row)
    return decision.field_groups if isinstance(decision, Allowed) else frozenset()
