"""Input and output of rosters and of stations that are run together."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime, BaseModel, Field

from hub.accounts.schemas import Strict


class RosterQuery(BaseModel):
    """Local days, both included; without them a week from today."""

    since: date | None = None
    until: date | None = None


class TurnIn(Strict):
    """One person's turn."""

    user_id: str = Field(max_length=36)
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    note: str = Field(default="", max_length=200)


class SheetIn(Strict):
    """A sheet: day, from, to, person, note."""

    csv: str = Field(min_length=1, max_length=100_000)


class SwapIn(Strict):
    """Who is asked to take the turn, and which of his own would be taken in exchange."""

    to_user_id: str = Field(max_length=36)
    for_duty_id: str | None = Field(default=None, max_length=36)


class AnswerIn(Strict):
    """Whether the turn is taken over."""

    accepted: bool


class AskIn(Strict):
    """Which partner is asked to run the station together, under which agreement."""

    bureau_id: str = Field(max_length=36)
    agreement_id: str = Field(max_length=36)


class LeaveIn(Strict):
    """Which bureau no longer runs it."""

    bureau_id: str = Field(max_length=36)


class ActsOut(BaseModel):
    """What this reader may do with a turn."""

    remove: bool
    swap: bool
    answer: bool
    withdraw: bool


class DutyOut(BaseModel):
    """A turn; `name` is null where the terms do not open a partner's people."""

    id: str
    version: int
    station_id: str
    bureau_id: str
    bureau_name: str
    side: str
    name: str | None
    user_id: str | None
    starts_at: str
    ends_at: str
    note: str
    swap_to_name: str | None
    # What speaks against the turn, in words; of a partner no more than "not available".
    clash: str | None = None
    acts: ActsOut


class DutiesOut(BaseModel):
    """Turns, soonest first."""

    items: list[DutyOut]
    next: str | None = None


class OnDutyOut(BaseModel):
    """A station and who is on duty there."""

    station_id: str
    name: str
    name_en: str
    phone: str | None
    side: str
    on_duty: list[DutyOut]


class OnDutyAllOut(BaseModel):
    """All stations that the reader sees."""

    items: list[OnDutyOut]
    next: str | None = None


class PartyOut(BaseModel):
    """A bureau that runs a station or was asked to; state owner, joined or asked."""

    bureau_id: str
    bureau_name: str
    side: str
    state: str
    agreement_id: str | None


class PartiesOut(BaseModel):
    """Who runs a station."""

    items: list[PartyOut]
    next: str | None = None
