"""Beginning, reading under, ending and reviewing emergency access (ADR 0023)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.models import Case
from hub.cases.texts import clean, refuse_secrets
from hub.changes import record_act, record_change
from hub.db import utc_now
from hub.emergency.access import KIND, access_use, use_for, visible_to
from hub.emergency.models import EmergencyUse, Verdict
from hub.emergency.telling import tell_partners
from hub.emergency.views import may_end, may_review, use_view
from hub.errors import Conflict, Forbidden, field_error
from hub.web.paging import decode_cursor, page
from sharing.canonical import utc_text

# How long a use opens its case, and within which time a second person reviews it.
LASTS = timedelta(hours=4)
REVIEWED_WITHIN = timedelta(days=3)
# A person has at most so many cases open at once: this is for one emergency, not a key.
MOST_AT_ONCE = 2
SHORTEST_REASON = 10
EXPORT_LIMIT = 5_000


def begin(session: Session, actor: Actor, wanted: str, reason: str) -> EmergencyUse:
    """Open one case of the actor's own bureau that is above his clearance, for `LASTS`.

    Both bureaus are told in the same transaction; it is entered in their audit chains.

    Args:
        wanted: number or id of the case.

    Raises:
        Forbidden: his role does not include it (the three administrators, liaisons, planners).
        Invalid: no case of his bureau has that number; the reason says nothing.
        Conflict: he may read the case without it; he has it open already, or too many others.
    """
    actor.require(Right.EMERGENCY_USE)
    words = clean(reason, lines=True)
    refuse_secrets("reason", words)
    if len(words) < SHORTEST_REASON:
        raise field_error("reason", _l("请写明紧急情况，至少%(n)s个字。", n=SHORTEST_REASON))
    case = _wanted(session, actor, clean(wanted))
    _check_needed(session, actor, case)
    now = utc_now()
    row = EmergencyUse(
        case_id=case.id,
        case_number=case.number,
        classification=case.classification,
        bureau_id=actor.bureau_id,
        user_id=actor.user_id,
        user_name=actor.name,
        reason=words,
        begun_at=now,
        until=now + LASTS,
        review_due=now + REVIEWED_WITHIN,
        remind_at=now + REVIEWED_WITHIN,
        verdict=Verdict.WAITING.value,
        version=0,
    )
    session.add(row)
    detail = {"case": case.id, "number": case.number, "until": utc_text(row.until)}
    detail |= {"reason": words, "classification": str(case.classification)}
    _tell(session, actor, row, "begun", detail)
    tell_partners(session, case)
    return row


def _wanted(session: Session, actor: Actor, wanted: str) -> Case:
    case = session.scalar(
        select(Case).where(
            or_(Case.id == wanted, Case.number == wanted, Case.own_number == wanted),
            Case.owner_bureau_id == actor.bureau_id,
        )
    )
    if case is None:
        raise field_error("case", _l("本单位没有这一编号的案件。外单位的案件不能紧急查阅。"))
    return case


def _check_needed(session: Session, actor: Actor, case: Case) -> None:
    if case.classification <= actor.clearance:
        raise Conflict(
            _l("您本来就可以查阅此案，无需紧急查阅。"), extra={"rule": "emergency.not_needed"}
        )
    held = use_for(session, actor, case)
    if held is not None:
        raise Conflict(
            _l("您已打开此案的紧急查阅。"), extra={"rule": "emergency.running", "use": held.id}
        )
    running = session.scalar(
        select(func.count()).where(
            EmergencyUse.user_id == actor.user_id,
            EmergencyUse.ended_at.is_(None),
            EmergencyUse.until > utc_now(),
        )
    )
    if (running or 0) >= MOST_AT_ONCE:
        raise Conflict(
            _l("同时最多紧急查阅%(n)s件案件，请先结束其中一件。", n=MOST_AT_ONCE),
            extra={"rule": "emergency.most"},
        )


def _tell(
    session: Session, actor: Actor, row: EmergencyUse, verb: str, detail: dict[str, Any]
) -> None:
    row.version += 1
    session.flush()
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=row.id,
        version=row.version,
        verb=verb,
        bureaus=[row.bureau_id],
        detail=detail,
    )


def note_reading(
    session: Session, actor: Actor, row: EmergencyUse, file_id: str | None = None
) -> None:
    """Enter a reading of the case, or of a file of it, each one; the session must write."""
    row.readings += 1
    row.last_read_at = utc_now()
    detail = {"emergency": row.id} | ({"file": file_id} if file_id else {})
    action = "case.opened_in_emergency"
    record_act(session, actor, action=action, kind="case", record_id=row.case_id, detail=detail)


def end(session: Session, actor: Actor, use_id: str) -> EmergencyUse:
    """End a running use before its time: its person, or a reviewer of his bureau.

    Raises:
        NotFound: absent, or not his to see.
        Conflict: it has ended.
    """
    row = access_use(session, actor, use_id, for_update=True)
    if not may_end(row, actor):
        raise Forbidden
    if not row.runs(utc_now()):
        raise Conflict(_l("此次紧急查阅已经结束。"), extra={"rule": "emergency.ended"})
    row.ended_at, row.ended_by_name = utc_now(), actor.name
    _tell(session, actor, row, "ended", {"number": row.case_number, "readings": row.readings})
    return row


def review(
    session: Session, actor: Actor, row: EmergencyUse, verdict: Verdict, remark: str
) -> EmergencyUse:
    """Say of a use, locked by the caller, whether its reason held: once, by another person.

    Raises:
        Forbidden: the actor made it himself, or does not review.
        Conflict: it was reviewed, or still runs.
        Invalid: a verdict against it without a remark.
    """
    actor.require(Right.EMERGENCY_REVIEW)
    if not may_review(row, actor):
        raise Forbidden(_l("紧急查阅须由本人以外的人员复核。"))
    if row.verdict != Verdict.WAITING:
        raise Conflict(_l("此次紧急查阅已经复核。"), extra={"rule": "emergency.reviewed"})
    if row.runs(utc_now()):
        raise Conflict(_l("紧急查阅尚未结束；可先结束，再复核。"), extra={"rule": "emergency.runs"})
    words = clean(remark, lines=True)
    refuse_secrets("remark", words)
    if verdict is Verdict.NOT_JUSTIFIED and not words:
        raise field_error("remark", _l("理由不成立的，请写明意见。"))
    row.verdict, row.remark = verdict.value, words
    row.reviewed_by, row.reviewed_by_name = actor.user_id, actor.name
    row.reviewed_at = utc_now()
    _tell(session, actor, row, "reviewed", {"number": row.case_number, "verdict": verdict.value})
    return row


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; `until` is excluded."""

    verdict: str | None = None
    overdue: bool = False
    running: bool = False
    user_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def _chosen(actor: Actor, wanted: Filters) -> Select[Any]:
    if not actor.may(Right.EMERGENCY_REVIEW):
        actor.require(Right.EMERGENCY_USE)
    query = select(EmergencyUse).where(
        EmergencyUse.bureau_id == actor.bureau_id, visible_to(actor.reader, actor.user_id)
    )
    now = utc_now()
    if wanted.verdict:
        query = query.where(EmergencyUse.verdict == wanted.verdict)
    if wanted.overdue:
        query = query.where(EmergencyUse.verdict == Verdict.WAITING, EmergencyUse.review_due <= now)
    if wanted.running:
        query = query.where(EmergencyUse.ended_at.is_(None), EmergencyUse.until > now)
    if wanted.user_id:
        query = query.where(EmergencyUse.user_id == wanted.user_id)
    if wanted.since:
        query = query.where(EmergencyUse.begun_at >= wanted.since)
    if wanted.until:
        query = query.where(EmergencyUse.begun_at < wanted.until)
    return query.order_by(EmergencyUse.id.desc())


def list_uses(
    session: Session, actor: Actor, wanted: Filters, limit: int, cursor: str | None
) -> dict[str, Any]:
    """Uses of the actor's bureau, newest first; who does not review gets his own."""
    query = _chosen(actor, wanted)
    after = decode_cursor(cursor, 1)
    if after:
        query = query.where(EmergencyUse.id < after[0])
    rows = session.scalars(query.limit(limit + 1)).all()
    return page(rows, limit, lambda row: [row.id], lambda row: use_view(row, actor))


def exported(session: Session, actor: Actor, wanted: Filters) -> Iterator[dict[str, Any]]:
    """The same list without pages, at most `EXPORT_LIMIT`."""
    for row in session.scalars(_chosen(actor, wanted).limit(EXPORT_LIMIT)):
        yield use_view(row, actor)


def to_review(session: Session, actor: Actor, most: int) -> list[EmergencyUse]:
    """Ended uses that wait for this person's review, the soonest due first."""
    if not actor.may(Right.EMERGENCY_REVIEW):
        return []
    query = (
        select(EmergencyUse)
        .where(
            EmergencyUse.bureau_id == actor.bureau_id,
            EmergencyUse.verdict == Verdict.WAITING,
            EmergencyUse.user_id != actor.user_id,
        )
        .order_by(EmergencyUse.review_due, EmergencyUse.id)
    )
    return list(session.scalars(query.limit(most)))
