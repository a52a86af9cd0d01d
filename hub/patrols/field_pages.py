"""Pages of findings: the list, one finding."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.labels import STAGES
from hub.cases.models import Case, CaseStage
from hub.clock import local_day
from hub.db import read_only, utc_now
from hub.inspections.listing import of_finding as inspections_of
from hub.locate.map_view import map_start
from hub.patrols.finding_closure import MOST_DAYS, counted_photos, holds, possible_acts
from hub.patrols.finding_closure_models import STATES, TONES, FindingState, may_move
from hub.patrols.finding_correction_views import history
from hub.patrols.finding_corrections import may_correct
from hub.patrols.finding_list import Filters, findings, open_patrols
from hub.patrols.finding_views import CATEGORIES, patrol_of, view_for
from hub.patrols.findings import access_finding
from hub.patrols.models import Finding
from hub.patrols.sides import ground_sides, sides_of, zone_version_of
from hub.requests.listing import of_finding
from hub.web.identity import current_actor

bp = Blueprint("field", __name__)
PER_PAGE = 50
USUAL_DAYS = 15
FILTERS = ("patrol_id", "zone_id", "category", "state", "overdue", "open_only", "q")


@bp.get("/findings")
def index() -> str:
    """Findings of the patrols of the reader's bureau."""
    actor = current_actor()
    category, state = request.args.get("category", ""), request.args.get("state", "")
    wanted = Filters(
        patrol_id=request.args.get("patrol_id") or None,
        category=category if category in CATEGORIES else None,
        open_only=request.args.get("open_only") == "true",
        state=state if state in set(FindingState) else None,
        overdue=request.args.get("overdue") == "true",
        zone_id=request.args.get("zone_id") or None,
        q=request.args.get("q", "")[:100],
    )
    with read_only() as session:
        found = findings(session, actor, wanted).page(
            session, PER_PAGE, request.args.get("cursor") or None
        )
        return render_template(
            "findings/list.html",
            found=found,
            wanted=wanted,
            categories=CATEGORIES,
            states=STATES,
            tones=TONES,
            own_bureau_id=actor.bureau_id,
            may_log=bool(open_patrols(session, actor)),
            query={name: value for name in FILTERS if (value := request.args.get(name))},
            start=map_start(session, actor),
        )


@bp.get("/findings/<finding_id>")
def show(finding_id: str) -> str:
    """One finding with its photos."""
    actor = current_actor()
    actor.require(Right.WORK_VIEW)
    with read_only() as session:
        row = access_finding(session, actor, finding_id)
        patrol = patrol_of(session, row)
        ground = ground_sides(zone_version_of(session, patrol), actor.bureau_id)
        view = view_for(session, actor.reader, row) or {}
        return render_template(
            "findings/show.html",
            finding=view,
            corrections=history(view),
            actions=_actions(session, actor, row),
            own_case=_own_case(session, actor, row),
            tones=TONES,
            days=_days(),
            photos=counted_photos(session, row),
            requests=of_finding(session, actor, row.id),
            inspections=inspections_of(session, actor, row.id),
            may_request=actor.may(Right.REQUEST_WORK),
            sides=sides_of(patrol, actor.bureau_id),
            start=map_start(session, actor) | {"sides": ground},
        )


def _own_case(session: Session, actor: Actor, finding: Finding) -> dict[str, str] | None:
    """The case it became and where that stands, if that is the reader's bureau's own."""
    case = session.get(Case, finding.case_id) if finding.case_id else None
    if case is None or case.owner_bureau_id != actor.bureau_id:
        return None
    return {"id": case.id, "stage_name": str(STAGES[CaseStage(case.stage)])}


def _days() -> dict[str, str]:
    """The days that a task may be given for, and the one that stands in the form."""
    today = local_day(utc_now())
    ahead = {"first": 0, "usual": USUAL_DAYS, "last": MOST_DAYS}
    return {name: (today + timedelta(days=days)).isoformat() for name, days in ahead.items()}


def _actions(session: Session, actor: Actor, finding: Finding) -> dict[str, bool]:
    """What the page offers; the services decide."""
    view = view_for(session, actor.reader, finding) or {}
    elsewhere = finding.certain and view.get("side_bureau_id") not in (None, actor.bureau_id)
    own = finding.bureau_id == actor.bureau_id
    shown = "text" in view and "lon" in view
    open_case = may_move(finding, "case") and holds(session, actor, finding) and not elsewhere
    return {
        "open_case": shown and open_case and finding.case_id is None and actor.may(Right.CASE_EDIT),
        "refer": may_move(finding, "refer") and elsewhere and own and actor.may(Right.PATROL_LOG),
        "correct": may_correct(finding, actor.bureau_id) and actor.may(Right.PATROL_LOG),
        "attach": own and actor.may(Right.PATROL_LOG),
        "inspect": not elsewhere and "lon" in view and actor.may(Right.CASE_EDIT),
        **possible_acts(session, actor, finding),
    }
