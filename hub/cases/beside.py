"""What stands beside cases in other tables, read at once for a whole page of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.cases.lookups import KIND
from hub.cases.party_models import CaseParty
from hub.files.models import StoredFile
from sharing.models import Share


@dataclass(frozen=True)
class Beside:
    """By case id: its files and parties, oldest first, and its running shares."""

    files: dict[str, list[StoredFile]] = field(default_factory=dict)
    shares: dict[str, list[Share]] = field(default_factory=dict)
    parties: dict[str, list[CaseParty]] = field(default_factory=dict)


def beside(session: Session, case_ids: Collection[str], at: datetime) -> Beside:
    """Files, running shares and parties of some cases, in three queries."""
    found = Beside()
    for row in session.scalars(
        select(StoredFile)
        .where(StoredFile.kind == KIND, StoredFile.record_id.in_(case_ids))
        .order_by(StoredFile.id)
    ):
        found.files.setdefault(row.record_id, []).append(row)
    for share in session.scalars(
        select(Share).where(Share.kind == KIND, Share.record_id.in_(case_ids), Share.running(at))
    ):
        found.shares.setdefault(share.record_id, []).append(share)
    for party in session.scalars(
        select(CaseParty).where(CaseParty.case_id.in_(case_ids)).order_by(CaseParty.id)
    ):
        found.parties.setdefault(party.case_id, []).append(party)
    return found
