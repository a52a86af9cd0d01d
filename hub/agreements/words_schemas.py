"""Input and output of what is said of texts: summaries, differences, exposure, previews."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hub.accounts.schemas import Strict


class SentenceOut(BaseModel):
    """A sentence, and the clause it is from."""

    text: str
    clause: str | None


class SectionOut(BaseModel):
    """Sentences under a heading."""

    heading: str
    items: list[SentenceOut]


class SummaryOut(BaseModel):
    """What one text means, in both languages."""

    number: int
    content_hash: str
    zh: list[SectionOut]
    en: list[SectionOut]


class SummaryQuery(BaseModel):
    """Whose view: what this party is shown of the others' records."""

    model_config = ConfigDict(extra="forbid")

    reader: str | None = Field(default=None, max_length=36, description="id of a party")


class DifferenceQuery(BaseModel):
    """Against which text; the one it amends (or the one before) unless told otherwise."""

    model_config = ConfigDict(extra="forbid")

    against: int | None = Field(default=None, ge=1, le=100_000)


class DifferenceRow(BaseModel):
    """One difference: who sees more or less; details of a sharing rule where it is one."""

    effect: Literal["added", "widened", "narrowed", "removed", "changed"]
    effect_name: str
    text: str
    who: str
    kind: str | None = None
    place: dict[str, Any] | None = None
    purposes: list[str] | None = None
    field_groups: list[str] | None = None
    level: dict[str, str] | None = None
    clause: dict[str, str | None] | None = None


class SideBySideRow(BaseModel):
    """One rule of the table, before and after."""

    what: str
    before: str | None
    after: str | None
    same: bool


class DifferenceTold(BaseModel):
    """The differences in one language."""

    model_config = ConfigDict(populate_by_name=True)

    from_: int = Field(alias="from")
    to: int
    changes: list[DifferenceRow]
    counts: dict[str, int]
    table: list[SideBySideRow]


class DifferenceOut(BaseModel):
    """The differences in both languages."""

    zh: DifferenceTold
    en: DifferenceTold


class ExposureQuery(BaseModel):
    """Filters of the list; the counts are of everything."""

    model_config = ConfigDict(extra="forbid")

    partner: str | None = Field(default=None, max_length=36, description="id of a party")
    kind: Literal["case", "finding", "petition"] | None = None
    effect: Literal["opens", "closes"] | None = None
    at_once: bool = False
    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=200)


class TermsIn(Strict):
    """Sharing terms that are still being written."""

    terms: dict[str, Any] = Field(description="wire format 1 of the sharing terms")


class ExposureRow(BaseModel):
    """What a partner would see otherwise of one own record; field groups."""

    kind: str
    record_id: str
    number: str
    title: str
    url: str
    partner_id: str
    partner_name: str
    at_once: bool
    clause: str | None
    newly_visible: list[str]
    newly_announced: list[str]
    no_longer_visible: list[str]
    no_longer_announced: list[str]


class ExposureCounts(BaseModel):
    """Records, not rows."""

    examined: int
    affected: int
    opening: int
    closing: int
    at_once: int
    newly_visible_groups: dict[str, int]


class ExposureOut(BaseModel):
    """A page of what would change, with counts of everything."""

    items: list[ExposureRow]
    next: str | None
    counts: ExposureCounts
    matching: int
    has_zone: bool


class ExampleIn(Strict):
    """A record as one would describe it; metres and GB/T 2260 codes."""

    kind: str = Field(max_length=40)
    purpose: str = Field(max_length=40)
    in_zone: bool = False
    distance_m: float | None = Field(default=None, ge=0, le=1_000_000)
    adcode: str | None = Field(default=None, pattern="^[0-9]{6}$")
    classification: int = Field(default=2, ge=0, le=4)


class PreviewIn(Strict):
    """Terms while they are written."""

    terms: dict[str, Any] = Field(description="wire format 1 of the sharing terms")
    text: dict[str, Any] = Field(default={}, description="line, acts, powers are told in words")
    party_ids: list[str] = Field(default=[], max_length=20)
    agreement_id: str | None = Field(default=None, max_length=36)
    example: ExampleIn | None = None


class ExampleGroup(BaseModel):
    """How one field group stands, by which row of the table."""

    group: str
    name: str
    level: str
    level_name: str
    clause: str | None
    row: int | None
    retention_days: int | None
    onward: str | None


class ExampleOut(BaseModel):
    """The decision for an example."""

    reason: str
    reason_text: str
    groups: list[ExampleGroup]


class PreviewOut(BaseModel):
    """What terms mean, in the caller's language."""

    summary: list[SectionOut]
    changes: list[DifferenceRow] | None
    example: ExampleOut | None


class ImportIn(Strict):
    """A file with sharing terms."""

    format: Literal["json", "csv"]
    content: str = Field(max_length=200_000)


class ImportOut(BaseModel):
    """The terms that the file holds."""

    terms: dict[str, Any]
