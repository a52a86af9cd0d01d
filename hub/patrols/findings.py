"""Findings: what a patrol saw, where, whose side it is, what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from geo.limits import parse_position
from hub.access import Actor, Right
from hub.bureaus.services import bureau_of_adcode
from hub.cases.lookups import KIND as CASE
from hub.cases.models import Case
from hub.cases.services import case_from_finding
from hub.cases.texts import clean, refuse_secrets
from hub.db import row_of, utc_now
from hub.errors import Conflict, Forbidden, NotFound, field_error
from hub.files import services as files
from hub.files.models import StoredFile
from hub.locate.services import place_of
from hub.numbering.services import next_number
from hub.patrols import finding_closure
from hub.patrols.finding_closure_models import FindingState, check_move, move
from hub.patrols.finding_forms import checked, with_facts
from hub.patrols.finding_telling import tell
from hub.patrols.finding_views import CATEGORIES, KIND, patrol_of, view_for
from hub.patrols.models import Finding, Patrol
from hub.patrols.tracks import CLOCK_SLACK, access_logged, refuse_older
from hub.shares.services import after_update

SERIES = "联查"  # data, not screen text


@dataclass(frozen=True)
class Seen:
    """What was seen: category of CATEGORIES, words, place (EPSG:4326, metres), time (aware)."""

    category: str
    text: str
    lon: float
    lat: float
    accuracy_m: float | None = None
    found_at: datetime | None = None
    placed_by: str = "gps"
    clock_offset_s: float | None = None
    # What the category asks for (finding_forms).
    details: Mapping[str, Any] = field(default_factory=dict)


def access_finding(
    session: Session, actor: Actor, finding_id: str, *, for_update: bool = False
) -> Finding:
    """A finding that the actor's bureau recorded, or sees as party to the patrol.

    Args:
        for_update: hold the row until the transaction ends (PostgreSQL).

    Raises:
        NotFound: absent, or not his to see.
    """
    finding = row_of(session, Finding, finding_id, for_update=for_update)
    if finding is None or view_for(session, actor.reader, finding) is None:
        raise NotFound
    return finding


def record(session: Session, actor: Actor, patrol_id: str, seen: Seen) -> Finding:
    """Log a finding of a patrol under way (or, late from a phone without network, of one ended).

    One on another bureau's ground is at once referred to that bureau.

    Raises:
        NotFound, Forbidden, Conflict: as `access_logged`; found too long ago.
        Invalid, GeoError: unknown category, no text, a fact it does not ask for, state secret,
            impossible place or time.
    """
    patrol = access_logged(session, actor, patrol_id)
    category, text = checked_category(seen.category), checked_text(seen.text)
    position = parse_position(seen.lon, seen.lat, seen.accuracy_m)
    place = place_of(session, position.lon, position.lat, seen.accuracy_m)
    now = utc_now()
    finding = Finding(
        number=next_number(session, SERIES, now),
        patrol_id=patrol.id,
        bureau_id=actor.bureau_id,
        recorded_by=actor.user_id,
        recorded_by_name=actor.name,
        category=category,
        text=text,
        details=checked(category, seen.details),
        lon=position.lon,
        lat=position.lat,
        accuracy_m=seen.accuracy_m,
        placed_by=seen.placed_by,
        adcode=place.adcode,
        certain=place.certain,
        state=FindingState.OPEN.value,
        found_at=checked_time(patrol, seen.found_at or now, now),
        referred_to_id=host_elsewhere(session, actor, place.adcode, certain=place.certain),
        clock_offset_s=seen.clock_offset_s,
        created_at=now,
        version=0,
    )
    if finding.referred_to_id is not None:
        move(finding, "refer")
    session.add(finding)
    tell(session, actor, finding, "created", number=finding.number)
    return finding


def checked_category(category: str) -> str:
    """A code of CATEGORIES.

    Raises:
        Invalid: it is none.
    """
    if category not in CATEGORIES:
        raise field_error("category", _l("请选择问题类别。"))
    return category


def checked_text(given: str) -> str:
    """The words of a finding, cleaned.

    Raises:
        Invalid: there are none, or they bear the mark of a state secret.
    """
    text = clean(given, lines=True)
    if not text:
        raise field_error("text", _l("请写明看到了什么。"))
    refuse_secrets("text", text)
    return text


def checked_time(patrol: Patrol, at: datetime, now: datetime) -> datetime:
    """The time by the device's clock, if it can be while the patrol ran.

    Raises:
        Invalid: it cannot be.
        Conflict: too long ago.
    """
    start = (patrol.started_at or patrol.starts_at) - CLOCK_SLACK
    if not start <= at <= (patrol.ended_at or now) + CLOCK_SLACK:
        raise field_error("found_at", _l("发现时间不在巡查期间，请检查设备时钟。"))
    refuse_older(at, now)
    return min(at, now)


def host_elsewhere(
    session: Session, actor: Actor, adcode: str | None, *, certain: bool
) -> str | None:
    """The id of the other bureau whose ground a place is beyond doubt, if it is."""
    host = bureau_of_adcode(session, adcode) if adcode and certain else None
    return host.id if host is not None and host.id != actor.bureau_id else None


def access_attaching(
    session: Session, actor: Actor, finding_id: str, *, for_update: bool = False
) -> Finding:
    """A finding to which the actor may add files.

    Raises:
        NotFound: absent, or not his to see.
        Forbidden: not the bureau that recorded it, or no officer.
    """
    finding = access_finding(session, actor, finding_id, for_update=for_update)
    actor.require(Right.PATROL_LOG)
    if finding.bureau_id != actor.bureau_id:
        raise Forbidden(_l("附件由记录问题的单位上传。"))
    return finding


def attach(session: Session, actor: Actor, finding_id: str, prepared: files.Prepared) -> StoredFile:
    """Seal a photo or document to a finding; the recording bureau owns it.

    Raises:
        NotFound, Forbidden: as `access_attaching`.
        Conflict: it holds as many files as it may.
    """
    finding = access_attaching(session, actor, finding_id, for_update=True)
    row = files.store(
        session,
        actor,
        kind=KIND,
        record_id=finding.id,
        owner_bureau_id=finding.bureau_id,
        prepared=prepared,
    )
    _carry_late(session, actor, finding)
    tell(session, actor, finding, "updated", file=row.id, sha256=row.sha256)
    return row


def _carry_late(session: Session, actor: Actor, finding: Finding) -> None:
    """A photo may come from the phone after the case was opened: it goes into an own case too."""
    case = session.get(Case, finding.case_id, with_for_update=True) if finding.case_id else None
    if case is None or case.owner_bureau_id != actor.bureau_id:
        return
    if files.carry(session, actor, source=(KIND, finding.id), target=(CASE, case.id)):
        case.version += 1
        session.flush()
        after_update(session, actor, case)


def open_case(session: Session, actor: Actor, finding_id: str) -> str:
    """Open the case that the finding becomes; returns its id.

    Raises:
        NotFound: not a party.
        Forbidden: the actor is no officer.
        Conflict: it lies on the other bureau's side, whose officer opens the case; it is named.
            Or the terms do not show the actor what it is and where.
    """
    finding = access_finding(session, actor, finding_id, for_update=True)
    actor.require(Right.CASE_EDIT)
    # Only what its reader is shown goes into his case; nor does a refusal tell more.
    view = view_for(session, actor.reader, finding) or {}
    if "text" not in view or "lon" not in view:
        raise Conflict(
            _l("对方尚未公开此发现的内容或地点，不能据此立案。"), extra={"rule": "finding.unseen"}
        )
    message = _l("此问题在对方一侧，应由其执法人员立案。")
    finding_closure.check_ground(session, actor, finding, message)
    finding_closure.check_holder(session, actor, finding)
    check_move(finding, "case")
    facts = {"party_name": view.get("firm_name"), "description": with_facts(finding.text, view)}
    case = case_from_finding(session, actor, finding, facts)
    files.carry(session, actor, source=(KIND, finding.id), target=(CASE, case.id))
    tell_filed(session, actor, finding)
    return case.id


def tell_filed(session: Session, actor: Actor, finding: Finding) -> None:
    """Enter that a finding became a case: its task is over, the parties of its patrol are told."""
    finding_closure.stop_clock(session, finding, "case")
    tell(session, actor, finding, "acted")


def refer(session: Session, actor: Actor, finding_id: str, note: str) -> Finding:
    """Tell the bureau whose ground it is that the finding is its to decide, with a note.

    Raises:
        NotFound, Forbidden: as `access_attaching`.
        Conflict: it is a case already, or lies on the own side, or nobody's here.
    """
    finding = access_attaching(session, actor, finding_id, for_update=True)
    if finding.case_id is not None:
        raise Conflict(_l("此发现已经立案。"))
    host_id = finding.referred_to_id or host_elsewhere(session, actor, finding.adcode, certain=True)
    if host_id is None or host_id not in patrol_of(session, finding).party_ids:
        raise Conflict(_l("此问题不在对方一侧，无需转交。"))
    text = clean(note, lines=True)
    refuse_secrets("note", text)
    move(finding, "refer")
    finding.referred_to_id, finding.referral_note = host_id, text
    tell(session, actor, finding, "referred", to=host_id)
    return finding
