"""Handing refusals over to the audit trail."""

from __future__ import annotations

from typing import Any

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
    route = rule.rule if rule is not None else ""
    _enter(actor, denials.Denial(request.method, route, _record_id(), error.status))


def note_socket(error: HubError, actor: Actor, event: str, data: Any) -> None:
    """The same for what a person asked over his open socket: the second way in."""
    if not isinstance(error, Forbidden | NotFound):
        return
    asked = data if isinstance(data, dict) else {}
    record_id = next((asked[n] for n in ("id", "patrol_id") if isinstance(asked.get(n), str)), "")
    # A kind that is none was refused as input before anything could be not found.
    kind = f"{asked['kind']}/" if isinstance(asked.get("kind"), str) else ""
    _enter(actor, denials.Denial("SOCKET", kind + event, _readable(record_id), error.status))


def _enter(actor: Actor, denial: denials.Denial) -> None:
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
            return _readable(str(value))
    return ""


def _readable(text: str) -> str:
    return "".join(c for c in text if c.isprintable() and c.isascii())
