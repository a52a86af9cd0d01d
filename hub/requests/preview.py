"""What the other side will get of a draft, before it is sent: the letter's record and the case.

The case is what `cases.sharing_panel.preview` shows, the same redaction by the same decision; the
request is the receiver's own view of it, as if it were sent now.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import ROLE_NAMES, Actor, Right
from hub.accounts.directory import readers
from hub.bureaus.services import bureau
from hub.cases import sharing_panel
from hub.cases.lookups import KIND as CASE
from hub.db import utc_now
from hub.errors import Conflict
from hub.files.services import files_of
from hub.requests.access import access_request
from hub.requests.machine import EDITABLE
from hub.requests.models import Kind, Request
from hub.requests.permission import LEAD_GROUPS, decision_for
from hub.shares.deciding import Judge
from hub.shares.lookups import running_shares
from hub.shares.words import reason
from sharing.terms import Allowed, Decision, Denied, explain


def preview(session: Session, actor: Actor, request_id: str) -> dict[str, Any]:
    """The view of a draft by its receiver, and of its case, at this moment.

    Raises:
        NotFound: not a request of the actor's bureau.
        Conflict: it was sent, or goes to nobody within the hub.
    """
    row = access_request(session, actor, request_id)
    if row.sender_bureau_id != actor.bureau_id or row.state not in EDITABLE:
        raise Conflict(_l("函件已经发出，对方看到的就是函件现在的内容。"))
    if row.receiver_bureau_id is None:
        raise Conflict(_l("公安机关不在本系统内，只收到文书和附件。"))
    decision = decision_for(Judge(session), row)
    opens = _opens(session, row)
    return {
        "receiver_bureau_id": row.receiver_bureau_id,
        "receiver_name": bureau(session, row.receiver_bureau_id).name,
        "may_send": isinstance(decision, Allowed),
        "reason": explain(decision).code,
        "reason_text": str(reason(decision)) if isinstance(decision, Denied) else None,
        "clause": None if isinstance(decision, Denied) else decision.clause,
        "people": _people(session, row),
        "lead": _lead(row, decision),
        "files": [file.name for file in files_of(session, "request", row.id)],
        "opens_case": opens,
        "gives_case": row.kind == Kind.TRANSFER,
        "case": sharing_panel.preview(session, actor, row.case_id, row.receiver_bureau_id)
        if row.case_id and opens
        else None,
    }


def _people(session: Session, row: Request) -> list[dict[str, Any]]:
    """Who of the receiver would open the request: the right to see records, and the clearance."""
    found = readers(session, row.receiver_bureau_id or "", Right.WORK_VIEW, row.classification)
    return [
        {"name": person.name, "roles": [str(ROLE_NAMES[role]) for role in person.roles]}
        for person in found
    ]


def _lead(row: Request, decision: Decision) -> dict[str, Any] | None:
    """Of the facts of a lead those that the terms let go along."""
    lead = row.details.get("lead")
    if lead is None:
        return None
    groups = decision.field_groups if isinstance(decision, Allowed) else frozenset()
    return {name: value for name, value in lead.items() if LEAD_GROUPS.get(name, "") in groups}


def _opens(session: Session, row: Request) -> bool:
    """Whether the receiver sees the case: it is opened with the letter, or is open already."""
    if row.case_id is None:
        return False
    held = running_shares(session, CASE, [row.case_id], row.receiver_bureau_id or "", utc_now())
    return row.opens_case or bool(held)
