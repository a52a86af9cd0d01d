"""What a bureau says of a match, and how matches are shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.agreements.labels import KINDS
from hub.bureaus.services import bureau
from hub.cases.texts import clean, refuse_secrets
from hub.changes import record_change
from hub.db import utc_now
from hub.errors import Forbidden, NotFound, Text
from hub.matches.finding import Key, Match, find_matches
from hub.matches.models import MarkState, MatchMark
from hub.matches.sides import Facts
from sharing.canonical import utc_text

KIND = "match"
# What the overview counts: records of the other side of so many days, so many of each kind.
LATELY, FEW = timedelta(days=30), 50
STATES: dict[str, Text] = {
    "new": _l("新匹配"),
    "seen": _l("已阅"),
    "linked": _l("确认为同一事项"),
    "dismissed": _l("不是同一事项"),
}
TONES = {"new": "warn", "seen": "info", "linked": "ok", "dismissed": "neutral"}
# Whoever works on one of the kinds may say so for his bureau.
RIGHTS = (Right.CASE_EDIT, Right.PETITION_WORK, Right.MEETING_WORK)


def may_mark(actor: Actor) -> bool:
    """Whether a person may say for his bureau what a match is."""
    return any(actor.may(right) for right in RIGHTS)


def mark(session: Session, actor: Actor, key: Key, state: MarkState, note: str = "") -> MatchMark:
    """Say for the actor's bureau that a match was seen, is the same matter, or is not.

    Raises:
        Forbidden: the actor works on none of these kinds.
        NotFound: the reader sees no such match now.
        Invalid: a note with a secret.
    """
    if not may_mark(actor):
        raise Forbidden
    found = next((one for one in find_matches(session, actor) if one.key == key), None)
    if found is None:
        raise NotFound
    return say(session, actor, found, state, note)


def say(session: Session, actor: Actor, found: Match, state: MarkState, note: str) -> MatchMark:
    """The same of a match that was found for the actor, who may say so.

    Raises:
        Invalid: a note with a secret.
    """
    key = found.key
    words = clean(note)
    refuse_secrets("note", words)
    row = found.mark
    if row is None:
        row = MatchMark(
            bureau_id=actor.bureau_id,
            own_kind=key[0],
            own_id=key[1],
            other_kind=key[2],
            other_id=key[3],
            version=0,
        )
        session.add(row)
    row.state, row.note = state.value, words
    row.by_id, row.by_name, row.at = actor.user_id, actor.name, utc_now()
    row.version += 1
    session.flush()
    # Its own bureau alone is told: what one side thinks of a match is not the other's.
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=row.id,
        version=row.version,
        verb=state.value,
        bureaus=[actor.bureau_id],
        detail={"own": f"{key[0]}/{key[1]}"},
    )
    return row


def listed(
    session: Session, actor: Actor, *, state: str | None = None, kind: str | None = None
) -> list[dict[str, Any]]:
    """The matches that a reader sees; without a state those that nobody dismissed."""
    return [
        match_view(session, one)
        for one in find_matches(session, actor)
        if (one.state == state if state else one.state != MarkState.DISMISSED)
        and kind in (None, one.own.kind, one.other.kind)
    ]


def match_view(session: Session, one: Match) -> dict[str, Any]:
    """A match for screens and programs."""
    held = one.mark
    return {
        "own": _side(session, one.own),
        "other": _side(session, one.other),
        "reasons": list(one.reasons),
        "why": why(one),
        "metres": None if one.metres is None else round(one.metres),
        "days": None if one.days is None else round(one.days, 1),
        "likely": one.likely,
        "since": utc_text(one.since) if one.since else None,
        "state": one.state,
        "state_name": str(STATES[one.state]),
        "tone": TONES[one.state],
        "note": held.note if held else "",
        "by_name": held.by_name if held else None,
        "at": utc_text(held.at) if held else None,
    }


def why(one: Match) -> str:
    """In words, why two records match."""
    words = []
    if "firm" in one.reasons:
        words.append(_("同一单位"))
    if "place" in one.reasons and one.metres is not None and one.days is not None:
        days = round(one.days)
        apart = ngettext("前后%(n)s天", "前后%(n)s天", days, n=days) if days else _("时间相同")
        words.append(_("同类，相距%(m)s米，%(days)s", m=round(one.metres), days=apart))
    return str(_("；")).join(words)


def _side(session: Session, facts: Facts) -> dict[str, Any]:
    return {
        "kind": facts.kind,
        "kind_name": str(KINDS[facts.kind]),
        "id": facts.id,
        "number": facts.number,
        "title": facts.title,
        "url": facts.url,
        "owner_bureau_id": facts.owner_id,
        "owner_name": bureau(session, facts.owner_id).short_name,
    }


def new_count(session: Session, actor: Actor) -> int:
    """How many matches nobody of the bureau has looked at, for those who may say something.

    Every opening of the overview asks: what came lately is enough to be called there.
    """
    if not may_mark(actor):
        return 0
    found = find_matches(session, actor, told=LATELY, most=FEW)
    return sum(one.state == "new" for one in found)


def render_match(session: Session, reader: ReaderClass, mark_id: str) -> dict[str, Any] | None:
    """The view that a change of a mark carries: for its own bureau, no content of the records."""
    row = session.scalars(select(MatchMark).where(MatchMark.id == mark_id)).one_or_none()
    if row is None or row.bureau_id != reader.bureau_id or Right.WORK_VIEW not in reader.rights:
        return None
    return {
        "id": row.id,
        "title": str(STATES[row.state]),
        "state": row.state,
        "state_name": str(STATES[row.state]),
        "version": row.version,
        "by_name": row.by_name,
        "at": utc_text(row.at),
    }
