"""Output of the files API."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from hub.accounts.schemas import Strict
from hub.patrols.field_schemas import FileOut


class CopyOut(BaseModel):
    """One copy that was handed out; `marked`: with the reader's watermark."""

    who: str
    bureau_id: str
    bureau_name: str
    at: datetime
    copy_: Literal["clean", "original"] = Field(alias="copy")
    marked: bool


class PassportOut(FileOut):
    """A file, whether its bytes are still those that were sealed, and every copy handed out."""

    record_kind: str
    record_id: str
    clean_sha256: str | None
    intact: bool
    copies: list[CopyOut]


class FaultsQuery(Strict):
    """Which files."""

    what: Literal["missing", "altered"] | None = None


class FaultOut(BaseModel):
    """A file that is not what was sealed: its id and its bureau, nothing of its content."""

    id: str
    bureau_id: str
    what: Literal["missing", "altered"]
    what_name: str
    found_at: datetime
    seen_at: datetime


class CheckOut(BaseModel):
    """A check of the store, as far as the own bureau's files are concerned."""

    started_at: datetime
    finished_at: datetime | None
    checked: int
    broken: int


class FaultsOut(BaseModel):
    """Broken files, the next page's cursor, and the newest check (null: none yet)."""

    items: list[FaultOut]
    next: str | None
    check: CheckOut | None
