"""The page of keys."""

from __future__ import annotations

from flask import Blueprint, render_template

from hub.access import Right
from hub.db import read_only
from hub.keys.views import IMPORTS, PURPOSES, STATES, grouped, keys_view
from hub.web.identity import current_actor

bp = Blueprint("keys", __name__)


@bp.get("/keys")
def index() -> str:
    """Own keys, those of the other bureaus here, those of partners elsewhere."""
    actor = current_actor()
    with read_only() as session:
        found = keys_view(session, actor)
    return render_template(
        "keys/list.html",
        own=next(item for item in found["bureaus"] if item["own"]),
        others=[item for item in found["bureaus"] if not item["own"]],
        imports=found["imports"],
        purposes=PURPOSES,
        states=STATES,
        import_states=IMPORTS,
        grouped=grouped,
        may_manage=actor.may(Right.KEY_MANAGE),
        may_confirm=actor.may(Right.KEY_CONFIRM),
    )
