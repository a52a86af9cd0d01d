"""Output of the files API."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

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
