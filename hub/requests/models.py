"""Requests between bureaus (协查函, 移送函, ...) and every step that was taken in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id, JsonDict, JsonList, Moment, Name, PrimaryId
from hub.machines import StepColumns
from hub.versions import Counted
from sharing.models import UtcDateTime


class Kind(StrEnum):
    """What is asked for."""

    ASSISTANCE = "assistance"
    REFERRAL = "referral"
    TRANSFER = "transfer"
    JOINT = "joint_handling"
    POLICE = "police"


class Request(Counted, Base):
    """A letter of one bureau to another, or to the police, and where it stands."""

    __tablename__ = "request"
    __table_args__ = (
        Index("ix_request_sender", "sender_bureau_id", "state"),
        Index("ix_request_receiver", "receiver_bureau_id", "state"),
        Index("ix_request_case", "case_id"),
    )

    id: Mapped[PrimaryId]
    # Number for people within the hub, e.g. 联协〔2026〕0012号.
    number: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(24))
    sender_bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    # None: an addressee outside the hub, named in `addressee`.
    receiver_bureau_id: Mapped[str | None] = mapped_column(ForeignKey("bureau.id"))
    addressee: Mapped[str] = mapped_column(String(200), default="")
    title: Mapped[Name]
    body: Mapped[str] = mapped_column(Text, default="")
    legal_basis: Mapped[str] = mapped_column(Text, default="")
    # Texts in order; the first is question 1.
    questions: Mapped[JsonList]
    # Documents that are asked for.
    wanted: Mapped[JsonList]
    contact_name: Mapped[str] = mapped_column(String(100), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    # Until when (UTC) the sender asks for an answer.
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    classification: Mapped[int] = mapped_column(default=2)
    case_id: Mapped[str | None] = mapped_column(ForeignKey("case_record.id"))
    finding_id: Mapped[str | None] = mapped_column(ForeignKey("finding.id"))
    # Whether the case is opened to the receiver when it is sent, as far as the terms allow.
    opens_case: Mapped[bool] = mapped_column(default=True)
    # What only this kind has: see `details.py`.
    details: Mapped[JsonDict]
    # The receiver's answers, one text per question; None before the first reply.
    answers: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    # The agreement and its clause under which it was sent.
    agreement_id: Mapped[str | None] = mapped_column(String(36))
    clause: Mapped[str | None] = mapped_column(String(100))
    # The case that it became at the receiver.
    result_case_id: Mapped[str | None] = mapped_column(ForeignKey("case_record.id"))
    # Number of the letter, given when it is signed, e.g. 长兴环协〔2026〕3号.
    document_number: Mapped[str | None] = mapped_column(String(60))
    signed_by_name: Mapped[str | None] = mapped_column(String(200))
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Files of each side that came later than this are its own until it next sends something.
    sender_files_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    receiver_files_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When the receiver was reminded of the date, and the officials were told that it had passed.
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    escalated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by: Mapped[Id]
    created_by_name: Mapped[Name]
    created_at: Mapped[Moment]

    @property
    def counting_owner(self) -> str:
        """Whose people read `version`."""
        return self.sender_bureau_id

    @property
    def handlers_by_bureau(self) -> dict[str, list[str]]:
        """Ids of the handlers that each side named, of the kinds that have some."""
        named = self.details.get("handlers") or {}
        return {bureau: list(ids) for bureau, ids in named.items()}

    def name_handlers(self, bureau_id: str, user_ids: Iterable[str]) -> None:
        """Put a side's handlers in the place of those that it named before."""
        named = self.handlers_by_bureau | {bureau_id: list(dict.fromkeys(user_ids))}
        self.details = self.details | {"handlers": named}

    def parties(self) -> list[str]:
        """Ids of the bureaus that know of it: the sender alone until it is sent."""
        both = [self.sender_bureau_id]
        if self.receiver_bureau_id and self.sent_at is not None:
            both.append(self.receiver_bureau_id)
        return both


class RequestStep(StepColumns, Base):
    """One act in a request: never changed, never removed."""

    __tablename__ = "request_step"
    __table_args__ = (Index("ix_request_step_request", "request_id", "id"),)

    request_id: Mapped[str] = mapped_column(ForeignKey("request.id"))
    state: Mapped[str] = mapped_column(String(24))
    # Ground of a refusal.
    code: Mapped[str | None] = mapped_column(String(40))
    # Number of an outside document and the file that holds it; answers as they were given then.
    document_number: Mapped[str | None] = mapped_column(String(100))
    file_id: Mapped[str | None] = mapped_column(String(36))
    answers: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    # When it happened outside the hub, where that is not when it was entered (`at`).
    happened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Before it was sent: the sender's own business.
    private: Mapped[bool] = mapped_column(default=False)

    @property
    def moment(self) -> datetime:
        """When it happened, from which terms are counted."""
        return self.happened_at or self.at
