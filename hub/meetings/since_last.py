"""What changed between the parties since their last meeting, as the reader may see it now."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from hub.access import Actor
from hub.home.activity import KINDS, verb_of
from hub.home.spoken import spoken_all
from hub.home.subjects import Named
from hub.meetings.models import Meeting, MeetingState
from sharing.canonical import utc_text
from sharing.models import FeedChange

# Changes looked at, and records shown by name.
MOST, SHOWN = 1000, 40
# The meeting's own changes are no news for it, nor are clocks, which follow their records.
LEFT_OUT = ("meeting", "clock", "deadline_rule", "calendar_day")
HELD = (
    MeetingState.MINUTES_DRAFT,
    MeetingState.COUNTERSIGNED,
    MeetingState.ACTIONS_OPEN,
    MeetingState.ACTIONS_CLOSED,
)


def last_before(session: Session, row: Meeting) -> Meeting | None:
    """The meeting of the same agreement that was held last before this one."""
    return session.scalars(
        select(Meeting)
        .where(
            Meeting.agreement_id == row.agreement_id,
            Meeting.id != row.id,
            Meeting.state.in_(HELD),
            Meeting.starts_at < row.starts_at,
        )
        .order_by(Meeting.starts_at.desc())
        .limit(1)
    ).one_or_none()


def changes_since(session: Session, actor: Actor, row: Meeting) -> dict[str, Any]:
    """Records of which both the reader's bureau and another party were told since then.

    `counts` by kind in words, `items` newest first; what was recalled since is not among them.
    """
    last = last_before(session, row)
    since = last.ended_at if last is not None and last.ended_at else None
    others = sorted(row.party_ids - {actor.bureau_id})
    theirs = aliased(FeedChange)
    both = exists().where(
        theirs.bureau_id.in_(others),
        theirs.kind == FeedChange.kind,
        theirs.record_id == FeedChange.record_id,
    )
    query = select(FeedChange.kind, FeedChange.record_id, func.max(FeedChange.seq).label("seq"))
    query = query.where(
        FeedChange.bureau_id == actor.bureau_id, FeedChange.kind.not_in(LEFT_OUT), both
    )
    if since is not None:
        query = query.where(FeedChange.at > since)
    query = query.group_by(FeedChange.kind, FeedChange.record_id)
    records = session.execute(query.order_by(func.max(FeedChange.seq).desc()).limit(MOST)).all()
    shown = records[:SHOWN]
    named = spoken_all(session, actor.reader, ((one.kind, one.record_id) for one in shown))
    own = select(FeedChange).where(FeedChange.bureau_id == actor.bureau_id)
    newest = own.where(FeedChange.seq.in_([one.seq for one in shown]))
    changes = sorted(session.scalars(newest), key=lambda one: -one.seq)
    items = [
        _item(one, named[one.kind, one.record_id])
        for one in changes
        if named[one.kind, one.record_id].url is not None
    ]
    counts = Counter(record.kind for record in records)
    return {
        "since": utc_text(since) if since else None,
        "last": {"id": last.id, "number": last.number, "title": last.title} if last else None,
        "counts": [
            {"kind": kind, "name": str(KINDS.get(kind, kind)), "count": count}
            for kind, count in counts.most_common()
        ],
        "items": items,
    }


def _item(change: FeedChange, named: Named) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "kind_name": named.kind_name,
        "id": change.record_id,
        "title": named.title,
        "url": named.url,
        "verb": str(verb_of(change.kind, change.verb)),
        "at": utc_text(change.at),
    }
