"""Handing refusals over to the audit trail."""

from __future__ import annotations

import structlog
from flask import g, request
from sqlalchemy.exc import SQLAlchemyError

from hub.access import Actor
from hub.audit import denials
from hub.db import read_only, unit_of_work
from hub.errors import Forbidden, HubError, NotFound

log = structlog.get_logger()


def note(error: HubError) -> None:
    """Enter a refusal of a signed-in person. The answer stays the same if that cannot be done."""
    actor: Actor | None = g.get("actor")
    if actor is None or not isinstance(error, Forbidden | NotFound):
        return
    rule = request.url_rule
    denial = denials.Denial(
        method=request.method,
        route=rule.rule if rule is not None else "",
        record_id=_record_id(),
        status=error.status,
    )
    try:
        with read_only() as session:
            if denials.is_entered(session, actor, denial):
                return
        with unit_of_work() as session:
            denials.enter(session, actor, denial)
    except SQLAlchemyError as failed:
        log.error("denial.not_entered", route=denial.route, error=str(failed))


def _record_id() -> str:
    """The first id in the address: of the record that its nested ones belong to."""
    for name, value in (request.view_args or {}).items():
        if name.endswith("_id"):
            return "".join(c for c in str(value) if c.isprintable() and c.isascii())
    return ""
