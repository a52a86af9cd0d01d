"""The audit page of the own bureau."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from flask import Blueprint, render_template, request

from hub.audit import services
from hub.audit.api import witness_view
from hub.audit.details import names_for
from hub.audit.witnesses import kept_by
from hub.audit.words import KINDS, action_words, denial_words
from hub.bureaus.services import bureaus
from hub.db import read_only
from hub.web.days import day_begins, day_of
from hub.web.identity import current_actor

bp = Blueprint("audit", __name__)
PER_PAGE = 50
FILTERS = ("person", "action", "kind", "record")


@bp.get("/audit")
def index() -> str:
    """Entries of the own chain, and a button that checks them."""
    actor = current_actor()
    given = {
        name: request.args.get(name) or None for name in ("person", "action", "kind", "record")
    }
    wanted = services.AuditFilter(
        **given,
        since=day_begins(day_of(request.args.get("from"))),
        until=day_begins(day_of(request.args.get("to")), after=1),
    )
    with read_only() as session:
        found = services.list_entries(
            session, actor, wanted, PER_PAGE, request.args.get("cursor") or None
        )
        said = names_for(session, actor, [entry["detail"] for entry in found["items"]]).said
        shorts = {row.id: row.short_name for row in bureaus(session)}
        kept = [witness_view(row) for row in kept_by(session, actor.bureau_id)]
    moments = {name: value for name, value in asdict(wanted).items() if value}
    exported = {n: v.isoformat() if isinstance(v, datetime) else v for n, v in moments.items()}
    return render_template(
        "audit/list.html",
        found=found,
        kept=kept[:20],
        given=request.args,
        query={name: value for name, value in request.args.items() if value and name != "cursor"},
        exported=exported,
        kinds=KINDS,
        words=action_words,
        said=said,
        shorts=shorts,
        denial_words=denial_words,
    )
