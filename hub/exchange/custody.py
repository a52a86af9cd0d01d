"""The custody of a case's evidence: every entry of its owner's audit chain that concerns it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from hub.audit.words import action_words
from hub.bureaus.services import bureaus
from hub.cases.lookups import KIND
from hub.cases.models import Case
from hub.files.models import StoredFile
from sharing.canonical import utc_text
from sharing.models import AuditEntry
from sharing.package_records import PackedRecord

CUSTODY = "custody"


def custody_of(
    session: Session, case: Case, files: list[StoredFile], adcode: str
) -> list[PackedRecord]:
    """Uploads, readings, copies, hand-overs: as they stand in the chain, oldest first.

    Files that came from a finding bring the entries of that finding. Each entry carries its own
    hash and the one before, so that it can be compared with the chain.

    Args:
        adcode: of the owning bureau, whose chain it is.
    """
    names = {row.id: row.name for row in bureaus(session)}
    origins = [row.carried_from for row in files if row.carried_from]
    found_in = select(StoredFile.record_id).where(StoredFile.id.in_(origins))
    concerns = or_(
        and_(AuditEntry.kind == KIND, AuditEntry.record_id == case.id),
        and_(
            AuditEntry.kind == "finding",
            AuditEntry.record_id.in_(found_in),
            AuditEntry.action.startswith("file."),
        ),
    )
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.chain == case.owner_bureau_id, concerns)
        .order_by(AuditEntry.number)
    )
    return [
        PackedRecord(
            kind=CUSTODY,
            id=f"{entry.number}",
            version=1,
            owner=adcode,
            classification=case.classification,
            view=_view(entry, names),
        )
        for entry in entries
    ]


def _view(entry: AuditEntry, names: dict[str, str]) -> dict[str, Any]:
    return {
        "number": entry.number,
        "at": utc_text(entry.at),
        "who": entry.actor_name,
        "bureau": names.get(entry.actor_bureau_id or "", ""),
        "action": entry.action,
        "action_words": action_words(entry.action),
        "record": f"{entry.kind}:{entry.record_id}",
        "detail": json.loads(entry.detail),
        "hash": entry.hash,
        "prev_hash": entry.prev_hash,
    }
