"""Building a package: chosen and frozen, approved by a second person, sealed, handed out.

What is previewed is what is frozen, what is approved and what is packed: the approval looks again
and refuses when anything would read differently by then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.agreements.access import access_agreement
from hub.agreements.effect import in_force_of
from hub.bureaus.services import bureau
from hub.changes import record_act, record_change
from hub.db import utc_now
from hub.errors import Conflict, NotFound, field_error
from hub.exchange.choice import MOST_RECORDS, SOURCES, Choice, chosen
from hub.exchange.models import ExchangePackage, PackageState, PackedLine
from hub.exchange.naming import title_of
from hub.exchange.withdrawing import key_of, still_seen, withdrawn
from hub.meetings.access import access_meeting
from hub.meetings.models import Meeting
from hub.numbering.services import next_number
from hub.shares.lookups import running_shares
from sharing.canonical import utc_text
from sharing.models import new_id
from sharing.package_records import PackedRecord, read_line

KIND = "package"
SERIES = "联数"  # data, not screen text
OUT = "out"
# Within which a package is imported.
LIFE = timedelta(days=30)


def records_for(session: Session, actor: Actor, choice: Choice) -> list[PackedRecord]:
    """What the partner would get now, and what it had before and is to purge.

    Raises:
        NotFound: not an agreement, or a meeting, of the actor's bureau.
        Invalid: no party of it, not in force, an empty period or kind, or too much at once.
    """
    actor.require(Right.WORK_VIEW)
    agreement = access_agreement(session, actor, choice.agreement_id)
    if choice.partner_id == actor.bureau_id or choice.partner_id not in agreement.party_ids:
        raise field_error("partner_id", _l("请选择此协作机制的另一方。"))
    if agreement.id not in {row.id for row in in_force_of(session, actor.bureau_id)}:
        raise field_error("agreement_id", _l("此协作机制当前不在有效期内。"))
    if choice.meeting_id is not None:
        meeting = access_meeting(session, actor, choice.meeting_id)
        if choice.partner_id not in meeting.party_ids:
            raise field_error("partner_id", _l("请选择参加此会议的另一方。"))
    if choice.since >= choice.until:
        raise field_error("until", _l("结束日期应晚于开始日期。"))
    if not choice.kinds or not set(choice.kinds) <= set(SOURCES):
        raise field_error("kinds", _l("请至少选择一类记录。"))
    found = chosen(session, actor.bureau_id, replace(choice, clearance=actor.clearance))
    if len(found) > MOST_RECORDS:
        raise field_error("until", _l("超过%(n)s条，请缩短时间范围。", n=MOST_RECORDS))
    adcode = bureau(session, actor.bureau_id).adcode
    keep = _keep_until(session, choice.partner_id, [item.id for item in found])
    packed = [
        PackedRecord(
            item.kind, item.id, item.version, adcode, item.classification, item.view,
            keep.get(item.id),
        )
        for item in found
    ]  # fmt: skip
    given = {key_of(one) for one in packed}
    return sorted(
        [*packed, *withdrawn(session, actor.bureau_id, choice.partner_id, adcode, given)],
        key=key_of,
    )


def _keep_until(session: Session, partner_id: str, record_ids: list[str]) -> dict[str, str]:
    running = running_shares(session, "case", record_ids, partner_id, utc_now())
    ends = {key: [e for e in (s.until, s.keep_until) if e] for key, s in running.items()}
    return {key: utc_text(min(found)) for key, found in ends.items() if found}


def content_hash(records: Sequence[PackedRecord]) -> str:
    """SHA-256 (hex) over the lines that a person approves."""
    digest = hashlib.sha256()
    for record in records:
        digest.update(record.to_line() + b"\n")
    return digest.hexdigest()


def build(session: Session, actor: Actor, choice: Choice) -> ExchangePackage:
    """Freeze what a choice gives the partner, as a draft that a second person approves.

    Raises:
        Forbidden: the actor is neither liaison nor official.
        Invalid: as `records_for`; or there is nothing to give.
    """
    actor.require(Right.PACKAGE_BUILD)
    records = records_for(session, actor, choice)
    if not records:
        raise field_error("kinds", _l("所选范围内没有可以交给对方的记录。"))
    partner, row_id = bureau(session, choice.partner_id), new_id()
    row = ExchangePackage(
        id=row_id,
        package_id=row_id,
        number=next_number(session, SERIES, utc_now()),
        direction=OUT,
        bureau_id=actor.bureau_id,
        partner_adcode=partner.adcode,
        partner_name=partner.name,
        agreement_id=choice.agreement_id,
        meeting_id=choice.meeting_id,
        state=PackageState.DRAFT.value,
        choice=choice.to_dict(),
        content_hash=content_hash(records),
        records=len(records),
        created_by=actor.user_id,
        created_by_name=actor.name,
        created_at=utc_now(),
    )
    session.add(row)
    session.flush()
    session.add_all(
        PackedLine(
            package_id=row.id,
            position=position,
            kind=record.kind,
            record_id=record.id,
            line=record.to_line().decode(),
            title=title_of(record.view, record.id),
            classification=record.classification,
        )
        for position, record in enumerate(records)
    )
    tell(session, actor, row, "created")
    return row


def tell(session: Session, actor: Actor, row: ExchangePackage, verb: str, **detail: Any) -> None:
    """Tell the own bureau, and nobody else, what was done with a package."""
    session.flush()
    told = {"number": row.number, "partner": row.partner_name} | detail
    record_change(session, actor, kind=KIND, record_id=row.id, version=row.version, verb=verb,
                  bureaus=[row.bureau_id], detail=told)  # fmt: skip


def tell_meeting(session: Session, actor: Actor, row: ExchangePackage) -> None:
    """Tell both sides of a package, and nobody else, that their meeting's page has news of it."""
    meeting = session.get(Meeting, row.meeting_id) if row.meeting_id else None
    if meeting is not None:
        both = meeting.party_ids & {row.bureau_id, str(row.choice.get("partner_id"))}
        record_change(session, actor, kind="meeting", record_id=meeting.id,
                      version=meeting.version, verb="package", bureaus=both,
                      detail={"number": row.number, "digest": row.digest})  # fmt: skip


def own_package(
    session: Session, actor: Actor, package_id: str, *, lock: bool = False
) -> ExchangePackage:
    """A package of the actor's bureau, out or in.

    Raises:
        NotFound: absent, or another bureau's.
    """
    actor.require(Right.WORK_VIEW)
    row = session.get(
        ExchangePackage, package_id, with_for_update=lock or None, populate_existing=lock
    )
    if row is None or row.bureau_id != actor.bureau_id:
        raise NotFound
    return row


def lines_of(session: Session, row: ExchangePackage) -> list[PackedRecord]:
    """The frozen records of a package that goes out."""
    return [
        read_line(line.encode())
        for line in session.scalars(
            select(PackedLine.line)
            .where(PackedLine.package_id == row.id)
            .order_by(PackedLine.position)
        )
    ]


def choice_of(row: ExchangePackage) -> Choice:
    """What was chosen for a package that goes out."""
    plain = row.choice
    return Choice(
        plain["agreement_id"],
        plain["partner_id"],
        tuple(plain["kinds"]),
        datetime.fromisoformat(plain["since"]),
        datetime.fromisoformat(plain["until"]),
        plain["zone_id"],
        plain["with_files"],
        row.meeting_id,
    )


def approve(session: Session, actor: Actor, package_id: str, given_hash: str) -> ExchangePackage:
    """A second person, with the right, lets the package leave; it is then sealed.

    Raises:
        Conflict: the same person, no draft, or something reads differently by now.
    """
    actor.require(Right.PACKAGE_APPROVE)
    row = own_package(session, actor, package_id, lock=True)
    if row.state not in (PackageState.DRAFT, PackageState.APPROVED):
        raise Conflict(_l("只有待批准的数据包可以批准。"))
    if row.created_by == actor.user_id:
        raise Conflict(_l("生成人不能批准自己生成的数据包，请由另一人批准。"))
    now_reads = content_hash(records_for(session, actor, choice_of(row)))
    if given_hash != row.content_hash or now_reads != row.content_hash:
        raise Conflict(_l("内容已与预览时不同，请重新生成后再批准。"))
    if row.state == PackageState.DRAFT:
        _number(session, row)
        row.state = PackageState.APPROVED.value
        row.approved_by_name, row.approved_at = actor.name, utc_now()
        row.expires_at = row.approved_at + LIFE
        row.version += 1
        tell(session, actor, row, "approved", content_hash=row.content_hash)
    return row


def _number(session: Session, row: ExchangePackage) -> None:
    """Its place in the chain of packages to this partner."""
    # One approval at a time per bureau, so that no number is given twice.
    bureau_row = bureau(session, row.bureau_id)
    session.refresh(bureau_row, with_for_update=True)
    last = session.scalars(
        select(ExchangePackage)
        .where(
            ExchangePackage.bureau_id == row.bureau_id,
            ExchangePackage.direction == OUT,
            ExchangePackage.partner_adcode == row.partner_adcode,
            ExchangePackage.sequence.is_not(None),
        )
        .order_by(ExchangePackage.sequence.desc())
        .limit(1)
    ).one_or_none()
    row.sequence = 1 if last is None or last.sequence is None else last.sequence + 1
    row.previous = None if last is None else last.digest


def withdraw(session: Session, actor: Actor, package_id: str) -> ExchangePackage:
    """Give up a draft; nothing of it leaves.

    Raises:
        Conflict: it was approved already.
    """
    actor.require(Right.PACKAGE_BUILD)
    row = own_package(session, actor, package_id, lock=True)
    if row.state != PackageState.DRAFT:
        raise Conflict(_l("只有待批准的数据包可以撤回。"))
    row.state = PackageState.WITHDRAWN.value
    row.version += 1
    tell(session, actor, row, "withdrawn")
    return row


def hand_out(session: Session, actor: Actor, package_id: str) -> ExchangePackage:
    """Check that all of a sealed package may still be had, and enter who takes it.

    Raises:
        Conflict: not sealed, or something in it was taken back since.
    """
    actor.require(Right.PACKAGE_BUILD)
    row = own_package(session, actor, package_id)
    if row.state not in (PackageState.SEALED, PackageState.RECEIVED):
        raise Conflict(_l("数据包批准并封装后才能下载。"))
    given = {key_of(one): set(one.view) for one in lines_of(session, row) if one.view is not None}
    seen = still_seen(session, row.choice["partner_id"], given)
    lost = sum(not fields <= seen[key] for key, fields in given.items())
    if lost:
        raise Conflict(_l("其中%(n)s条已收回或不再允许共享，请重新生成。", n=lost))
    record_act(session, actor, action="package.downloaded", kind=KIND, record_id=row.id,
               detail={"number": row.number, "digest": row.digest})  # fmt: skip
    return row
