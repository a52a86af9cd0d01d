"""Putting a finding right after it was logged: what stood there before stays, with who and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from geo.limits import parse_position
from hub.access import Actor
from hub.cases.texts import clean, refuse_secrets
from hub.db import utc_now
from hub.errors import Conflict, field_error
from hub.locate.services import place_of
from hub.patrols.finding_closure_models import STATES, UNTAKEN, FindingState, move
from hub.patrols.finding_forms import FORMS, checked
from hub.patrols.finding_telling import tell
from hub.patrols.finding_views import patrol_of
from hub.patrols.findings import (
    access_attaching,
    checked_category,
    checked_text,
    checked_time,
    host_elsewhere,
)
from hub.patrols.models import Finding
from sharing.canonical import utc_text

PLACE, FACT = "place", "details."
CORRECTABLE = UNTAKEN | {FindingState.TASKED}


@dataclass(frozen=True)
class Correction:
    """Fields of `Seen` as they shall stand, and why; fields that are not given stay."""

    values: Mapping[str, Any]
    reason: str = ""


def may_correct(finding: Finding, bureau_id: str) -> bool:
    """Whether a bureau may put it right now: its own, and in no other bureau's hands."""
    own = finding.bureau_id == bureau_id and finding.taken_by_id in (None, bureau_id)
    return own and finding.state in CORRECTABLE


def correct(session: Session, actor: Actor, finding_id: str, given: Correction) -> Finding:
    """Put a finding right, or add what was left out; nothing that stood there is lost.

    A reason is asked for once something is overwritten; to add a fact needs none.

    Raises:
        NotFound, Forbidden: as `access_attaching`.
        Conflict: it is a case, struck off, or another bureau took it up; or its place is asked to
            change after somebody took it up.
        Invalid, GeoError: as `findings.record`; no reason.
    """
    finding = access_attaching(session, actor, finding_id, for_update=True)
    _check_open(finding, actor.bureau_id)
    wanted = _wanted(session, finding, given.values)
    changes = list(_changes(finding, wanted))
    if not changes:
        return finding
    reason = clean(given.reason, lines=True)
    refuse_secrets("reason", reason)
    if not reason and any(one["before"] not in (None, "") for one in changes):
        raise field_error("reason", _l("请写明更正的原因。"))
    if PLACE in {one["name"] for one in changes}:
        _move_place(session, actor, finding, *wanted["place"][:2])
    entry = {
        "at": utc_text(utc_now()),
        "by_name": actor.name,
        "reason": reason,
        "categories": [finding.category, wanted["category"]],
        "changes": changes,
    }
    finding.corrections = [*finding.corrections, entry]
    finding.category, finding.text = wanted["category"], wanted["text"]
    finding.found_at, finding.details = wanted["found_at"], wanted["details"]
    # The words stay in the record; the chain of the other side names which fields were changed.
    fields = [one["name"] for one in changes]
    tell(session, actor, finding, "corrected", fields=fields)
    return finding


def _check_open(finding: Finding, bureau_id: str) -> None:
    if finding.taken_by_id not in (None, bureau_id):
        raise Conflict(
            _l("对方已接手处理，不能再更正；可以添加附件。"), extra={"rule": "finding.taken"}
        )
    if finding.state not in CORRECTABLE:
        raise Conflict(
            _l(
                "已立案的问题请在案件中更正，已销号的问题请先重新打开；现状态：%(state)s。",
                state=STATES[FindingState(finding.state)],
            ),
            extra={"rule": "finding.correct", "state": finding.state},
        )


def _wanted(session: Session, finding: Finding, values: Mapping[str, Any]) -> dict[str, Any]:
    """How the finding shall stand, each value checked as when it is logged."""
    category = checked_category(values.get("category") or finding.category)
    details = values.get("details")
    if details is None:
        asked = {one.name for one in FORMS[category]}
        details = {name: value for name, value in finding.details.items() if name in asked}
    text = values.get("text")
    return {
        "category": category,
        "text": finding.text if text is None else checked_text(text),
        "details": checked(category, details),
        "found_at": _time(session, finding, values.get("found_at")),
        "place": _place(finding, values.get("lon"), values.get("lat")),
    }


def _time(session: Session, finding: Finding, given: datetime | None) -> datetime:
    """A form gives whole seconds, so the same second is the same time."""
    held = finding.found_at
    if given is None or given.replace(microsecond=0) == held.replace(microsecond=0):
        return held
    return checked_time(patrol_of(session, finding), given, utc_now())


def _place(finding: Finding, lon: float | None, lat: float | None) -> list[float | None]:
    """As [lon, lat, accuracy_m]; a place set by hand has no accuracy that anybody measured."""
    held = [finding.lon, finding.lat, finding.accuracy_m]
    if lon is None and lat is None:
        return held
    if lon is None or lat is None:
        raise field_error("lon" if lon is None else "lat", _l("请同时填写经度和纬度。"))
    position = parse_position(lon, lat, None)
    moved = [position.lon, position.lat] != held[:2]
    return [position.lon, position.lat, None] if moved else held


def _changes(finding: Finding, wanted: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What differs: {name, before, after}; facts by code, a place as [lon, lat, accuracy_m]."""
    pairs: dict[str, tuple[Any, Any]] = {
        "category": (finding.category, wanted["category"]),
        "text": (finding.text, wanted["text"]),
        "found_at": (utc_text(finding.found_at), utc_text(wanted["found_at"])),
        PLACE: ([finding.lon, finding.lat, finding.accuracy_m], wanted["place"]),
    }
    for name in (*finding.details, *(n for n in wanted["details"] if n not in finding.details)):
        pairs[FACT + name] = (finding.details.get(name), wanted["details"].get(name))
    for name, (before, after) in pairs.items():
        if before != after:
            yield {"name": name, "before": before, "after": after}


def _move_place(session: Session, actor: Actor, finding: Finding, lon: float, lat: float) -> None:
    """Another place may be another bureau's ground: it is referred anew, or no longer."""
    if finding.taken_by_id is not None:
        raise Conflict(_l("已经开始处理，地点不能再改。"), extra={"rule": "finding.place"})
    finding.lon, finding.lat = lon, lat
    finding.accuracy_m, finding.placed_by = None, "pin"
    where = place_of(session, lon, lat, None)
    finding.adcode, finding.certain = where.adcode, where.certain
    host_id = host_elsewhere(session, actor, where.adcode, certain=where.certain)
    if host_id is not None:
        move(finding, "refer")
    elif finding.state == FindingState.REFERRED:
        move(finding, "recall")
        finding.referral_note = ""
    finding.referred_to_id = host_id
