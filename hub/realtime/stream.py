"""Reading the feed: rows become changes with the view that the reader may have at this moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from hub.access import ReaderClass
from hub.realtime.renderers import RENDERERS
from sharing import feed
from sharing.canonical import utc_text

PAGE = 500
TOMBSTONE = "tombstone"


@dataclass(frozen=True)
class Batch:
    """Consecutive changes after a number, rendered for one class of readers."""

    after: int
    head: int
    changes: tuple[dict[str, Any], ...]


def _change(row: feed.FeedRow, view: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "kind": row.kind,
        "id": row.record_id,
        "version": row.version,
        "verb": row.verb if view is not None else TOMBSTONE,
        "at": utc_text(row.at),
        "view": view,
    }


def render_rows(
    session: Session, reader: ReaderClass, rows: Sequence[feed.FeedRow]
) -> tuple[dict[str, Any], ...]:
    """All rows in order, each as the reader may see it now; without a view it is a tombstone.

    What was recalled since the row was written is therefore a tombstone in a replay too. A record
    that changed several times is rendered once.
    """
    views: dict[tuple[str, str], dict[str, Any] | None] = {}
    for row in rows:
        key = (row.kind, row.record_id)
        if key not in views:
            render = RENDERERS.get(row.kind)
            views[key] = render(session, reader, row.record_id) if render else None
    return tuple(_change(row, views[row.kind, row.record_id]) for row in rows)


def read_changes(session: Session, reader: ReaderClass, after: int, limit: int = PAGE) -> Batch:
    """What the reader's bureau was told after number `after`, at most `limit` changes."""
    rows = feed.read(session, reader.bureau_id, after, limit)
    head = feed.head(session, reader.bureau_id)
    return Batch(after, head, render_rows(session, reader, rows))
