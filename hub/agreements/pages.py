"""Pages of agreements."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from hub.access import Right
from hub.agreements import listing
from hub.agreements.access import access_agreement
from hub.agreements.labels import GROUPS, KINDS, LEVELS, STATES, clause_rows, state_tone
from hub.agreements.views import agreement_view
from hub.db import read_only
from hub.web.identity import current_actor

bp = Blueprint("agreements", __name__)


@bp.get("/agreements")
def index() -> str:
    """Agreements of the reader's bureau."""
    actor = current_actor()
    state = request.args.get("state") or None
    with read_only() as session:
        found = listing.list_agreements(
            session, actor, state, 50, request.args.get("cursor") or None
        )
    return render_template(
        "agreements/list.html", found=found, state=state, states=STATES, tone=state_tone
    )


@bp.get("/agreements/<agreement_id>")
def show(agreement_id: str) -> str:
    """One agreement: text, terms, keys."""
    actor = current_actor()
    actor.require(Right.WORK_VIEW)
    with read_only() as session:
        view = agreement_view(session, access_agreement(session, actor, agreement_id))
    own = next(party for party in view["parties"] if party["bureau_id"] == actor.bureau_id)
    return render_template(
        "agreements/show.html",
        agreement=view,
        rules=clause_rows(view["terms"]),
        groups=GROUPS,
        kinds=KINDS,
        levels=LEVELS,
        states=STATES,
        tone=state_tone,
        may_sign=actor.may(Right.AGREEMENT_SIGN)
        and view["state"] == "proposed"
        and not own["signed"],
        may_end=actor.may(Right.AGREEMENT_SIGN)
        and view["state"] in ("signed", "in_force", "suspended"),
    )
