"""The one way from a finding to what a reader sees: list, detail, feed, export and page call it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import ReaderClass
from hub.bureaus.services import bureau
from hub.db import hold
from hub.files.views import file_view
from hub.patrols.access import may_see
from hub.patrols.finding_beside import Beside
from hub.patrols.finding_beside import beside as read_beside
from hub.patrols.finding_closure_views import (
    AFTER,
    COURSE,
    FOLLOWED,
    course_record,
    followed_record,
)
from hub.patrols.finding_correction_views import CORRECTIONS, corrections_record
from hub.patrols.finding_forms import FACTS, facts_record
from hub.patrols.models import Finding, Patrol
from hub.patrols.openness import Course
from hub.patrols.sides import side_of
from sharing.canonical import utc_text
from sharing.redaction import redact
from sharing.terms import Denied

KIND = "finding"
CATEGORIES = {
    "water": _l("废水"),
    "air": _l("废气"),
    "dust": _l("扬尘"),
    "solid_waste": _l("固体废物"),
    "hazardous_waste": _l("危险废物"),
    "noise": _l("噪声"),
    "litter": _l("河道垃圾"),
    "outfall": _l("入河排口"),
    "unlicensed": _l("无证排污"),
    "other": _l("其他"),
}
# Field -> group; groups are what an agreement's terms speak of.
GROUPS = {
    "id": "existence",
    "version": "existence",
    "number": "existence",
    "patrol_id": "existence",
    "patrol_number": "existence",
    "patrol_title": "existence",
    "bureau_id": "existence",
    "bureau_name": "existence",
    "side": "existence",
    "recorded_by_name": "basics",
    "category": "basics",
    "category_name": "basics",
    "text": "basics",
    "found_at": "basics",
    "clock_offset_s": "basics",
    "created_at": "basics",
    "referred_to_id": "basics",
    "referred_to_name": "basics",
    "referral_note": "basics",
    "has_case": "basics",
    "adcode": "basics",
    "side_bureau_id": "basics",
    "side_bureau_name": "basics",
    "certain": "basics",
    "lon": "place",
    "lat": "place",
    "accuracy_m": "place",
    "placed_by": "place",
    "files": "files",
    **FACTS,
    **CORRECTIONS,
    **FOLLOWED,
    **COURSE,
}
# Acts whose names tell what became of a finding, and the field by which its readers know.
TELLING = frozenset({"referred", "tasked", "acted", "closed", "reopened"})
STATE = "state"
# What the search finds a finding by.
SEARCHED = (
    "number",
    "patrol_number",
    "patrol_title",
    "bureau_name",
    "recorded_by_name",
    "text",
    "referral_note",
    "firm_name",
    "firm_uscc",
    "files",
)


def patrol_of(session: Session, finding: Finding) -> Patrol:
    """The patrol that saw it."""
    return hold(session, session.get_one(Patrol, finding.patrol_id))


def beside(session: Session, findings: Sequence[Finding]) -> Beside:
    """What stands beside some findings, for `view_for`."""
    return read_beside(session, findings, (KIND, AFTER))


def view_for(
    session: Session,
    reader: ReaderClass,
    finding: Finding,
    course: Course | None = None,
    near: Beside | None = None,
) -> dict[str, Any] | None:
    """What a reader may see of a finding at this moment; None when not even that it exists.

    The recorder's bureau sees all of it, a partner of the patrol what the agreement opens, anybody
    else nothing.
    """
    near = near or beside(session, [finding])
    if not may_see(session, reader, patrol_of(session, finding)):
        return None
    record = _record(session, finding, reader.bureau_id, near) | followed_record(session, finding)
    deciding = course or Course(session)
    if finding.bureau_id != reader.bureau_id:
        decision = deciding.decide_finding(finding, reader)
        if isinstance(decision, Denied):
            return None
        record = redact(record, GROUPS, decision) or {}
    return record | _course(session, reader, finding, deciding, near)


def _course(
    session: Session, reader: ReaderClass, finding: Finding, deciding: Course, near: Beside
) -> dict[str, Any]:
    """What the bureau that follows a finding shows of that: itself all, others by its terms."""
    taker = finding.taken_by_id or finding.bureau_id
    if taker != reader.bureau_id:
        decision = deciding.decide_finding(finding, reader, taker)
        if isinstance(decision, Denied):
            return {}
        return redact(course_record(finding, reader.bureau_id, near), COURSE, decision) or {}
    record = course_record(finding, reader.bureau_id, near)
    return record | followed_record(session, finding)


def verb_shown(verb: str, view: Mapping[str, Any]) -> str:
    """What was done to a finding, to a reader of this view: no more than that there is news, to
    whom it does not show what became of it."""
    return "updated" if verb in TELLING and STATE not in view else verb


def shows_files(session: Session, reader: ReaderClass, finding: Finding, kind: str = KIND) -> bool:
    """Whether the reader's bureau may open the files of a finding now.

    Args:
        kind: the photos of the patrol, or AFTER: those of the bureau that followed it.
    """
    view = view_for(session, reader, finding)
    return view is not None and ("after_files" if kind == AFTER else "files") in view


def render_finding(session: Session, reader: ReaderClass, finding_id: str) -> dict[str, Any] | None:
    """The view that a change of a finding carries in the feed."""
    return render_findings(session, [(reader, [finding_id])])[0].get(finding_id)


def render_findings(
    session: Session, wanted: Sequence[tuple[ReaderClass, Collection[str]]]
) -> list[dict[str, dict[str, Any] | None]]:
    """The same for many readers, in their order, of the findings they ask for, by id.

    The agreements, and what stands beside the findings, are read once for all of them.
    """
    asked = {one for _reader, ids in wanted for one in ids}
    rows = {row.id: row for row in session.scalars(select(Finding).where(Finding.id.in_(asked)))}
    course, near = Course(session), beside(session, list(rows.values()))
    return [
        {one: view_for(session, reader, rows[one], course, near) for one in ids if one in rows}
        for reader, ids in wanted
    ]


def records_for_owner(session: Session, findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Every field of some findings, each as the recorder's bureau reads it."""
    near = beside(session, findings)
    return [_record(session, finding, finding.bureau_id, near) for finding in findings]


def _record(
    session: Session, finding: Finding, reader_bureau_id: str, near: Beside
) -> dict[str, Any]:
    patrol = patrol_of(session, finding)
    host = near.hosts.get(finding.adcode or "")
    referred = bureau(session, finding.referred_to_id) if finding.referred_to_id else None
    told = facts_record(finding.category, finding.details)
    told |= corrections_record(finding.corrections, CATEGORIES)
    return told | {
        "id": finding.id,
        "version": finding.version_for(reader_bureau_id),
        "number": finding.number,
        "patrol_id": patrol.id,
        "patrol_number": patrol.number,
        "patrol_title": patrol.title,
        "bureau_id": finding.bureau_id,
        "bureau_name": bureau(session, finding.bureau_id).short_name,
        "side": side_of(reader_bureau_id, finding.bureau_id),
        "recorded_by_name": finding.recorded_by_name,
        "category": finding.category,
        "category_name": str(CATEGORIES[finding.category]),
        "text": finding.text,
        "found_at": utc_text(finding.found_at),
        "clock_offset_s": finding.clock_offset_s,
        "created_at": utc_text(finding.created_at),
        "referred_to_id": finding.referred_to_id,
        "referred_to_name": referred.short_name if referred else None,
        "referral_note": finding.referral_note,
        "has_case": finding.case_id is not None,
        "adcode": finding.adcode,
        "side_bureau_id": host.id if host else None,
        "side_bureau_name": host.short_name if host else None,
        "certain": finding.certain,
        "lon": finding.lon,
        "lat": finding.lat,
        "accuracy_m": finding.accuracy_m,
        "placed_by": finding.placed_by,
        "files": [
            file_view(row, reader_bureau_id) for row in near.files.get((KIND, finding.id), [])
        ],
    }
