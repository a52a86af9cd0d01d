"""Input and output of the notes on a case."""

from __future__ import annotations

from pydantic import BaseModel, Field

from hub.accounts.schemas import Strict
from hub.cases.note_models import NoteKind


class NoteIn(Strict):
    """A note: an opinion for handlers, a memo for the bureau, or progress for partners too."""

    text: str = Field(min_length=1, max_length=4000)
    kind: NoteKind = NoteKind.OPINION


class NoteCorrection(Strict):
    """Another wording of one's own note."""

    text: str = Field(min_length=1, max_length=4000)


class NoteWithdrawal(Strict):
    """Why one's own note is taken back."""

    reason: str = Field(min_length=1, max_length=500)


class EarlierOut(BaseModel):
    """A wording that was corrected."""

    text: str
    at: str
    by_name: str


class NoteOut(BaseModel):
    """A note as this reader may see it; outside the bureau without names and earlier wordings."""

    id: str
    kind: NoteKind
    kind_name: str
    text: str
    at: str
    corrected_at: str | None
    by: str | None = None
    by_name: str | None = None
    earlier: list[EarlierOut] | None = None
    withdrawn_at: str | None = None
    withdrawn_by_name: str | None = None
    withdrawn_reason: str | None = None


class NotesOut(BaseModel):
    """The notes that this reader may see, oldest first."""

    items: list[NoteOut]
    next: str | None
