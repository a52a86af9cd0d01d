"""Input and output of the packages API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from hub.accounts.schemas import Strict
from hub.clock import FIRST_DAY, LAST_DAY
from hub.exchange.choice import Choice
from hub.exchange.models import PackageState
from hub.web.days import stretch

Kind = Literal["case", "finding", "patrol", "petition"]


class ChoiceIn(Strict):
    """What goes into a package; both days are included, by the bureaus' clock."""

    agreement_id: str = Field(max_length=36)
    partner_id: str = Field(max_length=36)
    kinds: list[Kind] = Field(min_length=1, max_length=len(get_args(Kind)))
    first_day: date = Field(ge=FIRST_DAY, le=LAST_DAY)
    last_day: date = Field(ge=FIRST_DAY, le=LAST_DAY)
    zone_id: str | None = Field(default=None, max_length=36)
    with_files: bool = True
    meeting_id: str | None = Field(default=None, max_length=36)

    def choice(self) -> Choice:
        """The same in moments."""
        return Choice(
            self.agreement_id,
            self.partner_id,
            tuple(self.kinds),
            *stretch(self.first_day, self.last_day, ("first_day", "last_day")),
            self.zone_id,
            self.with_files,
            self.meeting_id,
        )


class ApproveIn(Strict):
    """The hash of the content that was read."""

    content_hash: str = Field(min_length=64, max_length=64)


class ReceiptIn(Strict):
    """A partner's signed receipt, as text."""

    receipt: str = Field(min_length=1, max_length=1_000_000)


class ProofIn(Strict):
    """A proof of a record in a package, as text."""

    proof: str = Field(min_length=1, max_length=40_000_000)


class Nothing(Strict):
    """No input."""


class PackagesQuery(BaseModel):
    """Which packages; the period in which they were made or came is since ≤ at < until."""

    model_config = ConfigDict(extra="forbid")

    direction: Literal["in", "out"] | None = None
    partner: str | None = Field(default=None, max_length=6, description="district code")
    state: PackageState | None = None
    meeting: str | None = Field(default=None, max_length=36)
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    q: str | None = Field(default=None, max_length=100)
    oldest: bool = Field(default=False, description="oldest first")


class ReceivedQuery(BaseModel):
    """Which received records; the period of receiving is since ≤ at < until."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind | None = None
    owner: str | None = Field(default=None, max_length=6, description="district code")
    withdrawn: bool | None = Field(default=None, description="taken back by its owner, or not")
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    q: str | None = Field(default=None, max_length=100)
    oldest: bool = Field(default=False, description="oldest first")


class PackageOut(BaseModel):
    """One package, out or in."""

    id: str
    package_id: str
    number: str
    direction: Literal["in", "out"]
    partner_adcode: str
    partner_name: str
    state: str
    choice: dict[str, Any]
    content_hash: str
    records: int
    sequence: int | None
    previous: str | None
    digest: str | None
    root: str | None
    size: int | None
    created_by: str
    created_by_name: str
    approved_by_name: str | None
    agreement_id: str | None
    agreement_number: str | None
    agreement_title: str | None
    meeting_id: str | None
    meeting_number: str | None
    meeting_title: str | None
    has_receipt: bool
    created_at: datetime
    approved_at: datetime | None
    expires_at: datetime | None
    receipt_at: datetime | None
    version: int


class PackagesOut(BaseModel):
    """A page of packages."""

    items: list[PackageOut]
    next: str | None


class PackedOut(BaseModel):
    """One record of a package, as the partner gets it."""

    kind: str
    id: str
    version: int
    title: str
    withdrawn: bool
    keep_until: datetime | None
    view: dict[str, Any] | None
    # The view in words: label, and value, lines or moment.
    fields: list[dict[str, Any]] = []
    # Of a package that came in: what became of it, and where it is read.
    outcome: str | None = None
    received_id: str | None = None


class PreviewOut(BaseModel):
    """What the partner would get."""

    content_hash: str
    items: list[PackedOut]


class PackageDetailOut(PackageOut):
    """A package with its records."""

    items: list[PackedOut]


class OutcomeOut(BaseModel):
    """What importing would do with one record."""

    kind: str
    id: str
    version: int
    title: str
    outcome: str
    why: str | None
    text: str


class ReportOut(BaseModel):
    """A dry run."""

    package_id: str
    digest: str
    sender: dict[str, str]
    number: str
    approved_by: str
    sequence: int
    missing: list[int]
    signed_at: datetime
    fingerprint: str
    records: int
    imported_before: str | None
    counts: dict[str, int]
    importable: bool
    # Whether it lies on the hub, to be imported by its digest without sending it again.
    kept: bool
    items: list[OutcomeOut]


class ProgressOut(BaseModel):
    """How far a request is: its step, in words too, and how much of it is done."""

    step: str
    words: str
    done: int
    of: int


class ReceivedFileOut(BaseModel):
    """A file that came with a record."""

    id: str
    name: str
    size: int
    sha256: str
    url: str


class ReceivedOut(BaseModel):
    """A record received by package."""

    id: str
    kind: str
    title: str
    foreign_id: str
    foreign_version: int
    owner_adcode: str
    owner_name: str
    classification: int
    received_at: datetime
    ended_at: datetime | None
    keep_until: datetime | None
    package_id: str
    package_number: str
    view: dict[str, Any] | None
    files: list[ReceivedFileOut] | None = None


class ReceivedListOut(BaseModel):
    """A page of what was received."""

    items: list[ReceivedOut]
    next: str | None


class ProofQuery(BaseModel):
    """Which record."""

    kind: Kind
    record: str = Field(max_length=64)


class ProvedOut(BaseModel):
    """What a proof shows, and when the package was acknowledged, as far as this hub knows."""

    record: dict[str, Any]
    sender: dict[str, str]
    number: str
    approved_by: str
    digest: str
    root: str
    signed_at: datetime
    fingerprint: str
    package_id: str | None
    receipt_at: datetime | None
