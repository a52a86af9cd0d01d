"""A file as screens and programs read of it."""

from __future__ import annotations

from typing import Any

from hub.files.models import StoredFile
from sharing.canonical import utc_text


def file_view(row: StoredFile, reader_bureau_id: str) -> dict[str, Any]:
    """Name, size, digest and where to fetch it; what the camera knew is for the owner alone."""
    url = f"/api/v1/files/{row.id}"
    view = {
        "id": row.id,
        "name": row.name,
        "media_type": row.media_type,
        "size": row.size,
        "sha256": row.sha256,
        "at": utc_text(row.at),
        "uploaded_by_name": row.uploaded_by_name,
        "carried": row.carried_from is not None,
        "url": url,
        "thumb_url": f"{url}?copy=thumb" if row.clean_sha256 else None,
    }
    if row.owner_bureau_id != reader_bureau_id:
        return view
    return view | {
        "original_url": f"{url}?copy=original",
        "captured_at": utc_text(row.captured_at) if row.captured_at else None,
        "captured_lon": row.captured_lon,
        "captured_lat": row.captured_lat,
    }
