"""Input and output of the search."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

MAX_QUERY = 100
Kind = Literal[
    "case", "finding", "patrol", "agreement", "zone", "station", "meeting", "action_item",
    "petition", "received", "inspection",
]  # fmt: skip


class Filters(BaseModel):
    """The words and what they are narrowed to."""

    q: str = Field(default="", max_length=MAX_QUERY, description="words; all must be found")
    kind: Kind | None = None
    stage: str | None = Field(default=None, max_length=40, description="as in `facets`")
    category: str | None = Field(default=None, max_length=40)
    bureau: str | None = Field(default=None, max_length=36)
    year: int | None = Field(default=None, ge=1900, le=2999)
    district: str | None = Field(default=None, max_length=6, description="GB/T 2260 code")


class SearchQuery(Filters):
    """A page of results."""

    limit: int = Field(20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=200)


class SuggestQuery(BaseModel):
    """What is typed so far."""

    q: str = Field(default="", max_length=MAX_QUERY)
    limit: int = Field(8, ge=1, le=20)


class Part(BaseModel):
    """A piece of plain text; `hit`: it is what was searched for."""

    text: str
    hit: bool


class Snippet(BaseModel):
    """Where the words stand, in one field of a group."""

    group: str
    parts: list[Part]


class Item(BaseModel):
    """A record found, as far as the reader sees it."""

    kind: str
    kind_name: str
    id: str
    number: str | None
    title: str | None
    title_parts: list[Part]
    bureau_id: str
    bureau_name: str
    own: bool
    stage: str | None
    stage_name: str | None
    category: str | None
    year: int | None
    url: str
    snippets: list[Snippet]


class FacetValue(BaseModel):
    """A value and how many results show it."""

    value: str
    name: str
    count: int


class Facet(BaseModel):
    """By what the results can be narrowed."""

    name: str
    title: str
    values: list[FacetValue]


class SearchOut(BaseModel):
    """A page of results, newest first; `total` and `facets` are of all that the reader sees."""

    items: list[Item]
    next: str | None
    total: int
    facets: list[Facet]


class SuggestOut(BaseModel):
    """The newest few."""

    items: list[Item]
