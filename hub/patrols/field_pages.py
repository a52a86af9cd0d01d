"""Pages of findings: the list, one finding."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.models import Case
from hub.db import read_only
from hub.locate.map_view import map_start
from hub.patrols.finding_views import CATEGORIES, patrol_of, view_for
from hub.patrols.findings import Filters, access_finding, list_findings
from hub.patrols.models import Finding
from hub.patrols.sides import ground_sides, sides_of, zone_version_of
from hub.requests.listing import of_finding
from hub.web.identity import current_actor

bp = Blueprint("field", __name__)
PER_PAGE = 50


@bp.get("/findings")
def index() -> str:
    """Findings of the patrols of the reader's bureau."""
    actor = current_actor()
    category = request.args.get("category", "")
    wanted = Filters(
        patrol_id=request.args.get("patrol_id") or None,
        category=category if category in CATEGORIES else None,
        open_only=request.args.get("open_only") == "true",
        q=request.args.get("q", "")[:100],
    )
    with read_only() as session:
        found = list_findings(session, actor, wanted, PER_PAGE, request.args.get("cursor") or None)
        return render_template(
            "findings/list.html",
            found=found,
            wanted=wanted,
            categories=CATEGORIES,
            own_bureau_id=actor.bureau_id,
            query={
                name: value
                for name in ("patrol_id", "category", "open_only", "q")
                if (value := request.args.get(name))
            },
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
        return render_template(
            "findings/show.html",
            finding=view_for(session, actor.reader, row),
            actions=_actions(session, actor, row),
            own_case_id=_own_case(session, actor, row),
            requests=of_finding(session, actor, row.id),
            may_request=actor.may(Right.REQUEST_WORK),
            sides=sides_of(patrol, actor.bureau_id),
            start=map_start(session, actor) | {"sides": ground},
        )


def _own_case(session: Session, actor: Actor, finding: Finding) -> str | None:
    """The case it became, if that is the reader's bureau's own."""
    case = session.get(Case, finding.case_id) if finding.case_id else None
    own = case is not None and case.owner_bureau_id == actor.bureau_id
    return finding.case_id if own else None


def _actions(session: Session, actor: Actor, finding: Finding) -> dict[str, bool]:
    """What the page offers; the services decide."""
    view = view_for(session, actor.reader, finding) or {}
    elsewhere = finding.certain and view.get("side_bureau_id") not in (None, actor.bureau_id)
    own = finding.bureau_id == actor.bureau_id
    undecided = finding.case_id is None
    return {
        "open_case": undecided and not elsewhere and actor.may(Right.CASE_EDIT),
        "refer": undecided and elsewhere and own and actor.may(Right.PATROL_LOG),
        "attach": own and actor.may(Right.PATROL_LOG),
    }
