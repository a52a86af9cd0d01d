"""Opening a record: whose inspection it is, and what the patrol's log already knows of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.accounts.models import User
from hub.bureaus.services import bureau, bureau_of_adcode
from hub.changes import record_change
from hub.clock import SHANGHAI
from hub.db import utc_now
from hub.errors import Conflict, field_error
from hub.field.models import EntryKind, LogEntry
from hub.files import services as files
from hub.inspections.access import may_read
from hub.inspections.content import Content, Item, Party
from hub.inspections.labels import KIND, PHOTO
from hub.inspections.models import InspectionRecord, InspectionState
from hub.inspections.words import AGREED, CAUSE, SIGN, SUPPLEMENT_CAUSE
from hub.locate.services import place_of
from hub.numbering.services import next_number
from hub.patrols.access import access_patrol
from hub.patrols.finding_closure_views import closure_of
from hub.patrols.finding_views import KIND as FINDING
from hub.patrols.finding_views import shows_files, view_for
from hub.patrols.findings import access_finding
from hub.patrols.models import Finding, Patrol, PatrolState

# Of whoever is told of a record in his bureau's name.
CLEARED = 4


@dataclass(frozen=True)
class Occasion:
    """What of a patrol's log a record begins with: a finding, a check-in, or a place (WGS 84)."""

    patrol_id: str
    finding_id: str | None = None
    entry_id: str | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class Start:
    """What the log knows: where and when it was, and in which words."""

    lon: float
    lat: float
    at: datetime | None = None
    text: str = ""
    finding: Finding | None = None


def series(session: Session, bureau_id: str) -> str:
    """机关代字 of records of inspections: the bureau's short name and their sign, e.g. 吴兴环检."""
    return f"{bureau(session, bureau_id).short_name}{SIGN}"


def open_record(session: Session, actor: Actor, occasion: Occasion) -> InspectionRecord:
    """Open a record of an inspection on a patrol that has begun, filled from its log.

    Raises:
        NotFound: no such patrol, finding or check-in of it for the actor.
        Forbidden: the actor is no officer.
        Conflict: the patrol has not begun, or another bureau leads at that place; it is named.
        Invalid: no place.
    """
    patrol = access_patrol(session, actor, occasion.patrol_id)
    actor.require(Right.CASE_EDIT)
    if patrol.state not in (PatrolState.IN_PROGRESS, PatrolState.COMPLETED):
        raise Conflict(_l("巡查开始之后才能制作检查笔录。"), extra={"rule": "inspection.patrol"})
    start = _start(session, actor, patrol, occasion)
    adcode = checked_ground(session, actor, start.lon, start.lat)
    content = Content(
        cause=CAUSE.format(title=patrol.title, number=patrol.number),
        starts_at=start.at,
        officers=_own_officers(patrol, actor),
        recorder=actor.user_id,
        guests=[row.user_id for row in patrol.crew if row.bureau_id != actor.bureau_id],
        items=[Item(text=start.text)] if start.text else [],
        party=Party(name=_firm(session, actor, start.finding)),
        statement=AGREED,
    )
    row = _new(session, actor, patrol.id, start, adcode, content)
    if start.finding is not None and shows_files(session, actor.reader, start.finding):
        carried = files.carry(
            session, actor, source=(FINDING, start.finding.id), target=(PHOTO, row.id)
        )
        photos = [file.id for file in carried if file.clean_sha256]
        row.content = content.model_copy(
            update={"items": [Item(text=start.text, photos=photos)]}
        ).model_dump(mode="json")
    tell(session, actor, row, "created", number=row.number)
    return row


def supplement(session: Session, actor: Actor, first: InspectionRecord) -> InspectionRecord:
    """Open a supplementary record (补充笔录) to a sealed one, which stays as it is.

    Args:
        first: of the actor's bureau, whom the caller has checked for writing.

    Raises:
        Conflict: the first is not sealed.
    """
    if first.state != InspectionState.SEALED:
        raise Conflict(
            _l("只有已封存的笔录需要补充笔录；未封存的可以直接修改。"),
            extra={"rule": "inspection.supplement", "state": first.state},
        )
    before = Content.model_validate(first.content)
    content = before.model_copy(
        update={"items": [], "answers": [], "samples": [], "measures": "",
                "cause": SUPPLEMENT_CAUSE.format(number=first.number),
                "identity_shown": False, "rights_told": False,
                "starts_at": None, "ends_at": None, "avoidance": "", "avoidance_note": ""}
    )  # fmt: skip
    start = Start(first.lon, first.lat, finding=_finding(session, first))
    row = _new(session, actor, first.patrol_id, start, first.adcode, content)
    row.supplements_id = first.id
    tell(session, actor, row, "created", number=row.number, supplements=first.number)
    return row


def _finding(session: Session, row: InspectionRecord) -> Finding | None:
    return session.get(Finding, row.finding_id) if row.finding_id else None


def _new(
    session: Session,
    actor: Actor,
    patrol_id: str,
    start: Start,
    adcode: str | None,
    content: Content,
) -> InspectionRecord:
    now = utc_now()
    row = InspectionRecord(
        number=next_number(session, series(session, actor.bureau_id), now, width=1),
        bureau_id=actor.bureau_id,
        patrol_id=patrol_id,
        finding_id=start.finding.id if start.finding else None,
        state=InspectionState.DRAFT.value,
        lon=start.lon,
        lat=start.lat,
        adcode=adcode,
        content=content.model_dump(mode="json"),
        created_by=actor.user_id,
        created_by_name=actor.name,
        created_at=now,
        version=0,
    )
    session.add(row)
    session.flush()
    return row


def checked_ground(session: Session, actor: Actor, lon: float, lat: float) -> str | None:
    """The jurisdiction of a place where the actor's bureau may lead an inspection.

    Powers do not cross the line with a patrol (行政处罚法第二十二条). Too close to call, the bureau
    whose ground it may be can lead.

    Raises:
        Conflict: it is another's ground beyond doubt; names that bureau and its telephone.
    """
    place = place_of(session, lon, lat)
    own = bureau(session, actor.bureau_id).adcode
    if place.adcode == own or (not place.certain and own in place.candidates):
        return place.adcode
    host = bureau_of_adcode(session, place.adcode) if place.adcode else None
    raise Conflict(
        _l("此处在对方一侧，检查和笔录由属地单位主办；贵单位人员作为协助人员列名。"),
        extra={
            "rule": "inspection.host",
            "host_bureau_id": host.id if host else None,
            "host_bureau_name": host.name if host else None,
            "duty_phone": host.duty_phone if host else None,
        },
    )


def _start(session: Session, actor: Actor, patrol: Patrol, occasion: Occasion) -> Start:
    if occasion.finding_id:
        return _of_finding(session, actor, patrol, occasion.finding_id)
    if occasion.entry_id:
        return _of_entry(session, patrol, occasion.entry_id)
    if occasion.lon is None or occasion.lat is None:
        raise field_error("lon", _l("请选择发现、签到或填写地点坐标。"))
    return Start(occasion.lon, occasion.lat)


def _of_finding(session: Session, actor: Actor, patrol: Patrol, finding_id: str) -> Start:
    finding = access_finding(session, actor, finding_id)
    view = view_for(session, actor.reader, finding) or {}
    if finding.patrol_id != patrol.id or view.get("lon") is None:
        raise field_error("finding_id", _l("请选择本次巡查中可见地点的发现。"))
    return Start(finding.lon, finding.lat, finding.found_at, str(view.get("text") or ""), finding)


def _of_entry(session: Session, patrol: Patrol, entry_id: str) -> Start:
    entry = session.get(LogEntry, entry_id)
    known = entry is not None and entry.patrol_id == patrol.id
    if entry is None or not known or entry.lon is None or entry.lat is None:
        raise field_error("entry_id", _l("请选择本次巡查中带位置的签到。"))
    text = ": ".join(part for part in (entry.subject, entry.note) if part)
    return Start(entry.lon, entry.lat, entry.at, text)


def _own_officers(patrol: Patrol, actor: Actor) -> list[str]:
    """The licensed people of the own crew, whoever opens the record first."""
    own = [row for row in patrol.crew if row.bureau_id == actor.bureau_id and row.license_no]
    own.sort(key=lambda row: row.user_id != actor.user_id)
    return [row.user_id for row in own]


def _firm(session: Session, actor: Actor, finding: Finding | None) -> str:
    """The firm that was already given a task for the finding, if the own bureau gave it."""
    if finding is None or finding.taken_by_id != actor.bureau_id:
        return ""
    closure = closure_of(session, finding)
    return closure.firm if closure else ""


def offers(session: Session, actor: Actor, patrol: Patrol) -> list[dict[str, Any]]:
    """What of the log lies where the actor's bureau leads, for the choice on pages: findings and
    check-ins with their words, oldest first."""
    own = bureau(session, actor.bureau_id).adcode
    found: list[dict[str, Any]] = []
    rows = session.scalars(select(Finding).where(Finding.patrol_id == patrol.id))
    for row in rows:
        view = view_for(session, actor.reader, row) or {}
        if view.get("lon") is not None and (row.adcode == own or not row.certain):
            text = f"{view['number']} {view.get('text') or ''}"[:120]
            found.append({"kind": "finding", "id": row.id, "text": text, "at": row.found_at})
    entries = session.scalars(
        select(LogEntry).where(
            LogEntry.patrol_id == patrol.id,
            LogEntry.kind == EntryKind.CHECK_IN,
            LogEntry.lon.is_not(None),
            LogEntry.bureau_id == actor.bureau_id,
        )
    )
    for entry in entries:
        if place_of(session, entry.lon or 0.0, entry.lat or 0.0).adcode == own:
            text = ": ".join(part for part in (entry.subject, entry.note) if part)
            found.append({"kind": "entry", "id": entry.id, "text": text, "at": entry.at})
    found.sort(key=lambda one: one["at"])
    return [one | {"at": one["at"].astimezone(SHANGHAI).isoformat()} for one in found]


def people(session: Session, row: InspectionRecord) -> dict[str, User]:
    """Accounts that may stand in a record as its officers, by id."""
    users = session.scalars(
        select(User).where(User.bureau_id == row.bureau_id, User.active).order_by(User.name)
    )
    at = row.content.get("starts_at")
    moment = datetime.fromisoformat(at) if at else utc_now()
    return {user.id: user for user in users if user.licensed_at(moment)}


def tell(session: Session, actor: Actor, row: InspectionRecord, verb: str, **detail: Any) -> None:
    """Write a change of a record: to its bureau, and to the patrol's parties once it is sealed."""
    row.version += 1
    session.flush()
    told = {row.bureau_id}
    if row.state == InspectionState.SEALED:
        told |= readers_of(session, row)
    record_change(session, actor, kind=KIND, record_id=row.id, version=row.version, verb=verb,
                  bureaus=told, detail=detail)  # fmt: skip


def readers_of(session: Session, row: InspectionRecord) -> set[str]:
    """Bureaus of the patrol that may know of a record now: nobody else is told of it."""
    parties = session.get_one(Patrol, row.patrol_id).party_ids
    classes = {one: ReaderClass(one, frozenset({Right.WORK_VIEW}), CLEARED) for one in parties}
    return {one for one, reader in classes.items() if may_read(session, reader, row)}
