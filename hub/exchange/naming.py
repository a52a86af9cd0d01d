"""What an exchanged record is called, and by which of its words it is found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hub.exchange.labels import names_of
from hub.exchange.models import ReceivedRecord

MOST_TITLE = 120


def title_of(view: Mapping[str, Any] | None, record_id: str) -> str:
    """What people call a record: its number and title; without content, its id."""
    told = view or {}
    words = [str(told[name]) for name in ("number", "title", "text") if told.get(name)]
    return " ".join(words)[:MOST_TITLE] or record_id


def texts_of(kind: str, view: Mapping[str, Any] | None) -> list[str]:
    """The texts that people read of a record; of what is listed in it the names."""
    told = view or {}
    return [text for name in names_of(kind) if name in told for text in _texts(told[name])]


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name in ("name", "title", "text"):
            if isinstance(value.get(name), str):
                yield value[name]
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def hold(row: ReceivedRecord, view: Mapping[str, Any] | None) -> None:
    """Give a received record its content and what it is found by, or take both; None: no more."""
    row.view = dict(view) if view is not None else None
    row.title = title_of(view, row.foreign_id)
    # A database of text takes no zero bytes; nobody looks for them.
    row.words = "\n".join(texts_of(row.kind, view)).replace("\x00", "")
