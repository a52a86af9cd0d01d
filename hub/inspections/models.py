"""Records of inspections on the spot 现场检查（勘察）笔录 and the signatures given to them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id, JsonDict, Moment, Name, PrimaryId
from hub.errors import Conflict
from sharing.models import UtcDateTime


class InspectionState(StrEnum):
    """A record is written, signed, and then sealed for good; or given up before that."""

    DRAFT = "draft"
    SEALED = "sealed"
    VOID = "void"


STATES = {
    InspectionState.DRAFT: _l("制作中"),
    InspectionState.SEALED: _l("已封存"),
    InspectionState.VOID: _l("已作废"),
}
TONES = {"draft": "warn", "sealed": "ok", "void": "neutral"}


class InspectionRecord(Base):
    """One record of an inspection; it belongs to the bureau that leads at the place."""

    __tablename__ = "inspection_record"

    id: Mapped[PrimaryId]
    # E.g. 吴兴环检〔2026〕3号.
    number: Mapped[str] = mapped_column(String(60), unique=True)
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"), index=True)
    patrol_id: Mapped[str] = mapped_column(ForeignKey("patrol.id"), index=True)
    # What the patrol saw and the inspection looked into; None: an inspection without a finding.
    finding_id: Mapped[str | None] = mapped_column(ForeignKey("finding.id"), index=True)
    # The sealed record that this one corrects or adds to (补充笔录).
    supplements_id: Mapped[str | None] = mapped_column(ForeignKey("inspection_record.id"))
    state: Mapped[str] = mapped_column(String(12), index=True)
    # Where it was, WGS 84; whose ground that is was decided when the record was opened.
    lon: Mapped[float]
    lat: Mapped[float]
    adcode: Mapped[str | None] = mapped_column(String(6))
    # What stands in it, as hub.inspections.content.Content.
    content: Mapped[JsonDict]
    created_by: Mapped[Id]
    created_by_name: Mapped[Name]
    created_at: Mapped[Moment]
    void_reason: Mapped[str] = mapped_column(String(500), default="")
    sealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sealed_by_name: Mapped[str | None] = mapped_column(String(200))
    # The sealed document, signed by the bureau (sharing.documents), and the SHA-256 (hex) of the
    # canonical form of what stands in it.
    sealed_text: Mapped[str | None] = mapped_column(Text)
    sealed_hash: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)

    def check_draft(self) -> None:
        """Refuse whatever changes a record that is sealed or given up.

        Raises:
            Conflict: names the state, and for a sealed one the way that is left.
        """
        if self.state == InspectionState.SEALED:
            raise Conflict(
                _l("笔录已封存，不能改动；需要更正的，请制作补充笔录。"),
                extra={"rule": "inspection.sealed", "state": self.state},
            )
        if self.state == InspectionState.VOID:
            raise Conflict(
                _l("笔录已作废。"), extra={"rule": "inspection.void", "state": self.state}
            )


class InspectionSignature(Base):
    """A signature on the screen: who, when, the picture, and the text it was given to."""

    __tablename__ = "inspection_signature"
    __table_args__ = (Index("ix_inspection_signature_record", "record_id", "at"),)

    id: Mapped[PrimaryId]
    record_id: Mapped[str] = mapped_column(ForeignKey("inspection_record.id"))
    # SignerRole: officer, guest, party, witness.
    role: Mapped[str] = mapped_column(String(12))
    # Of an officer or a guest: his account.
    user_id: Mapped[str | None] = mapped_column(String(36))
    name: Mapped[Name]
    # SHA-256 (hex) of the text that was on the screen.
    content_hash: Mapped[str] = mapped_column(String(64))
    file_id: Mapped[str] = mapped_column(ForeignKey("stored_file.id"))
    # On whose phone it was given.
    taken_by: Mapped[Id]
    taken_by_name: Mapped[Name]
    at: Mapped[Moment]
    # Set when the record was edited afterwards; the row stays as evidence.
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
