"""The text of a record in one canonical form: what signers read, what is sealed."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.bureaus.services import bureau
from hub.files import services as files
from hub.files.models import StoredFile
from hub.inspections.content import Content
from hub.inspections.labels import PHOTO
from hub.inspections.models import InspectionRecord
from hub.patrols.models import Patrol
from sharing.canonical import canonical, utc_text


def content_of(row: InspectionRecord) -> Content:
    """What was typed."""
    return Content.model_validate(row.content)


def photos_of(session: Session, row: InspectionRecord) -> list[StoredFile]:
    """Pictures of a record, oldest first."""
    return [file for file in files.files_of(session, PHOTO, row.id) if file.clean_sha256]


def text_of(session: Session, row: InspectionRecord) -> dict[str, Any]:
    """Everything that a signer reads and that is sealed; plain values in canonical order."""
    content = content_of(row)
    photos = {file.id: file for file in photos_of(session, row)}
    typed = content.model_dump(mode="json", exclude={"officers", "guests", "recorder", "items"})
    first = session.get(InspectionRecord, row.supplements_id) if row.supplements_id else None
    return typed | {
        "starts_at": utc_text(content.starts_at) if content.starts_at else None,
        "ends_at": utc_text(content.ends_at) if content.ends_at else None,
        "number": row.number,
        "bureau": bureau(session, row.bureau_id).name,
        "patrol": session.get_one(Patrol, row.patrol_id).number,
        "supplements": first.number if first else None,
        "lon": row.lon,
        "lat": row.lat,
        "officers": officers_of(session, row),
        "guests": guests_of(session, row),
        "items": [
            {"text": item.text, "photos": [photos[n].sha256 for n in item.photos if n in photos]}
            for item in content.items
        ],
        "photos": [photo_view(file) for file in photos.values()],
    }  # fmt: skip


def photo_view(file: StoredFile) -> dict[str, Any]:
    """A photo as the annex names it: place and time by its device, who brought it, its hash."""
    return {
        "sha256": file.sha256,
        "name": file.name,
        "taken_at": utc_text(file.captured_at) if file.captured_at else None,
        "lon": file.captured_lon,
        "lat": file.captured_lat,
        "by": file.uploaded_by_name,
        "at": utc_text(file.at),
    }


def officers_of(session: Session, row: InspectionRecord) -> list[dict[str, Any]]:
    """The officers of the bureau that leads, with unit and certificate, in the order chosen."""
    content = content_of(row)
    wanted = content.officers
    known = {user.id: user for user in session.scalars(select(User).where(User.id.in_(wanted)))}
    unit = bureau(session, row.bureau_id).name
    return [
        {"user_id": one, "name": known[one].name, "unit": unit,
         "license_no": known[one].license_no or "", "recorder": one == content.recorder}
        for one in wanted if one in known
    ]  # fmt: skip


def guests_of(session: Session, row: InspectionRecord) -> list[dict[str, Any]]:
    """People of the other side who assist, with the certificate of those who have one, as the
    patrol's crew names them."""
    wanted = content_of(row).guests
    crew = {one.user_id: one for one in session.get_one(Patrol, row.patrol_id).crew}
    return [
        {"user_id": one, "name": crew[one].name, "unit": bureau(session, crew[one].bureau_id).name,
         "license_no": crew[one].license_no or ""}
        for one in wanted if one in crew
    ]  # fmt: skip


def hash_of(session: Session, row: InspectionRecord) -> str:
    """SHA-256 (hex) of the text: what a signature is given to."""
    return hashlib.sha256(canonical(text_of(session, row))).hexdigest()
