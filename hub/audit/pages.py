"""The audit page of the own bureau."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from hub.audit import services
from hub.audit.api import witness_view
from hub.audit.details import names_for
from hub.audit.witnesses import kept_by
from hub.audit.words import KINDS, action_words, denial_words
from hub.bureaus.services import bureaus
from hub.db import read_only
from hub.web.identity import current_actor
from hub.web.list_pages import as_query, period_of, queried

bp = Blueprint("audit", __name__)
PER_PAGE = 50
FILTERS = ("person", "action", "kind", "record", "oldest")


@bp.get("/audit")
def index() -> str:
    """Entries of the own chain, and a button that checks them."""
    actor = current_actor()
    given = {name: request.args.get(name) or None for name in FILTERS}
    wanted = services.AuditFilter(
        person=given["person"],
        action=given["action"],
        kind=given["kind"],
        record=given["record"],
        oldest=bool(given["oldest"]),
        **period_of(request.args),
    )
    with read_only() as session:
        entries = services.entries(session, actor, wanted)
        found = entries.page(session, PER_PAGE, request.args.get("cursor") or None)
        said = names_for(session, actor, [entry["detail"] for entry in found["items"]]).said
        shorts = {row.id: row.short_name for row in bureaus(session)}
        kept = [witness_view(row) for row in kept_by(session, actor.bureau_id)]
    return render_template(
        "audit/list.html",
        found=found,
        kept=kept[:20],
        given=request.args,
        query=queried(request.args),
        exported=as_query(wanted),
        kinds=KINDS,
        words=action_words,
        said=said,
        shorts=shorts,
        denial_words=denial_words,
    )
