"""Pages of requests: in and out, the form of a draft, one request with its thread."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.directory import colleagues
from hub.agreements.effect import in_force_between
from hub.bureaus.services import bureaus, jurisdiction_names
from hub.cases.access import own_case
from hub.cases.labels import CATEGORIES, CLASSIFICATIONS, STAGES, value_words
from hub.cases.parties import main_firm_name
from hub.db import read_only, unit_of_work
from hub.documents.pdf import can_draw
from hub.patrols.findings import access_finding
from hub.requests import listing, services
from hub.requests.joint import has_workspace, is_handler
from hub.requests.joint_models import Sort
from hub.requests.joint_views import read_workspace
from hub.requests.labels import CHECKLIST, GROUNDS, KINDS, STATES
from hub.requests.machine import EDITABLE
from hub.requests.models import Kind
from hub.requests.views import request_view
from hub.web.identity import current_actor

bp = Blueprint("requests", __name__)
PER_PAGE = 50
WORDS = {"kinds": KINDS, "states": STATES, "grounds": GROUNDS, "checklist_names": CHECKLIST}
TEXTS = ("direction", "kind", "state", "bureau", "q")
SORTS = tuple(Sort)
FLAGS = ("waiting", "overdue")


@bp.get("/requests")
def index() -> str:
    """What came, what went, what waits."""
    actor = current_actor()
    given = {name: request.args.get(name) or None for name in TEXTS}
    flags = {name: bool(request.args.get(name)) for name in FLAGS}
    wanted = listing.RequestFilter(**given, **flags)  # type: ignore[arg-type]
    with read_only() as session:
        found = listing.requests(session, actor, wanted).page(
            session, PER_PAGE, request.args.get("cursor") or None
        )
        todo = len(listing.waiting(session, actor, PER_PAGE))
        names = {row.id: row.short_name for row in bureaus(session) if row.id != actor.bureau_id}
    query = {name: value for name, value in asdict(wanted).items() if value}
    return render_template(
        "requests/list.html",
        found=found,
        given=given | flags,
        query=query | {name: 1 for name in FLAGS if flags[name]},
        export=query | {name: "true" for name in FLAGS if flags[name]},
        todo=todo,
        bureau_names=names,
        may_draft=actor.may(Right.REQUEST_WORK),
        **WORDS,
    )


@bp.get("/requests/new")
def new() -> str:
    """The form of a new draft, from a case, a finding or free."""
    actor = current_actor()
    actor.require(Right.REQUEST_WORK)
    asked = request.args.get("kind") or Kind.ASSISTANCE.value
    kind = asked if asked in set(Kind) else Kind.ASSISTANCE.value
    with read_only() as session:
        context = _form(session, actor)
        values = _prefilled(session, actor, context)
    return render_template("requests/form.html", kind=kind, values=values, row=None, **context)


def _form(session: Session, actor: Actor) -> dict[str, Any]:
    case_id, finding_id = request.args.get("case"), request.args.get("finding")
    others = [row for row in bureaus(session) if row.id != actor.bureau_id]
    team = colleagues(session, actor.bureau_id, Right.CASE_EDIT)
    # With an agreement in force first: only to those can anything be sent.
    partners = [r for r in others if in_force_between(session, actor.bureau_id, r.id)]
    rest = [row for row in others if row not in partners]
    return {
        "case": own_case(session, actor, case_id) if case_id else None,
        "finding": access_finding(session, actor, finding_id) if finding_id else None,
        "partners": [(row.id, row.name) for row in partners],
        "others": [(row.id, row.name) for row in rest],
        "team_options": [(one.user_id, one.name) for one in team],
        "categories": CATEGORIES,
        "classifications": list(CLASSIFICATIONS.items())[: actor.clearance],
        **WORDS,
    }


def _prefilled(session: Session, actor: Actor, context: dict[str, Any]) -> dict[str, Any]:
    case, finding = context["case"], context["finding"]
    own = next(row for row in bureaus(session) if row.id == actor.bureau_id)
    lead: dict[str, Any] = {}
    title = ""
    if case is not None:
        title = case.title
        names = ("category", "lon", "lat", "place", "pollutant", "description")
        lead = {name: getattr(case, name) for name in names}
        lead["party_name"] = main_firm_name(session, case)
    elif finding is not None:
        title = finding.text.split("\n", 1)[0].split("。", 1)[0][:60]  # data, not screen text
        lead = {"lon": finding.lon, "lat": finding.lat, "description": finding.text}
    return {
        "title": title,
        "lead": lead,
        "contact_name": actor.name,
        "contact_phone": own.duty_phone or "",
        "classification": case.classification if case is not None else 2,
        "opens_case": True,
        "receiver_bureau_id": _referred_to(finding),
    }


def _referred_to(finding: Any) -> str | None:
    return finding.referred_to_id if finding is not None else None


@bp.get("/requests/<request_id>")
def show(request_id: str) -> str:
    """One request; the receiver's first opening is a receipt."""
    actor = current_actor()
    asked = request.args.get("show") or ""
    with unit_of_work() as session:
        row = services.open_request(session, actor, request_id)
        view = request_view(session, actor.reader, row)
        works = has_workspace(row) and is_handler(row, actor.bureau_id, actor.user_id)
        workspace = read_workspace(session, actor, request_id) if works else None
        names = {one.id: one.name for one in bureaus(session)}
        team = colleagues(session, actor.bureau_id, Right.CASE_EDIT)
        places = jurisdiction_names(session)
    return render_template(
        "requests/show.html",
        row=view,
        bureau_names=names,
        team_options=[(one.user_id, one.name) for one in team],
        file_options=[(file["id"], file["name"]) for file in (view or {}).get("files", ())],
        may_edit=_may_edit(actor, view),
        may_attach=actor.may(Right.REQUEST_WORK),
        no_font=not can_draw(),
        stage_names=STAGES,
        workspace=workspace,
        show=asked if asked in SORTS else "",
        words=value_words(places),
        **WORDS,
    )


def _may_edit(actor: Actor, view: dict[str, Any] | None) -> bool:
    drafted = view is not None and view["direction"] == "out" and view["state"] in EDITABLE
    return drafted and actor.may(Right.REQUEST_WORK)


@bp.get("/requests/<request_id>/edit")
def edit(request_id: str) -> str:
    """The form of a draft that exists."""
    actor = current_actor()
    actor.require(Right.REQUEST_WORK)
    with read_only() as session:
        row = services.own_draft(session, actor, request_id)
        values = request_view(session, actor.reader, row)
        context = _form(session, actor)
    return render_template("requests/form.html", kind=row.kind, values=values, row=row, **context)
