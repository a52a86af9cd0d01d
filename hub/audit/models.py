"""Which refusals were entered in the current hour, so that each is entered once."""

from __future__ import annotations

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id


class EnteredDenial(Base):
    """One refusal that stands in the chain of the person's bureau; kept for its hour only."""

    __tablename__ = "entered_denial"

    user_id: Mapped[Id] = mapped_column(primary_key=True)
    # Whole hours since 1970-01-01 UTC.
    hour: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    # SHA-256 (hex) of what was asked for: method, route and record.
    target: Mapped[str] = mapped_column(String(64), primary_key=True)
