"""The words and parameters of one text of an agreement: their shape, their limits.

Strip width, notice, evidence recognition, terms of answering and the like are parameters of each
agreement, never constants of the program (DOMAIN section 1b). Absent means: nothing is agreed.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from hub.accounts.schemas import Strict

Paragraph = Annotated[str, Field(max_length=4000)]
Adcode = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
# Ten times the widest strip that practice knows (5 km, DOMAIN section 1b).
WIDEST_M = 50_000
LONGEST_LINE_M = 1_000_000


class Words(Strict):
    """One passage in both languages."""

    zh: Paragraph = ""
    en: Paragraph = ""


class ClauseText(Strict):
    """A clause of the text; the terms cite it by its number."""

    number: str = Field(min_length=1, max_length=40)
    zh: Paragraph = ""
    en: Paragraph = ""


class Line(Strict):
    """What is said of the boundary line and of the strip along it; metres."""

    adcodes: list[Adcode] | None = Field(default=None, min_length=2, max_length=2)
    declared_length_m: float | None = Field(default=None, gt=0, le=LONGEST_LINE_M)
    # Width on each side; wider zones are refused.
    max_width_m: float | None = Field(default=None, gt=0, le=WIDEST_M)
    note: Words | None = None


class Acts(Strict):
    """What a guest may do in the zone, and how the host leads."""

    in_zone: Literal["assist", "with_notice"] | None = None
    clause: str | None = Field(default=None, max_length=40)
    # Licensed officers of the host at an enforcement act: two at least (XCF 42).
    host_officers: int | None = Field(default=None, ge=2, le=50)
    # Hours before entering that the host is told.
    notice_hours: int | None = Field(default=None, ge=0, le=720)


class Powers(Strict):
    """What else the parties agreed on."""

    # Evidence that one side took counts with the other as its own.
    evidence_recognition: bool | None = None
    # Joint inspections of one firm in a year, over all parties.
    inspection_cap: int | None = Field(default=None, ge=1, le=366)
    # Months between joint meetings.
    meeting_months: int | None = Field(default=None, ge=1, le=24)


class Contact(Strict):
    """Whom to call at a party."""

    bureau_id: str = Field(min_length=1, max_length=36)
    name: str = Field(min_length=1, max_length=100)
    post: str = Field(default="", max_length=100)
    phone: str = Field(default="", max_length=40)


class AgreementText(Strict):
    """Everything of an agreement's text beside the sharing terms."""

    preamble: Words | None = None
    purpose: Words | None = None
    clauses: list[ClauseText] = Field(default=[], max_length=100)
    line: Line | None = None
    acts: Acts | None = None
    powers: Powers | None = None
    contacts: list[Contact] = Field(default=[], max_length=50)
