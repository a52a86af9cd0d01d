"""What a partner opened of a shared record, and which copies he took: for its owner."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.words import action_words
from hub.files.models import StoredFile
from sharing.canonical import utc_text
from sharing.models import AuditEntry, Share

ACTS = ("case.opened", "file.opened", "evidence.bagged", "package.handed_out")


def opened_by_partner(session: Session, share: Share) -> list[dict[str, Any]]:
    """Each reading and each copy by the partner since the share began, newest first.

    It stands in the owner's own chain and stays there when the share has ended.
    """
    entries = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.chain == share.owner_bureau_id,
            AuditEntry.kind == share.kind,
            AuditEntry.record_id == share.record_id,
            AuditEntry.actor_bureau_id == share.partner_bureau_id,
            AuditEntry.action.in_(ACTS),
            AuditEntry.at >= share.created_at,
        )
        .order_by(AuditEntry.number.desc())
    )
    return [
        {
            "at": utc_text(entry.at),
            "who": entry.actor_name,
            "action": entry.action,
            "text": action_words(entry.action),
            "what": _file_name(session, json.loads(entry.detail)),
            # A copy may lie on the partner's desk; a reading leaves none.
            "copy": entry.action != "case.opened",
        }
        for entry in entries
    ]


def _file_name(session: Session, detail: dict[str, Any]) -> str | None:
    row = session.get(StoredFile, detail["file"]) if "file" in detail else None
    return row.name if row is not None else None
