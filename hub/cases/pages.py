"""Pages of cases: the list beside the map, one case, a new one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.agreements.effect import in_force_of
from hub.agreements.grounds import onward_words
from hub.agreements.labels import GROUPS as GROUP_NAMES
from hub.agreements.naming import names_of
from hub.bureaus.services import bureaus, jurisdiction, jurisdiction_names
from hub.cases import labels, listing, services, sharing_panel
from hub.cases.access import case_to_read
from hub.cases.approval_views import approval_views
from hub.cases.codes import POLLUTANTS, waste_name
from hub.cases.due import next_clocks
from hub.cases.link_views import KINDS as LINKS
from hub.cases.lookups import KIND
from hub.cases.measure_views import KINDS as MEASURES
from hub.cases.measure_views import OUTCOMES, TONES
from hub.cases.models import CaseStage
from hub.cases.note_views import KINDS as NOTES
from hub.cases.note_views import READERS
from hub.cases.party_views import FORMS, ROLES
from hub.cases.stages import ENDED, NEXT
from hub.cases.steps import obstacles_of, staff_of, steps_of, team_of
from hub.cases.terms import subjects_of
from hub.cases.timeline import KINDS as EVENTS
from hub.cases.timeline import timeline
from hub.cases.way import way_of
from hub.db import read_only, unit_of_work
from hub.deadlines.extensions import rooms_of
from hub.deadlines.services import clocks_of
from hub.errors import NotFound
from hub.requests.listing import of_case
from hub.requests.machine import ENDED as SETTLED
from hub.shares.listing import closed_for, unanswered_by_partners, waiting
from hub.shares.lookups import shares_by_record
from hub.shares.views import share_views
from hub.shares.words import PURPOSES
from hub.web.days import day_begins, day_of
from hub.web.identity import current_actor
from hub.web.names import named
from hub.web.sheet_import import MOST_ROWS
from hub.zones.services import zone_names

bp = Blueprint("cases", __name__)
PER_PAGE = 50
# What the address holds of a list: filters as they stand, and those that are read first.
PLAIN = ("stage", "category", "scope", "bureau", "q", "handler", "adcode", "zone", "sort")
GIVEN = (*PLAIN, "overdue", "opened_from", "opened_to")

WORDS = {
    "stages": labels.STAGES,
    "tones": labels.STAGE_TONES,
    "categories": labels.CATEGORIES,
    "classifications": labels.CLASSIFICATIONS,
    "party_roles": ROLES,
    "party_forms": FORMS,
    "field_names": labels.FIELDS,
    "group_names": GROUP_NAMES,
    "purposes": PURPOSES,
    "measure_kinds": MEASURES,
    "measure_outcomes": OUTCOMES,
    "measure_tones": TONES,
    "note_kinds": NOTES,
    "note_readers": READERS,
    "link_kinds": LINKS,
    "event_kinds": EVENTS,
    "waste_name": waste_name,
    "pollutants": POLLUTANTS,
}


@bp.get("/cases")
def index() -> str:
    """Own cases and those shared, beside the map."""
    actor = current_actor()
    given: dict[str, Any] = {name: request.args.get(name) or None for name in GIVEN}
    first, last = day_of(given["opened_from"]), day_of(given["opened_to"])
    wanted = listing.CaseFilter(
        **{name: given[name] for name in PLAIN},
        overdue=given["overdue"] is not None,
        opened_from=day_begins(first),
        opened_before=day_begins(last, after=1),
    )
    with read_only() as session:
        found = listing.case_list(session, actor, wanted).page(
            session, PER_PAGE, request.args.get("cursor") or None
        )
        sides, names = _sides(session, actor)
        context = {
            "clocks": next_clocks(session, actor.bureau_id, [one["id"] for one in found["items"]]),
            "todo": waiting(session, actor),
            "late": unanswered_by_partners(session, actor),
            "bounds": _bounds(session, actor),
            "zone_names": zone_names(session, actor),
            "team": team_of(session, actor.bureau_id),
        }
    return render_template(
        "cases/list.html",
        found=found,
        given=given,
        bureau=wanted.bureau,
        query={name: value for name, value in given.items() if value},
        cursor=request.args.get("cursor"),
        sides=sides,
        bureau_names=names,
        may_open=actor.may(Right.CASE_EDIT),
        user_id=actor.user_id,
        **context,
        **WORDS,
    )


def _sides(session: Session, actor: Actor) -> tuple[dict[str, str], dict[str, str]]:
    """Jurisdiction -> side: the reader's own is a, partners of agreements in force are b."""
    partners = {party for row in in_force_of(session, actor.bureau_id) for party in row.party_ids}
    sides, names = {}, {}
    for row in bureaus(session):
        names[row.id] = row.short_name
        if row.id == actor.bureau_id:
            sides[row.adcode] = "a"
        elif row.id in partners:
            sides[row.adcode] = "b"
    return sides, names


def _bounds(session: Session, actor: Actor) -> list[float]:
    own = next(row for row in bureaus(session) if row.id == actor.bureau_id)
    unit = jurisdiction(session, own.adcode)
    return [unit.west, unit.south, unit.east, unit.north]


@bp.get("/cases/new")
def new() -> str:
    """The form of a new case, with a pin on the map."""
    actor = current_actor()
    actor.require(Right.CASE_EDIT)
    with read_only() as session:
        sides, _names = _sides(session, actor)
        bounds = _bounds(session, actor)
        team = team_of(session, actor.bureau_id)
    return render_template(
        "cases/new.html",
        sides=sides,
        bounds=bounds,
        team_options=[(person.user_id, person.name) for person in team],
        top=actor.clearance,
        **WORDS,
    )


@bp.get("/cases/import")
def bring() -> str:
    """Bringing cases in from a sheet: tried first, then kept."""
    current_actor().require(Right.CASE_EDIT)
    return render_template("cases/import.html", most=MOST_ROWS)


@bp.get("/cases/<case_id>")
def show(case_id: str) -> str | tuple[str, int]:
    """One case; what a partner opens is a receipt. A recalled one is a tombstone."""
    actor = current_actor()
    with unit_of_work() as session:
        try:
            view = services.open_case(session, actor, case_id)
        except NotFound:
            closed = closed_for(session, actor, KIND, case_id)
            if closed is None:
                raise
            may_purge = actor.may(Right.SHARE_ANSWER)
            return render_template("cases/recalled.html", share=closed, may_purge=may_purge), 404
        context = _own_context(session, actor, view) if view["own"] else _partner(session, view)
        sides, names = _sides(session, actor)
        requests = of_case(session, actor, case_id)
        events = timeline(session, actor, view, requests)
        places = jurisdiction_names(session)
    return render_template(
        "cases/show.html",
        case=view,
        sides=sides,
        bureau_names=names,
        place_names=places,
        words=labels.value_words(places),
        requests=requests,
        open_requests=[one for one in requests if one["state"] not in SETTLED],
        events=events,
        user_id=actor.user_id,
        may_request=actor.may(Right.REQUEST_WORK) and not view.get("emergency"),
        **context,
        **WORDS,
    )


@bp.get("/cases/<case_id>/as/<bureau_id>")
def show_as(case_id: str, bureau_id: str) -> str:
    """The page that another bureau gets of an own case, or would get; nothing can be done on it."""
    actor = current_actor()
    with read_only() as session:
        other, view, why = sharing_panel.page_of(session, actor, case_id, bureau_id)
        context: dict[str, Any] = {"seen_as": why, "sides": {}, "bureau_names": {}}
        if view is not None:
            sides, names = _sides(session, actor)
            between = [_sent(one) for one in of_case(session, actor, case_id)
                       if one["sent_at"] and other.id in _sides_of(one)]  # fmt: skip
            context |= {
                "way": way_of(view["stage"], None) if view.get("stage") else [],
                "sides": sides,
                "bureau_names": names,
                "place_names": jurisdiction_names(session),
                "requests": between,
                "events": timeline(session, actor, view, between),
                "onward": onward_words(names_of(session), view["access"]["onward"]),
            }
    return render_template(
        "cases/show.html" if view is not None else "cases/unseen.html",
        case=view or {"id": case_id},
        words=labels.value_words(context.get("place_names", {})),
        **context,
        **WORDS,
    )


def _sides_of(one: dict[str, Any]) -> tuple[Any, Any]:
    return one["sender_bureau_id"], one["receiver_bureau_id"]


def _sent(one: dict[str, Any]) -> dict[str, Any]:
    """A request as both sides know it: from when it was sent."""
    return one | {"steps": [step for step in one["steps"] if step["at"] >= one["sent_at"]]}


def _own_context(session: Session, actor: Actor, view: dict[str, Any]) -> dict[str, Any]:
    case, use = case_to_read(session, actor, view["id"])
    team = team_of(session, actor.bureau_id)
    return {
        "entries": sharing_panel.panel(session, case),
        "team": team,
        "handler_names": [p.name for p in team if p.user_id in case.handlers],
        "next_stages": NEXT[CaseStage(case.stage)],
        "obstacles": obstacles_of(session, case),
        "ended": ENDED,
        "may_transfer": case.stage not in (*ENDED, CaseStage.CRIMINAL),
        "may_go_to_police": CaseStage.CRIMINAL in NEXT[CaseStage(case.stage)],
        "outcomes": labels.OUTCOMES,
        "staff": [(p.user_id, p.name) for p in staff_of(session, actor.bureau_id)],
        "link_options": _link_options(session, actor, case.id),
        "clocks": clocks_of(session, KIND, [case.id])[case.id],
        "way": way_of(case.stage, [step.to_stage for step in steps_of(session, case)]),
        "rooms": rooms_of(session, subjects_of(session, case)),
        "approvals": approval_views(session, actor, case.id),
        "may_reopen": CaseStage(case.stage) in ENDED,
        "may_edit": actor.may(Right.CASE_EDIT) and use is None,
        "may_share": actor.may(Right.SHARE) and use is None,
        "top": actor.clearance,
        "share": None,
    }


def _link_options(session: Session, actor: Actor, case_id: str) -> list[dict[str, Any]]:
    """The newest cases that the actor sees, to be linked with."""
    newest = listing.case_list(session, actor, listing.CaseFilter()).all(session, 30)
    return [{"number": one["number"], "title": one.get("title") or one["owner_name"]}
            for one in newest if one["id"] != case_id]  # fmt: skip


def _partner(session: Session, view: dict[str, Any]) -> dict[str, Any]:
    rows = shares_by_record(session, KIND, view["id"])
    held = [s for s in share_views(session, rows) if s["id"] == view["access"]["share_id"]]
    return {
        "way": way_of(view["stage"], None) if view.get("stage") else [],
        "share": held[0] if held else None,
        "onward": onward_words(names_of(session), view["access"]["onward"]),
        "may_answer": current_actor().may(Right.SHARE_ANSWER),
        "may_pass_on": current_actor().may(Right.SHARE),
        "third_parties": [
            (row.id, named(row.name))
            for row in bureaus(session)
            if row.id not in (view["owner_bureau_id"], current_actor().bureau_id)
        ],
    }
