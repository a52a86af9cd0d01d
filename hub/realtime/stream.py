"""Reading the feed: rows become changes with the view that the reader may have at this moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from hub.access import ReaderClass
from hub.realtime.renderers import MANY, RENDERERS
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
    ids: dict[str, dict[str, None]] = defaultdict(dict)
    for row in rows:
        ids[row.kind][row.record_id] = None
    views = {kind: _views(session, reader, kind, list(ids[kind])) for kind in ids}
    return tuple(_change(row, views[row.kind].get(row.record_id)) for row in rows)


def _views(
    session: Session, reader: ReaderClass, kind: str, ids: Sequence[str]
) -> Mapping[str, dict[str, Any] | None]:
    """The views of records of a kind; what nobody can render is nobody's to see."""
    if kind in MANY:
        return MANY[kind](session, reader, ids)
    render = RENDERERS.get(kind)
    return {} if render is None else {id_: render(session, reader, id_) for id_ in ids}


def read_changes(session: Session, reader: ReaderClass, after: int, limit: int = PAGE) -> Batch:
    """What the reader's bureau was told after number `after`, at most `limit` changes."""
    rows = feed.read(session, reader.bureau_id, after, limit)
    head = feed.head(session, reader.bureau_id)
    return Batch(after, head, render_rows(session, reader, rows))
