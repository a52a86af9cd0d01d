"""Reading the feed: rows become changes with the view that the reader may have at this moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from hub.access import ReaderClass
from hub.realtime.renderers import verb_shown, views_of
from sharing import feed
from sharing.canonical import utc_text

PAGE = 500
Changes = tuple[dict[str, Any], ...]
TOMBSTONE = "tombstone"


@dataclass(frozen=True)
class Batch:
    """Consecutive changes after a number, rendered for one class of readers."""

    after: int
    head: int
    changes: Changes


def _change(row: feed.FeedRow, view: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "kind": row.kind,
        "id": row.record_id,
        "version": row.version,
        "verb": TOMBSTONE if view is None else verb_shown(row.kind, row.verb, view),
        "at": utc_text(row.at),
        "view": view,
    }


def render_rows(session: Session, reader: ReaderClass, rows: Sequence[feed.FeedRow]) -> Changes:
    """All rows in order, each as the reader may see it now; see `render_together`."""
    return render_together(session, [(reader, rows)])[0]


def render_together(
    session: Session, read: Sequence[tuple[ReaderClass, Sequence[feed.FeedRow]]]
) -> list[Changes]:
    """The rows of each reader in order, each as he may see it now; without a view a tombstone.

    What was recalled since the row was written is therefore a tombstone in a replay too. A record
    that changed several times is rendered once for a reader.
    """
    asked: list[dict[str, dict[str, None]]] = []
    for _reader, rows in read:
        ids: dict[str, dict[str, None]] = defaultdict(dict)
        for row in rows:
            ids[row.kind][row.record_id] = None
        asked.append(ids)
    views: list[dict[str, Mapping[str, dict[str, Any] | None]]] = [{} for _one in read]
    for kind in {kind for ids in asked for kind in ids}:
        who = [number for number, ids in enumerate(asked) if kind in ids]
        wanted = [(read[number][0], list(asked[number][kind])) for number in who]
        for number, found in zip(who, views_of(session, kind, wanted), strict=True):
            views[number][kind] = found
    return [
        tuple(_change(row, shown[row.kind].get(row.record_id)) for row in rows)
        for (_reader, rows), shown in zip(read, views, strict=True)
    ]


def read_changes(session: Session, reader: ReaderClass, after: int, limit: int = PAGE) -> Batch:
    """What the reader's bureau was told after number `after`, at most `limit` changes."""
    rows = feed.read(session, reader.bureau_id, after, limit)
    head = feed.head(session, reader.bureau_id)
    return Batch(after, head, render_rows(session, reader, rows))


def read_together(
    session: Session, places: Sequence[tuple[ReaderClass, int]], limit: int = PAGE
) -> list[Changes]:
    """The next changes of many readers, each after his number, in their order.

    At most `limit` changes in all, and one at least of each; what several are shown is read once.
    """
    share = max(1, limit // max(1, len(places)))
    rows = feed.read_many(session, {(reader.bureau_id, after) for reader, after in places}, share)
    return render_together(
        session, [(reader, rows[reader.bureau_id, after]) for reader, after in places]
    )
