"""The API's description: OpenAPI 3.1 at /openapi.json, browsable at /docs from local files."""

from __future__ import annotations

import re
from typing import Any

from apiflask import APIFlask
from flask import Response, current_app, render_template

from hub.web.doors import json_response


def install(app: APIFlask) -> None:
    """Serve the description; it is public, like the source it is made from."""
    app.config.update(
        OPENAPI_VERSION="3.1.0",
        AUTO_404_RESPONSE=True,
        VALIDATION_ERROR_STATUS_CODE=422,
    )
    app.security_schemes = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "cookie": {"type": "apiKey", "in": "cookie", "name": "hub_session"},
    }
    app.spec_processor(_complete)  # type: ignore[arg-type]
    app.add_url_rule("/openapi.json", "openapi_json", _describe)
    app.add_url_rule("/docs", "api_docs", _browse)


PLACE = "#/components/schemas/"
MEDIA = {
    ".geojson": "application/geo+json",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ics": "text/calendar",
    ".gpx": "application/gpx+xml",
    "/locate": "application/geo+json",
    "/basemap": "application/geo+json",
}
PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem document",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
# What any operation may answer beside its result.
COMMON = {
    "400": "The request cannot be read",
    "401": "Nobody is signed in",
    "403": "The person's role does not include it",
    "404": "Absent, or not yours to see",
    "405": "The address does not take this method",
    "413": "The content is too large",
    "415": "The content is no JSON",
    "422": "A field cannot be used; `errors` says which",
    "503": "Not just now; nothing was changed",
}
WRITES = {
    "409": "The record's state or version forbids it",
    "428": "If-Match is missing",
}
HEADERS = [
    {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": (
            "Repeating a write with the same key makes no second record, for 180 days; "
            "the answer is the record as the caller may read it by then, or its id alone"
        ),
        "schema": {"type": "string", "minLength": 8, "maxLength": 100, "pattern": "^[!-~]{8,100}$"},
    },
    {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "description": "The version that the write is based on, for writes to an existing record",
        "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
    },
]


def _complete(spec: dict[str, Any]) -> dict[str, Any]:
    """Add to each operation what all of them share: problems, headers, security."""
    spec.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    spec["security"] = [{"bearer": []}, {"cookie": []}]
    _lead_to_their_own_parts(spec["components"]["schemas"])
    for path, item in spec["paths"].items():
        for method, operation in item.items():
            if method in ("get", "post", "put", "patch", "delete"):
                _name_media(path, operation, is_get=method == "get")
                _complete_operation(method, operation)
    return spec


def _lead_to_their_own_parts(schemas: dict[str, Any]) -> None:
    """Of two schemas of one name APIFlask calls the second `Name1` and its parts `Name1.Part`, but
    inside it goes on referring to `Name.Part`: another schema's part, or none."""
    for name, schema in schemas.items():
        owner = name.partition(".")[0]
        given = re.sub(r"\d+$", "", owner)
        if given != owner and given in schemas:
            _refer(schema, f"{PLACE}{given}.", f"{PLACE}{owner}.", schemas)


def _refer(node: Any, old: str, new: str, schemas: dict[str, Any]) -> None:
    """Let references below a node that begin with `old` begin with `new`, where that is there."""
    if isinstance(node, list):
        for sub in node:
            _refer(sub, old, new, schemas)
    elif isinstance(node, dict):
        led = str(node.get("$ref", "")).replace(old, new)
        if led.removeprefix(PLACE) in schemas:
            node["$ref"] = led
        for sub in node.values():
            _refer(sub, old, new, schemas)


def _name_media(path: str, operation: dict[str, Any], *, is_get: bool) -> None:
    """Results that are no plain JSON: by the ending of the address."""
    for ending, media in MEDIA.items():
        if path.endswith(ending) and not (path.endswith("/locate") and is_get):
            operation["responses"] = {"200": {"description": "Result", "content": {media: {}}}}


def _complete_operation(method: str, operation: dict[str, Any]) -> None:
    statuses = COMMON if method == "get" else COMMON | WRITES
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, text in statuses.items():
        operation["responses"][status] = {"description": text, "content": content}
    if method != "get":
        operation["parameters"] = [*operation.get("parameters", []), *HEADERS]


def _describe() -> Response:
    return json_response(current_app.spec)  # type: ignore[attr-defined]


def _browse() -> str:
    return render_template("docs.html")
