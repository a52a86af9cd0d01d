"""What a repeated write is answered: its record as it may be read now, or else bare facts.

No content of an answer is kept. The address that reads a record is found by the schema it answers
with, which is the one the write answers with; so a share recalled, a role lost or a clearance
lowered in between bites here as at every other door, and a new door needs nothing of its own.
"""

from __future__ import annotations

from typing import Any

import orjson
from apiflask import HTTPError
from flask import Flask, Response, current_app, make_response, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from hub.errors import HubError

REPLAYED = "Idempotency-Replayed"
# All that is kept of an answer: which record the write made or changed. Its person was told so.
FACTS = ("id", "version", "number", "case_id")
_READERS = "hub.readers"


def facts_of(response: Response) -> str:
    """What is kept of an answer, as JSON; empty for an empty one."""
    data = response.get_data()
    if not data:
        return ""
    body = orjson.loads(data)
    facts = {name: body[name] for name in FACTS if name in body} if isinstance(body, dict) else {}
    return orjson.dumps(facts).decode()


def replay(status: int, facts: str, etag: str | None) -> Response:
    """The answer to a write that was made before, under its first status.

    Must be called outside of a transaction: the door that reads the record opens its own.
    """
    told: dict[str, Any] = orjson.loads(facts) if facts else {}
    response = _read_now(told) if facts else None
    if response is None:
        response = Response(facts, mimetype="application/json")
        response.headers["Cache-Control"] = "no-store"
        if etag:
            response.headers["ETag"] = etag
    response.status_code = status
    response.headers[REPLAYED] = "true"
    return response


def _read_now(told: dict[str, Any]) -> Response | None:
    """What the reading address of this write's record answers its person at this moment; None:
    there is none, or it is not his to read (any more)."""
    for rule in _readers(current_app._get_current_object()).get(_schema_of(request.endpoint), ()):  # type: ignore[attr-defined]
        arguments = _arguments(rule, told)
        if arguments is None:
            continue
        try:
            return make_response(current_app.view_functions[rule.endpoint](**arguments))
        except (HubError, HTTPError, HTTPException):
            continue
    return None


def _arguments(rule: Rule, told: dict[str, Any]) -> dict[str, Any] | None:
    """What a reading address is called with; one that ends in an id is asked for the record that
    the write answered with, which may be another than the one it was sent to."""
    given: dict[str, Any] = dict(request.view_args or {})
    last = rule.rule.rpartition("/")[2]
    if last.startswith("<") and "id" in told:
        given[last.strip("<>").rpartition(":")[2]] = told["id"]
    if not rule.arguments <= given.keys():
        return None
    return {name: given[name] for name in rule.arguments}


def _readers(app: Flask) -> dict[Any, list[Rule]]:
    """Reading addresses of the API by the schema that they answer with."""
    found: dict[Any, list[Rule]] | None = app.extensions.get(_READERS)
    if found is None:
        found = {}
        for rule in app.url_map.iter_rules():
            schema = _schema_of(rule.endpoint)
            if schema is not None and "GET" in (rule.methods or ()):
                found.setdefault(schema, []).append(rule)
        app.extensions[_READERS] = found
    return found


def _schema_of(endpoint: str | None) -> Any:
    view = current_app.view_functions.get(endpoint or "")
    response = getattr(view, "_spec", {}).get("response") or {}
    schema = response.get("schema")
    # Views that answer without one are given an empty dict when the OpenAPI description is made.
    return schema if isinstance(schema, type) else None
