"""The audit page of the own bureau."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, time, timedelta

from flask import Blueprint, render_template, request

from hub.audit import services
from hub.audit.api import witness_view
from hub.audit.witnesses import kept_by
from hub.audit.words import KINDS, action_words, denial_words
from hub.clock import SHANGHAI
from hub.db import read_only
from hub.web.identity import current_actor

bp = Blueprint("audit", __name__)
PER_PAGE = 50
FILTERS = ("person", "action", "kind", "record")


def _day(name: str, *, after: bool = False) -> datetime | None:
    """The local midnight that begins (or, with `after`, ends) a day of the query; None without."""
    try:
        day = date.fromisoformat(request.args.get(name, ""))
        moment = datetime.combine(day, time.min, SHANGHAI)
        return moment + timedelta(days=1) if after else moment
    except (ValueError, OverflowError):
        return None


@bp.get("/audit")
def index() -> str:
    """Entries of the own chain, and a button that checks them."""
    actor = current_actor()
    given = {
        name: request.args.get(name) or None for name in ("person", "action", "kind", "record")
    }
    wanted = services.AuditFilter(**given, since=_day("from"), until=_day("to", after=True))
    with read_only() as session:
        found = services.list_entries(
            session, actor, wanted, PER_PAGE, request.args.get("cursor") or None
        )
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
        denial_words=denial_words,
    )
