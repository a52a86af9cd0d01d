"""Packages as screens and programs read of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.agreements.models import Agreement
from hub.exchange import archive
from hub.exchange.building import OUT, lines_of
from hub.exchange.judging import Item, Report, words_of
from hub.exchange.models import ExchangePackage
from hub.exchange.naming import title_of
from hub.exchange.shown import districts, fields
from hub.meetings.access import may_see as may_see_meeting
from hub.meetings.models import Meeting
from sharing.canonical import utc_text
from sharing.package_records import PackedRecord

KINDS = {
    "case": _l("案件"),
    "finding": _l("发现问题"),
    "patrol": _l("联合巡查"),
    "petition": _l("信访件"),
}
DIRECTIONS = {"out": lazy_pgettext("方向", "发出"), "in": _l("收到")}
STATES = {
    "draft": (_l("待批准"), "warn"),
    "approved": (_l("已批准，待封装"), "info"),
    "sealed": (_l("已封装"), "info"),
    "received": (_l("对方已签收"), "ok"),
    "withdrawn": (_l("已撤回"), "neutral"),
    "imported": (_l("已导入"), "ok"),
}


def package_view(session: Session, reader: ReaderClass, row: ExchangePackage) -> dict[str, Any]:
    """One package, without its records."""
    agreement = session.get(Agreement, row.agreement_id) if row.agreement_id else None
    moments = ("created_at", "approved_at", "expires_at", "receipt_at")
    plain = {
        name: getattr(row, name)
        for name in (
            "id", "package_id", "number", "direction", "partner_adcode", "partner_name", "state",
            "choice", "content_hash", "records", "sequence", "previous", "digest", "root", "size",
            "created_by", "created_by_name", "approved_by_name", "agreement_id", "version",
        )
    }  # fmt: skip
    return (
        plain
        | {
            "agreement_number": agreement.number if agreement else None,
            "agreement_title": agreement.title if agreement else None,
            "has_receipt": row.receipt is not None,
            **_meeting_of(session, reader, row),
        }
        | {name: utc_text(getattr(row, name)) if getattr(row, name) else None for name in moments}
    )


def _meeting_of(session: Session, reader: ReaderClass, row: ExchangePackage) -> dict[str, Any]:
    """The meeting at which it was exchanged, to whom may know of it; of another hub's, its name."""
    meeting = session.get(Meeting, row.meeting_id) if row.meeting_id else None
    if meeting is not None:
        seen = may_see_meeting(reader, meeting)
        return {
            "meeting_id": meeting.id if seen else None,
            "meeting_number": meeting.number if seen else None,
            "meeting_title": meeting.title if seen else None,
        }
    context = row.choice.get("context")
    told = context.get("meeting") if isinstance(context, dict) else None
    told = told if isinstance(told, dict) else {}
    return {
        "meeting_id": None,
        "meeting_number": str(told.get("number") or "")[:60] or None,
        "meeting_title": str(told.get("title") or "")[:200] or None,
    }


def detail_view(session: Session, actor: Actor, row: ExchangePackage) -> dict[str, Any]:
    """One package with its records, as far as the actor is cleared for them."""
    if row.direction == OUT:
        records = [r for r in lines_of(session, row) if r.classification <= actor.clearance]
        places = districts(session)
        items = [record_view(record, places) for record in records]
    else:
        items = archive.brought_by(session, actor, row)
    return package_view(session, actor.reader, row) | {"items": items}


def record_view(record: PackedRecord, places: Mapping[str, str]) -> dict[str, Any]:
    """One packed record; `places` are names of districts by code."""
    view = dict(record.view) if record.view is not None else None
    return {
        "kind": record.kind,
        "id": record.id,
        "version": record.version,
        "title": title_of(record.view, record.id),
        "withdrawn": record.view is None,
        "keep_until": record.keep_until,
        "view": view,
        "fields": fields(record.kind, view, places),
    }


def report_view(report: Report) -> dict[str, Any]:
    """A dry run: what would happen, record by record."""
    manifest = report.package.manifest
    return {
        "package_id": manifest.id,
        "digest": report.package.digest,
        "sender": manifest.sender.to_dict(),
        "number": str(manifest.context.get("number", "")),
        "approved_by": str(manifest.context.get("approved_by", "")),
        "sequence": manifest.sequence,
        "missing": report.missing,
        "signed_at": utc_text(report.package.signature.signed_at),
        "fingerprint": report.package.key.fingerprint,
        "records": manifest.records,
        "imported_before": report.before.id if report.before else None,
        "counts": dict(report.counts),
        "importable": report.before is None and not report.refused,
        # What stops the import comes first.
        "items": [_item_view(item) for item in (*report.refused, *report.items)],
    }


def _item_view(item: Item) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "id": item.id,
        "version": item.version,
        "title": item.title,
        "outcome": item.outcome,
        "why": item.why,
        "text": str(words_of(item)),
    }


def render_package(session: Session, reader: ReaderClass, row_id: str) -> dict[str, Any] | None:
    """The view that a change of a package carries in the feed."""
    row = session.get(ExchangePackage, row_id)
    if row is None or Right.WORK_VIEW not in reader.rights or row.bureau_id != reader.bureau_id:
        return None
    return package_view(session, reader, row)
