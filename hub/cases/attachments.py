"""The files of a case as its views name them: a title, a size and a digest, no content."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.cases.lookups import KIND
from hub.files.models import StoredFile
from sharing.canonical import utc_text


def files_of(session: Session, case_id: str) -> list[dict[str, Any]]:
    """Names, sizes and digests of the files of a case, oldest first."""
    rows = session.scalars(
        select(StoredFile)
        .where(StoredFile.kind == KIND, StoredFile.record_id == case_id)
        .order_by(StoredFile.id)
    )
    return [
        {
            "id": row.id,
            "name": row.name,
            "media_type": row.media_type,
            "size": row.size,
            "sha256": row.sha256,
            "at": utc_text(row.at),
        }
        for row in rows
    ]
