"""Which records a reader sees at this moment, for whatever names a record that it does not show.

A clock, a notification or a list of ids tells that a record exists. It is shown to those alone to
whom the record's own view would be: the conditions are those of the features.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import ReaderClass, Right
from hub.action_items.access import visible_to as action_items_of
from hub.action_items.models import ActionItem
from hub.cases.lookups import KIND as CASE
from hub.cases.measure_models import CaseMeasure
from hub.cases.measure_views import KIND as MEASURE
from hub.cases.models import Case
from hub.cases.rendering import render_cases
from hub.db import utc_now
from hub.deadlines.models import Clock
from hub.deadlines.views import render_clock as clock_alone
from hub.emergency.access import KIND as EMERGENCY
from hub.emergency.access import visible_to as emergencies_of
from hub.emergency.models import EmergencyUse
from hub.inspections.views import render_inspection
from hub.meetings.access import visible_to as meetings_of
from hub.meetings.models import Meeting
from hub.petitions.views import seen_petitions
from hub.requests.access import visible_to as requests_of
from hub.requests.models import Request
from hub.shares.access import readable_by
from hub.shares.models import AccessRequest
from hub.shares.onward_models import OnwardRequest
from sharing.models import Share

# Kind and id of a record.
Key = tuple[str, str]


def seen(session: Session, reader: ReaderClass, records: Iterable[Key]) -> set[Key]:
    """Those of some records that a reader sees; a clock or a measure as far as what it is of.

    Records of the kinds that have no classification are the parties', who alone are told of them:
    they count as seen.
    """
    roots = _roots(session, set(records))
    wanted: dict[str, set[str]] = defaultdict(set)
    for kind, one in roots.values():
        wanted[kind].add(one)
    found = {
        (kind, one) for kind, ids in wanted.items() for one in _seen_of(kind, session, reader, ids)
    }
    return {record for record, root in roots.items() if root in found}


def _seen_of(
    kind: str, session: Session, reader: ReaderClass, ids: Collection[str]
) -> Collection[str]:
    if kind in _PARTS:
        return ()  # what it was part of is gone
    return _SEEN[kind](session, reader, ids) if kind in _SEEN else ids


def sees(session: Session, reader: ReaderClass, record: Key) -> bool:
    """The same for one record."""
    return bool(seen(session, reader, [record]))


def render_clock(session: Session, reader: ReaderClass, clock_id: str) -> dict[str, Any] | None:
    """The view that a change of a clock carries: of what the reader does not see there is none."""
    view = clock_alone(session, reader, clock_id)
    return view if view and sees(session, reader, (view["kind"], view["subject_id"])) else None


def _roots(session: Session, records: set[Key]) -> dict[Key, Key]:
    """The record that decides, for each of some records."""
    roots = {record: record for record in records}
    for kind, (model, parent) in _PARTS.items():
        ids = {one for held, one in roots.values() if held == kind}
        rows = session.scalars(select(model).where(model.id.in_(ids))).unique() if ids else ()
        parents = {(kind, row.id): parent(row) for row in rows}
        roots = {record: parents.get(root, root) for record, root in roots.items()}
    return roots


def _cases(session: Session, reader: ReaderClass, ids: Collection[str]) -> set[str]:
    """Own ones by a query; of the rest, what is shared shows in its view."""
    if Right.WORK_VIEW not in reader.rights:
        return set()
    own = Case.owner_bureau_id == reader.bureau_id
    mine = set(session.scalars(select(Case.id).where(Case.id.in_(ids), own)))
    cleared = Case.classification <= reader.clearance
    found = set(session.scalars(select(Case.id).where(Case.id.in_(mine), cleared)))
    shared = render_cases(session, reader, set(ids) - mine)
    return found | {one for one, view in shared.items() if view is not None}


def _by(
    model: Any, condition: Callable[[ReaderClass], Any]
) -> Callable[[Session, ReaderClass, Collection[str]], set[str]]:
    def found(session: Session, reader: ReaderClass, ids: Collection[str]) -> set[str]:
        if Right.WORK_VIEW not in reader.rights:
            return set()
        return set(session.scalars(select(model.id).where(model.id.in_(ids), condition(reader))))

    return found


def _inspections(session: Session, reader: ReaderClass, ids: Collection[str]) -> set[str]:
    return {one for one in ids if render_inspection(session, reader, one) is not None}


def _emergencies(session: Session, reader: ReaderClass, ids: Collection[str]) -> set[str]:
    """For reviewers, administrators of security among them: it says of a case its number alone."""
    rows = select(EmergencyUse.id).where(EmergencyUse.id.in_(ids), emergencies_of(reader))
    return set(session.scalars(rows))


_SEEN: dict[str, Callable[[Session, ReaderClass, Collection[str]], set[str]]] = {
    CASE: _cases,
    "share": _by(Share, lambda reader: readable_by(reader, utc_now())),
    "request": _by(Request, requests_of),
    "meeting": _by(Meeting, meetings_of),
    "action_item": _by(ActionItem, action_items_of),
    "inspection": _inspections,
    "petition": seen_petitions,
    EMERGENCY: _emergencies,
}
# What is part of another record, and of which; a clock first: it may run for any of the others.
_PARTS: dict[str, tuple[Any, Callable[[Any], Key]]] = {
    "clock": (Clock, lambda row: (row.kind, row.subject_id)),
    MEASURE: (CaseMeasure, lambda row: (CASE, row.case_id)),
    "access_request": (AccessRequest, lambda row: ("share", row.share_id)),
    "onward_request": (OnwardRequest, lambda row: ("share", row.share_id)),
}
