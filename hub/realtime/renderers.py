"""Which view a change of each kind carries: the same function as the feature's list and detail."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from hub.access import ReaderClass
from hub.action_items.views import render_action_item
from hub.agreements.views import render_agreement
from hub.availability.views import render_absence
from hub.calendar.views import render_day
from hub.cases.rendering import render_case, render_for_all
from hub.deadlines.views import render_rule
from hub.emergency.access import KIND as EMERGENCY
from hub.emergency.views import render_use
from hub.exchange.views import render_package
from hub.field.crossing_views import render_crossing
from hub.inspections.views import render_inspection
from hub.matches.services import render_match
from hub.meetings.briefs import render_meeting
from hub.meetings.series import render_series
from hub.patrol_series.views import render_series as render_patrol_series
from hub.patrols.drafts import render_draft
from hub.patrols.finding_views import render_finding, render_findings
from hub.patrols.finding_views import verb_shown as finding_verb
from hub.patrols.guides import render_layer
from hub.patrols.views import render_patrol
from hub.petitions.views import render_petition, render_petitions
from hub.realtime.seen import render_clock
from hub.requests.views import render_request, render_requests
from hub.reviews.views import render_review
from hub.shares.views import render_share, render_shares
from hub.stations.views import render_station
from hub.zones.views import render_zone

View = dict[str, Any] | None
Renderer = Callable[[Session, ReaderClass, str], View]

# kind in the feed -> view for a class of readers; None: not (or no longer) theirs to see.
RENDERERS: dict[str, Renderer] = {
    "agreement": render_agreement,
    "zone": render_zone,
    "station": render_station,
    "patrol": render_patrol,
    "patrol_review": render_review,
    "case": render_case,
    "share": render_share,
    "request": render_request,
    "petition": render_petition,
    "match": render_match,
    "meeting": render_meeting,
    "meeting_series": render_series,
    "action_item": render_action_item,
    "finding": render_finding,
    "inspection": render_inspection,
    "crossing": render_crossing,
    "guide_layer": render_layer,
    "plan_draft": render_draft,
    "package": render_package,
    "clock": render_clock,
    "deadline_rule": render_rule,
    "calendar_day": render_day,
    "absence": render_absence,
    "patrol_series": render_patrol_series,
    EMERGENCY: render_use,
}
# The same for many readers and records at once: all that is read serves the whole turn.
Wanted = Sequence[tuple[ReaderClass, Collection[str]]]
MANY: dict[str, Callable[[Session, Wanted], Sequence[Mapping[str, View]]]] = {
    "case": render_for_all,
    "share": render_shares,
    "finding": render_findings,
    "petition": render_petitions,
    "request": render_requests,
}
# Kinds of which an act may tell more than the reader is shown of the record.
VERBS: dict[str, Callable[[str, Mapping[str, Any]], str]] = {"finding": finding_verb}


def verb_shown(kind: str, verb: str, view: Mapping[str, Any]) -> str:
    """What was done to a record, as far as the view of it says so."""
    return VERBS[kind](verb, view) if kind in VERBS else verb


def views_of(session: Session, kind: str, wanted: Wanted) -> Sequence[Mapping[str, View]]:
    """The views of records of a kind, by id, for each reader and the ids he asks for.

    What nobody can render is nobody's to see.
    """
    if kind in MANY:
        return MANY[kind](session, wanted)
    render = RENDERERS.get(kind)
    if render is None:
        return [{} for _one in wanted]
    return [{one: render(session, reader, one) for one in ids} for reader, ids in wanted]
