"""A share with its ladder of receipts, for both sides; never content of the record."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from hub.access import ReaderClass, Right
from hub.accounts.directory import names_of
from hub.agreements.models import Agreement
from hub.bureaus.models import Bureau
from hub.bureaus.services import bureau
from hub.cases.lookups import KIND, numbers_of
from hub.cases.models import Case
from hub.db import utc_now
from hub.deadlines.views import ClockView
from hub.shares.access import knows_of
from hub.shares.clock import answer_clocks
from hub.shares.lookups import requests_of, wishes_of
from hub.shares.models import AccessRequest, RequestState
from hub.shares.onward_models import OnwardRequest, OnwardState
from hub.shares.words import PURPOSES, RUNGS, ending
from sharing import shares
from sharing.canonical import utc_text
from sharing.models import Receipt, Rung, Share, ShareState


def share_view(session: Session, share: Share) -> dict[str, Any]:
    """A share as its owner and its partner see it."""
    return share_views(session, [share])[0]


def share_views(session: Session, rows: Sequence[Share]) -> list[dict[str, Any]]:
    """Many shares with their receipts, in order."""
    numbers = numbers_of(session, [share.record_id for share in rows])
    given: dict[str, dict[Rung, Receipt]] = {}
    for receipt in shares.receipts_of(session, [share.id for share in rows]):
        given.setdefault(receipt.share_id, {})[receipt.rung] = receipt
    asked = {row.share_id: row for row in requests_of(session, [share.id for share in rows])}
    wishes = wishes_of(session, [share.id for share in rows])
    clocks = answer_clocks(session, [share.id for share in rows])
    # Held until all are shown: a session forgets what nobody holds, and asks for each line again.
    sides = {one for share in rows for one in (share.owner_bureau_id, share.partner_bureau_id)}
    grounds = {share.agreement_id for share in rows}
    _held = (
        session.scalars(select(Bureau).where(Bureau.id.in_(sides))).all(),
        session.scalars(select(Agreement).where(Agreement.id.in_(grounds))).all(),
    )
    return [
        _view(session, share, numbers, given.get(share.id, {}), clocks.get(share.id))
        | {"access_request": _request(asked.get(share.id))}
        | {"onward_of": share.onward_of, "passed_on_by": _passer(session, share)}
        | {"onward": [_wish(session, one) for one in wishes if one.share_id == share.id]}
        for share in rows
    ]


def _request(row: AccessRequest | None) -> dict[str, Any] | None:
    """The newest request for access, as both sides see it."""
    if row is None:
        return None
    return {
        "state": row.state,
        "purpose": row.purpose,
        "purpose_name": str(PURPOSES[row.purpose]),
        "reason": row.reason,
        "asked_by_name": row.asked_by_name,
        "asked_at": utc_text(row.asked_at),
        "due_at": utc_text(row.due_at),
        "overdue": row.state == RequestState.OPEN and row.due_at < utc_now(),
        "answered_by_name": row.answered_by_name,
        "answered_at": utc_text(row.answered_at) if row.answered_at else None,
        "answer": row.answer,
        "field_groups": row.field_groups,
        "until": utc_text(row.until) if row.until else None,
    }


def _passer(session: Session, share: Share) -> str | None:
    """The bureau that passed it on."""
    source = session.get(Share, share.onward_of) if share.onward_of else None
    return bureau(session, source.partner_bureau_id).name if source is not None else None


def _wish(session: Session, row: OnwardRequest) -> dict[str, Any]:
    """A wish to pass it on, as owner and partner see it."""
    child = session.get(Share, row.opened_share_id) if row.opened_share_id else None
    late = row.state == OnwardState.OPEN and row.due_at is not None and row.due_at < utc_now()
    return {
        "id": row.id,
        "to_bureau_id": row.to_bureau_id,
        "to_name": bureau(session, row.to_bureau_id).name,
        "reason": row.reason,
        "asked_by_name": row.asked_by_name,
        "asked_at": utc_text(row.asked_at),
        "due_at": utc_text(row.due_at) if row.due_at else None,
        "overdue": late,
        "state": row.state,
        "open_now": child is not None and child.is_running(utc_now()),
        "answered_by_name": row.answered_by_name,
        "answered_at": utc_text(row.answered_at) if row.answered_at else None,
        "answer": row.answer,
    }


def _view(
    session: Session,
    share: Share,
    numbers: dict[str, str],
    given: dict[Rung, Receipt],
    clock: ClockView | None,
) -> dict[str, Any]:
    owner = session.get(Bureau, share.owner_bureau_id)
    partner = session.get(Bureau, share.partner_bureau_id)
    agreement = session.get(Agreement, share.agreement_id)
    now = utc_now()
    running = share.is_running(now)
    answer = _answer(given)
    state = share.state if running or share.state is not ShareState.ACTIVE else ShareState.EXPIRED
    return {
        "id": share.id,
        "version": share.version,
        "kind": share.kind,
        "record_id": share.record_id,
        "record_number": numbers.get(share.record_id),
        "owner_bureau_id": share.owner_bureau_id,
        "owner_name": owner.name if owner else "",
        "partner_bureau_id": share.partner_bureau_id,
        "partner_name": partner.name if partner else "",
        "agreement_id": share.agreement_id,
        "agreement_number": agreement.number if agreement else None,
        "agreement_title": agreement.title if agreement else None,
        "agreement_version": share.agreement_version,
        "clause": share.clause,
        "purpose": share.purpose,
        "purpose_name": str(PURPOSES.get(share.purpose, share.purpose)),
        "level": share.level.value,
        "field_groups": list(share.field_groups),
        "state": state.value,
        "running": running,
        "created_at": utc_text(share.created_at),
        "until": utc_text(share.until) if share.until else None,
        "keep_until": utc_text(share.keep_until) if share.keep_until else None,
        "ended_at": utc_text(share.ended_at) if share.ended_at else None,
        "ended_by_name": names_of(session, [share.ended_by]).get(share.ended_by)
        if share.ended_by
        else None,
        "end_reason": ending(share.end_reason) if share.end_reason else None,
        "receipts": ladder(given, running=running, asked=clock is not None),
        "answer": answer,
        "answer_due": utc_text(clock.due_at) if clock else None,
        "overdue": running and answer is None and clock is not None and clock.overdue,
        "purged": Rung.PURGED in given,
    }


def _answer(given: dict[Rung, Receipt]) -> str | None:
    return next((r.value for r in (Rung.ACCEPTED, Rung.REFUSED) if r in given), None)


def ladder(
    given: dict[Rung, Receipt], *, running: bool, asked: bool = True
) -> list[dict[str, Any]]:
    """The rungs in order, reached or not: who, when, and the reason of a refusal.

    Args:
        asked: whether an answer is asked for; else there is none unless it was given.
    """
    answered = Rung.REFUSED if Rung.REFUSED in given else Rung.ACCEPTED
    rungs = [Rung.DELIVERED, Rung.OPENED]
    if asked or answered in given:
        rungs += [answered, Rung.ACTED]
    if not running:
        rungs.append(Rung.PURGED)
    # What was opened or answered had arrived, though no device has said so (yet).
    first = min((one.at for one in given.values() if one.rung is not Rung.PURGED), default=None)
    arrived = next((one for one in given.values() if one.at == first), None)
    steps = []
    for rung in rungs:
        receipt = arrived if rung is Rung.DELIVERED else given.get(rung)
        steps.append(
            {
                "rung": rung.value,
                "label": str(RUNGS[rung]),
                "at": utc_text(receipt.at) if receipt else None,
                "who": receipt.user_name if receipt else None,
                "reason": receipt.reason if receipt else None,
                "state": None if receipt is None else "refused" if rung is Rung.REFUSED else "done",
            }
        )
    return steps


def render_share(session: Session, reader: ReaderClass, share_id: str) -> dict[str, Any] | None:
    """The view that a change of a share carries in the feed."""
    return render_shares(session, [(reader, [share_id])])[0].get(share_id)


def render_shares(
    session: Session, wanted: Sequence[tuple[ReaderClass, Collection[str]]]
) -> list[dict[str, dict[str, Any] | None]]:
    """The same for many readers, in their order, of the shares they ask for, by id.

    Those that are not a reader's are left out. No more queries than for one reader.
    """
    at = utc_now()
    working = {reader for reader, _ids in wanted if Right.WORK_VIEW in reader.rights}
    asked = {one for reader, ids in wanted if reader in working for one in ids}
    if not asked:
        return [{} for _one in wanted]
    of_case = and_(Share.kind == KIND, Case.id == Share.record_id)
    rows = session.execute(
        select(Share, Case.classification).outerjoin(Case, of_case).where(Share.id.in_(asked))
    ).all()
    theirs = {
        reader: {share.id for share, level in rows if knows_of(reader, share, level, at)}
        for reader in working
    }
    known = set().union(*theirs.values())
    shown = [share for share, _level in rows if share.id in known]
    views = {view["id"]: view for view in share_views(session, shown)}
    return [
        {one: views[one] for one in ids if one in theirs.get(reader, ())} for reader, ids in wanted
    ]
