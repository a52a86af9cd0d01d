"""The parties (当事人) of a case: firms and persons, each in one part."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Moment, Name, PrimaryId


class PartyForm(StrEnum):
    """What kind of party it is: that decides how it is shown."""

    FIRM = "firm"
    PERSON = "person"


class PartyRole(StrEnum):
    """The part it has in the case."""

    RESPONDENT = "respondent"
    LEGAL_REP = "legal_rep"
    SITE_MANAGER = "site_manager"
    INTERESTED = "interested"
    WITNESS = "witness"


class CaseParty(Base):
    """One party of one case. Everybody is shown it through `hub.cases.party_views` alone."""

    __tablename__ = "case_party"
    __table_args__ = (
        Index("ix_case_party_case_id", "case_id"),
        Index("ix_case_party_code", "code"),
    )

    id: Mapped[PrimaryId]
    case_id: Mapped[str] = mapped_column(ForeignKey("case_record.id"))
    form: Mapped[str] = mapped_column(String(10))
    role: Mapped[str] = mapped_column(String(20))
    name: Mapped[Name]
    # Firm: unified social credit code (GB 32100). Person: identity number (GB 11643).
    code: Mapped[str | None] = mapped_column(String(18))
    phone: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    added_by: Mapped[str] = mapped_column(String(36))
    added_by_name: Mapped[Name]
    added_at: Mapped[Moment]
