"""Findings: what a patrol saw, where, whose side it is, what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.limits import parse_position
from hub.access import Actor, ReaderClass, Right
from hub.bureaus import services as bureaus
from hub.bureaus.models import Bureau
from hub.cases.services import case_from_finding
from hub.changes import record_change
from hub.db import utc_now
from hub.errors import Conflict, Forbidden, NotFound, field_error
from hub.files import services as files
from hub.files.models import StoredFile
from hub.files.views import file_view
from hub.locate.services import place_of
from hub.numbering.services import next_number
from hub.patrols.access import access_patrol, may_see
from hub.patrols.models import Finding, Patrol, PatrolParty, PatrolState
from hub.web.paging import decode_cursor, page
from sharing.canonical import utc_text

KIND = "finding"
SERIES = "联查"  # data, not screen text
CATEGORIES = {
    "wastewater": _l("废水"),
    "air": _l("废气"),
    "solid_waste": _l("固废危废"),
    "noise": _l("噪声"),
    "litter": _l("河道垃圾"),
    "outfall": _l("入河排口"),
    "other": _l("其他"),
}


def patrol_of(session: Session, finding: Finding) -> Patrol:
    """The patrol that saw it."""
    return session.get_one(Patrol, finding.patrol_id)


def access_finding(
    session: Session, actor: Actor, finding_id: str, *, for_update: bool = False
) -> Finding:
    """A finding of a patrol of the actor's bureau.

    Raises:
        NotFound: absent, or the bureau did not take part.
    """
    finding = session.get(Finding, finding_id, with_for_update=for_update or None)
    if finding is None:
        raise NotFound
    if not may_see(session, actor.reader, patrol_of(session, finding)):
        raise NotFound
    return finding


def record(
    session: Session,
    actor: Actor,
    patrol_id: str,
    *,
    category: str,
    text: str,
    lon: float,
    lat: float,
    accuracy_m: float | None,
    found_at: datetime,
) -> Finding:
    """Log a finding of a patrol under way (or, late from a phone without network, of one ended).

    Raises:
        NotFound, Forbidden: not of the crew.
        Conflict: the patrol has not started.
        Invalid, GeoError: an unknown category, no place on Earth.
    """
    patrol = access_patrol(session, actor, patrol_id)
    actor.require(Right.PATROL_LOG)
    if actor.user_id not in {member.user_id for member in patrol.crew}:
        raise Forbidden(_l("只有编入本次巡查的人员可以记录问题。"))
    if patrol.state not in (PatrolState.IN_PROGRESS, PatrolState.COMPLETED):
        raise Conflict(_l("巡查尚未开始，不能记录问题。"))
    if category not in CATEGORIES:
        raise field_error("category", _l("请选择问题类别。"))
    position = parse_position(lon, lat, accuracy_m)
    place = place_of(session, position.lon, position.lat, accuracy_m)
    now = utc_now()
    finding = Finding(
        number=next_number(session, SERIES, now),
        patrol_id=patrol.id,
        bureau_id=actor.bureau_id,
        recorded_by=actor.user_id,
        recorded_by_name=actor.name,
        category=category,
        text=text,
        lon=position.lon,
        lat=position.lat,
        accuracy_m=accuracy_m,
        adcode=place.adcode,
        certain=place.certain,
        found_at=found_at,
        created_at=now,
        version=0,
    )
    session.add(finding)
    _tell(session, actor, finding, patrol, "created")
    return finding


def _tell(session: Session, actor: Actor, finding: Finding, patrol: Patrol, verb: str) -> None:
    finding.version += 1
    session.flush()
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=finding.id,
        version=finding.version,
        verb=verb,
        bureaus=patrol.party_ids,
    )


def attach(session: Session, actor: Actor, finding_id: str, prepared: files.Prepared) -> StoredFile:
    """Seal a photo or document to a finding; the recording bureau owns it.

    Raises:
        NotFound: not a party.
        Forbidden: another bureau recorded the finding.
        Invalid: not a kind of file that is accepted.
    """
    finding = access_finding(session, actor, finding_id, for_update=True)
    actor.require(Right.PATROL_LOG)
    if finding.bureau_id != actor.bureau_id:
        raise Forbidden(_l("附件由记录问题的单位上传。"))
    row = files.store(
        session,
        actor,
        kind=KIND,
        record_id=finding.id,
        owner_bureau_id=finding.bureau_id,
        prepared=prepared,
    )
    _tell(session, actor, finding, patrol_of(session, finding), "updated")
    return row


def open_case(session: Session, actor: Actor, finding_id: str) -> str:
    """Open the case that the finding becomes; returns its id.

    Raises:
        NotFound: not a party.
        Forbidden: the actor is no officer.
        Conflict: it lies on the other bureau's side, whose officer opens the case.
    """
    finding = access_finding(session, actor, finding_id, for_update=True)
    actor.require(Right.CASE_EDIT)
    if finding.certain and finding.adcode is not None:
        host = bureaus.bureau_of_adcode(session, finding.adcode)
        if host is None or host.id != actor.bureau_id:
            name = host.name if host is not None else finding.adcode
            raise Conflict(_l("此问题在%(bureau)s一侧，由其立案；对方已收到此发现。", bureau=name))
    case = case_from_finding(session, actor, finding)
    _tell(session, actor, finding, patrol_of(session, finding), "acted")
    return case.id


def finding_view(session: Session, finding: Finding, reader_bureau_id: str) -> dict[str, Any]:
    """A finding as the parties of its patrol see it."""
    host = bureaus.bureau_of_adcode(session, finding.adcode) if finding.adcode else None
    return {
        "id": finding.id,
        "version": finding.version,
        "number": finding.number,
        "patrol_id": finding.patrol_id,
        "patrol_number": patrol_of(session, finding).number,
        "bureau_id": finding.bureau_id,
        "bureau_name": session.get_one(Bureau, finding.bureau_id).short_name,
        "recorded_by_name": finding.recorded_by_name,
        "category": finding.category,
        "category_name": str(CATEGORIES[finding.category]),
        "text": finding.text,
        "lon": finding.lon,
        "lat": finding.lat,
        "accuracy_m": finding.accuracy_m,
        "adcode": finding.adcode,
        "side_bureau_id": host.id if host else None,
        "side_bureau_name": host.short_name if host else None,
        "certain": finding.certain,
        "found_at": utc_text(finding.found_at),
        "has_case": finding.case_id is not None,
        "files": [
            file_view(row, reader_bureau_id) for row in files.files_of(session, KIND, finding.id)
        ],
    }


def render_finding(session: Session, reader: ReaderClass, finding_id: str) -> dict[str, Any] | None:
    """The view for a class of readers; None when it is not theirs."""
    finding = session.get(Finding, finding_id)
    if finding is None or not may_see(session, reader, patrol_of(session, finding)):
        return None
    return finding_view(session, finding, reader.bureau_id)


def list_findings(
    session: Session,
    actor: Actor,
    *,
    patrol_id: str | None = None,
    category: str | None = None,
    open_only: bool = False,
    limit: int = 50,
    cursor: str | None = None,
) -> dict[str, Any]:
    """Findings of the patrols of the actor's bureau, newest first."""
    actor.require(Right.WORK_VIEW)
    own = select(PatrolParty.patrol_id).where(PatrolParty.bureau_id == actor.bureau_id)
    query = select(Finding).where(Finding.patrol_id.in_(own)).order_by(Finding.id.desc())
    if patrol_id:
        query = query.where(Finding.patrol_id == patrol_id)
    if category:
        query = query.where(Finding.category == category)
    if open_only:
        query = query.where(Finding.case_id.is_(None))
    after = decode_cursor(cursor, 1)
    if after:
        query = query.where(Finding.id < after[0])
    rows = session.scalars(query.limit(limit + 1)).all()

    def shown(finding: Finding) -> dict[str, Any] | None:
        return render_finding(session, actor.reader, finding.id)

    return page(rows, limit, lambda row: [row.id], shown)
