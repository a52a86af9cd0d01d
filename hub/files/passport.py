"""The passport of a file: its hash, where and when it was taken, and everybody who had it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.bureaus.models import Bureau
from hub.errors import NotFound
from hub.files.access import access_file
from hub.files.store import FileStore
from hub.files.views import file_view
from sharing.canonical import utc_text
from sharing.models import AuditEntry


def passport(session: Session, actor: Actor, store: FileStore, file_id: str) -> dict[str, Any]:
    """A file of the actor's own bureau with every copy that was handed out, newest first.

    Raises:
        NotFound: absent, not his to see, or another bureau's (who read it is the owner's to know).
    """
    row = access_file(session, actor, file_id)
    if row.owner_bureau_id != actor.bureau_id:
        raise NotFound
    copies = _copies(session, row.owner_bureau_id, row.kind, row.record_id, row.id)
    sealed = all(store.intact(name) for name in (row.sha256, row.clean_sha256) if name)
    return file_view(row, actor.bureau_id) | {
        "record_kind": row.kind,
        "record_id": row.record_id,
        "clean_sha256": row.clean_sha256,
        "intact": sealed,
        "copies": copies,
    }


def _copies(
    session: Session, chain: str, kind: str, record_id: str, file_id: str
) -> list[dict[str, Any]]:
    entries = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.chain == chain,
            AuditEntry.action == "file.opened",
            AuditEntry.kind == kind,
            AuditEntry.record_id == record_id,
        )
        .order_by(AuditEntry.number.desc())
    )
    found = []
    for entry in entries:
        detail = json.loads(entry.detail)
        if detail["file"] == file_id:
            bureau = session.get(Bureau, entry.actor_bureau_id)
            found.append(
                {
                    "who": entry.actor_name,
                    "bureau_id": entry.actor_bureau_id,
                    "bureau_name": bureau.name if bureau else "",
                    "at": utc_text(entry.at),
                    "copy": detail["copy"],
                    "marked": entry.actor_bureau_id != chain,
                }
            )
    return found
