"""The API's description: OpenAPI 3.1 at /openapi.json, browsable at /docs from local files."""

from __future__ import annotations

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
    app.add_url_rule("/openapi.json", "openapi_json", _describe)
    app.add_url_rule("/docs", "api_docs", _browse)


def _describe() -> Response:
    return json_response(current_app.spec)  # type: ignore[attr-defined]


def _browse() -> str:
    return render_template("docs.html")
