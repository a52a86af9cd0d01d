"""What a partner has by packages and may see no longer: the next package tells it to purge that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from hub.access import ReaderClass
from hub.bureaus.services import bureau
from hub.cases.models import Case
from hub.cases.views import views_of
from hub.exchange.choice import reader_of
from hub.exchange.models import ExchangePackage, PackageState, PackedLine
from hub.patrols.finding_views import render_findings
from hub.patrols.views import render_patrol
from hub.petitions.views import render_petitions
from hub.shares.deciding import Judge
from sharing.package_records import PackedRecord, read_line

# So many records are read together.
AT_ONCE = 500

# Kind and id of a record; what a reader sees of one, if anything.
Key = tuple[str, str]
View = dict[str, Any] | None


def key_of(record: PackedRecord) -> Key:
    """What a record is known by in packages, and their order."""
    return record.kind, record.id


def withdrawn(
    session: Session, bureau_id: str, partner_id: str, adcode: str, given: Collection[Key]
) -> list[PackedRecord]:
    """What earlier packages brought this partner and it may see no longer.

    Args:
        given: what the partner gets now, so sees.
    """
    partner = bureau(session, partner_id)
    held = [one for one in _held(session, bureau_id, partner.adcode) if key_of(one) not in given]
    seen = still_seen(session, partner.id, [key_of(one) for one in held])
    return [
        PackedRecord(one.kind, one.id, one.version, adcode, one.classification, None)
        for one in held
        if not seen[key_of(one)]
    ]


def _held(session: Session, bureau_id: str, partner_adcode: str) -> list[PackedRecord]:
    """What a partner has by packages, each record as the newest of them brought it.

    However many packages there were: only the newest line of a record is read.
    """
    carried = (
        ExchangePackage.bureau_id == bureau_id,
        ExchangePackage.partner_adcode == partner_adcode,
        ExchangePackage.state.in_((PackageState.SEALED, PackageState.RECEIVED)),
    )
    of = (PackedLine.kind, PackedLine.record_id)
    newest = (
        select(*of, func.max(ExchangePackage.sequence).label("sequence"))
        .join(ExchangePackage, ExchangePackage.id == PackedLine.package_id)
        .where(*carried)
        .group_by(*of)
        .subquery()
    )
    lines = session.scalars(
        select(PackedLine.line)
        .join(newest, and_(of[0] == newest.c.kind, of[1] == newest.c.record_id))
        .join(
            ExchangePackage,
            and_(
                ExchangePackage.id == PackedLine.package_id,
                ExchangePackage.sequence == newest.c.sequence,
            ),
        )
        .where(*carried)
    )
    records = (read_line(line.encode()) for line in lines)
    return [one for one in records if one.view is not None]


def still_seen(
    session: Session, partner_id: str, records: Collection[Key]
) -> dict[Key, frozenset[str]]:
    """The fields that a partner sees now of records by kind and id; none: it sees nothing."""
    reader = reader_of(partner_id)
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, one in records:
        by_kind[kind].append(one)
    seen: dict[Key, frozenset[str]] = dict.fromkeys(records, frozenset())
    for kind, ids in by_kind.items():
        for start in range(0, len(ids), AT_ONCE):
            views = _views_now(session, reader, kind, ids[start : start + AT_ONCE])
            seen |= {(kind, one): frozenset(view or ()) for one, view in views.items()}
    return seen


def _views_now(
    session: Session, reader: ReaderClass, kind: str, ids: list[str]
) -> Mapping[str, View]:
    if kind == "case":
        rows = session.scalars(select(Case).where(Case.id.in_(ids))).all()
        views = views_of(session, reader, rows, Judge(session))
        return {row.id: view for row, view in zip(rows, views, strict=True)}
    if kind == "finding":
        return render_findings(session, [(reader, ids)])[0]
    if kind == "petition":
        return render_petitions(session, [(reader, ids)])[0]
    return {one: render_patrol(session, reader, one) for one in ids}
