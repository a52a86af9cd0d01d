"""Tables of the sharing engine; hub records appear here by kind and id only."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    and_,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import Base, Kind, Moment, RecordId, UtcDateTime, new_id, text_enum
from sharing.errors import ShareEnded

__all__ = [
    "AuditEntry",
    "AuditHead",
    "Base",
    "FeedAck",
    "FeedChange",
    "FeedCounter",
    "Receipt",
    "Rung",
    "Share",
    "ShareLevel",
    "ShareState",
    "UtcDateTime",
    "new_id",
]


class ShareState(StrEnum):
    """Where a share stands."""

    ACTIVE = "active"
    RECALLED = "recalled"
    EXPIRED = "expired"


class ShareLevel(StrEnum):
    """What a share opens: content (white) or existence only (gray)."""

    WHITE = "white"
    GRAY = "gray"


class Rung(StrEnum):
    """The ladder of a receipt 签收."""

    DELIVERED = "delivered"
    OPENED = "opened"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    ACTED = "acted"
    PURGED = "purged"


class FeedCounter(Base):
    """The last number given out in a bureau's feed."""

    __tablename__ = "feed_counter"

    # the bureau whose feed this counts
    bureau_id: Mapped[RecordId] = mapped_column(primary_key=True)
    # number of the newest change; the next one gets this plus one
    last_seq: Mapped[int] = mapped_column(BigInteger)
    # what stands before it cannot be read on from: the hub was restored from a backup there
    floor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


class FeedChange(Base):
    """One change as a bureau hears of it; never any content."""

    __tablename__ = "feed_change"
    __table_args__ = (
        Index("ix_feed_change_bureau_id_kind_record_id", "bureau_id", "kind", "record_id"),
    )

    # the bureau that hears of it
    bureau_id: Mapped[RecordId] = mapped_column(primary_key=True)
    # gapless, in commit order, from 1
    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False
    )
    # kind of the changed record, e.g. case
    kind: Mapped[Kind]
    # id of the changed record
    record_id: Mapped[RecordId]
    # the record's version after the change
    version: Mapped[int]
    # what happened: created, updated, shared, recalled, ...
    verb: Mapped[str] = mapped_column(String(32))
    # when it happened
    at: Mapped[Moment]


class FeedAck(Base):
    """How far a reader of a bureau says it has read."""

    __tablename__ = "feed_ack"

    # the bureau whose feed is read
    bureau_id: Mapped[RecordId] = mapped_column(primary_key=True)
    # the reader: a user, a device, a partner hub
    reader_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    # everything up to this number has arrived
    seq: Mapped[int] = mapped_column(BigInteger)
    # when the number last rose
    at: Mapped[Moment]


class Share(Base):
    """One record opened to one bureau under one clause of an agreement."""

    __tablename__ = "share"
    __table_args__ = (
        # One active share per record and partner; ended ones stay as history.
        Index(
            "uq_share_active",
            "kind",
            "record_id",
            "partner_bureau_id",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
        Index("ix_share_partner_bureau_id_kind_state", "partner_bureau_id", "kind", "state"),
        # What runs for a bureau, newest record first.
        Index(
            "ix_share_active_partner",
            "partner_bureau_id",
            "kind",
            "record_id",
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
        Index("ix_share_kind_record_id", "kind", "record_id"),
        Index("ix_share_agreement_id", "agreement_id"),
    )

    # UUIDv7
    id: Mapped[RecordId] = mapped_column(primary_key=True, default=new_id)
    # kind of the shared record
    kind: Mapped[Kind]
    # id of the shared record
    record_id: Mapped[RecordId]
    # the bureau that owns the record
    owner_bureau_id: Mapped[RecordId]
    # the bureau it was opened to
    partner_bureau_id: Mapped[RecordId]
    # the agreement it rests on
    agreement_id: Mapped[RecordId]
    # the version of that agreement when it was opened
    agreement_version: Mapped[int]
    # the clause it rests on
    clause: Mapped[str] = mapped_column(String(64))
    # what the partner may use it for
    purpose: Mapped[str] = mapped_column(String(32))
    # content, or existence only
    level: Mapped[ShareLevel] = mapped_column(text_enum(ShareLevel, "level"))
    # the field groups opened, sorted
    field_groups: Mapped[list[str]] = mapped_column(JSON)
    # field groups that the owner opened beyond the terms' white ones on request; null: none
    granted_groups: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    # that grant ends by itself at this moment
    granted_until: Mapped[datetime | None] = mapped_column(UtcDateTime())
    # the share of which a partner passed this one on; null: the owner opened it himself
    onward_of: Mapped[str | None] = mapped_column(String(36), index=True)
    # the owner agreed to that, where the terms ask for it
    onward_consented: Mapped[bool] = mapped_column(default=False)
    # active, recalled or expired
    state: Mapped[ShareState] = mapped_column(text_enum(ShareState, "state"))
    # the user (or clock) who opened it
    created_by: Mapped[RecordId]
    # when it was opened
    created_at: Mapped[Moment]
    # it ends by itself at this moment; null: with the agreement
    until: Mapped[datetime | None] = mapped_column(UtcDateTime())
    # what was received may be kept until then, as the terms say; null: they name no end
    keep_until: Mapped[datetime | None] = mapped_column(UtcDateTime())
    # when it ended
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    # the user who ended it; null when a clock did
    ended_by: Mapped[str | None] = mapped_column(String(36))
    # why it ended: the words of a person, or a code of a clock
    end_reason: Mapped[str | None] = mapped_column(Text)
    # rises with every change; a stale write fails
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by the mapper only

    def is_running(self, at: datetime) -> bool:
        """Tell whether the share holds at a moment; the clock that expires it may be late."""
        ends = (end for end in (self.until, self.keep_until) if end is not None)
        return self.state is ShareState.ACTIVE and all(end > at for end in ends)

    def granted(self, at: datetime) -> frozenset[str]:
        """Return the field groups that the owner's grant opens at a moment."""
        if not self.granted_groups or self.granted_until is None or self.granted_until <= at:
            return frozenset()
        return frozenset(self.granted_groups)

    @classmethod
    def running(cls, at: datetime) -> ColumnElement[bool]:
        """Return the same as a condition for a query."""
        return and_(
            cls.state == ShareState.ACTIVE,
            or_(cls.until.is_(None), cls.until > at),
            or_(cls.keep_until.is_(None), cls.keep_until > at),
        )

    def end(self, state: ShareState, *, at: datetime, by: str | None, reason: str) -> None:
        """Leave the active state; raises ShareEnded when it was left before."""
        if self.state is not ShareState.ACTIVE:
            raise ShareEnded(share_id=self.id, state=self.state.value)
        self.state = state
        self.ended_at = at
        self.ended_by = by
        self.end_reason = reason


class Receipt(Base):
    """One rung that a partner reached with a share, by whom and when."""

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("share_id", "bureau_id", "rung"),
        # Accepted and refused exclude each other, also when two people answer at once.
        Index(
            "uq_receipt_answer",
            "share_id",
            "bureau_id",
            unique=True,
            sqlite_where=text("rung IN ('accepted', 'refused')"),
            postgresql_where=text("rung IN ('accepted', 'refused')"),
        ),
    )

    # UUIDv7
    id: Mapped[RecordId] = mapped_column(primary_key=True, default=new_id)
    # the share it answers
    share_id: Mapped[RecordId] = mapped_column(ForeignKey("share.id", ondelete="RESTRICT"))
    # the bureau that gives it
    bureau_id: Mapped[RecordId]
    # delivered, opened, accepted, refused, acted, purged
    rung: Mapped[Rung] = mapped_column(text_enum(Rung, "rung"))
    # the user whose act it was
    user_id: Mapped[RecordId]
    # that user's name at the time, kept when the account goes
    user_name: Mapped[str] = mapped_column(String(120))
    # when
    at: Mapped[Moment]
    # why, for a refusal
    reason: Mapped[str | None] = mapped_column(Text)


class AuditEntry(Base):
    """One link of a hash-chained audit log."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_kind_record_id", "kind", "record_id"),)

    # the log it belongs to
    chain: Mapped[str] = mapped_column(String(64), primary_key=True)
    # its place, from 1, without gaps
    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False
    )
    # when it was written
    at: Mapped[Moment]
    # the user who acted; null for a clock
    actor_id: Mapped[str | None] = mapped_column(String(36))
    # that user's name at the time
    actor_name: Mapped[str] = mapped_column(String(120))
    # the bureau the user acted for
    actor_bureau_id: Mapped[str | None] = mapped_column(String(36))
    # what was done or refused, e.g. case.shared
    action: Mapped[str] = mapped_column(String(64))
    # kind of the record it concerns
    kind: Mapped[str | None] = mapped_column(String(32))
    # id of the record it concerns
    record_id: Mapped[str | None] = mapped_column(String(36))
    # canonical JSON text; hashed as it stands
    detail: Mapped[str] = mapped_column(Text)
    # hash of the entry before, hex
    prev_hash: Mapped[str] = mapped_column(String(64))
    # SHA-256 of this entry, hex
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """Where a chain ends; locked while an entry is added."""

    __tablename__ = "audit_head"

    # the log
    chain: Mapped[str] = mapped_column(String(64), primary_key=True)
    # number of its last entry
    number: Mapped[int] = mapped_column(BigInteger)
    # hash of its last entry, hex
    hash: Mapped[str] = mapped_column(String(64))
