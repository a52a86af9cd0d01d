"""Telling a partner that an emergency access took place: which shared matter, and no more."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from hub.bureaus.services import on_behalf_of
from hub.cases.lookups import KIND as CASE
from hub.cases.models import Case
from hub.changes import record_change
from hub.db import utc_now
from hub.patrols.models import Finding
from hub.requests.models import Request
from sharing.models import Share

VERB = "emergency"


def tell_partners(session: Session, case: Case) -> None:
    """Tell each bureau to whom the case is shared, or from which it came, by the record that both
    know: the share, the finding, the letter. Who, why and what was read stays with the owner; who
    of the partner is told, and sees that record's number, is decided as at every reading of it.
    """
    told: dict[str, tuple[str, str, int]] = {}
    for letter in session.scalars(_letters(case)):
        for bureau_id in letter.parties():
            told[bureau_id] = ("request", letter.id, letter.version_for(bureau_id))
    finding = session.get(Finding, case.finding_id) if case.finding_id else None
    if finding is not None:
        number = finding.version_for(finding.bureau_id)
        told[finding.bureau_id] = ("finding", finding.id, number)
    running = select(Share).where(
        Share.kind == CASE, Share.record_id == case.id, Share.running(utc_now())
    )
    for share in session.scalars(running):
        told[share.partner_bureau_id] = ("share", share.id, share.version)
    told.pop(case.owner_bureau_id, None)
    actor = on_behalf_of(session, case.owner_bureau_id)
    for bureau_id, (kind, record_id, version) in sorted(told.items()):
        record_change(session, actor, kind=kind, record_id=record_id, version=version,
                      verb=VERB, bureaus=[bureau_id])  # fmt: skip


def _letters(case: Case) -> Select[Any]:
    concerned = or_(Request.case_id == case.id, Request.result_case_id == case.id)
    return select(Request).where(concerned, Request.sent_at.is_not(None))
