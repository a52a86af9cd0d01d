"""A row of the overview."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Badge:
    """A state in a word, with its tone."""

    text: str
    tone: str = "warn"


@dataclass(frozen=True)
class Item:
    """Something to do or to look at: what, where, and until when if there is a time."""

    title: str
    sub: str
    url: str
    symbol: str
    badge: Badge | None = None
    due: datetime | None = None
    side: str | None = None
    # `due` is a deadline to keep, not merely a time.
    deadline: bool = False
    late: bool = False
    # In words, how much is left of the deadline or how long it has passed.
    left: str | None = None
