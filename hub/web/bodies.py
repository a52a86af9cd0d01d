"""Bodies of requests: which may be larger than the rest, and what becomes of one nobody read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from flask import Flask, current_app, request
from werkzeug.wsgi import ClosingIterator

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PIECE = 1 << 20
# Where packages come in (hub/exchange/import_api.py).
LARGE = frozenset({"package_import_api.check", "package_import_api.import_package"})


def allow_large() -> None:
    """Let a package be as large as its setting says; before anything looks into the form."""
    if request.endpoint in LARGE:
        # And what stands around it in the form.
        request.max_content_length = (current_app.config["PACKAGE_MB"] + 1) * PIECE


class Drained:
    """Reads what a view left of a body, in large pieces, so that the next request begins after it.

    The server would do so by the kilobyte, each time copying the megabyte that it holds: twenty
    megabytes sent to any address, by anybody, kept a worker from its work for seconds.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as the application does."""
        answer = self.app(environ, start_response)
        if not environ.get("CONTENT_LENGTH") and not environ.get("HTTP_TRANSFER_ENCODING"):
            return answer
        body = cast(BinaryIO, environ["wsgi.input"])
        return ClosingIterator(answer, lambda: _drain(body))


def _drain(body: Any) -> None:
    try:
        while body.read(PIECE):
            pass
    except (OSError, ValueError):
        return  # the line broke, or the body was none: the server ends the connection


def install(app: Flask) -> None:
    """Wire both."""
    app.before_request(allow_large)
    app.wsgi_app = Drained(app.wsgi_app)  # type: ignore[method-assign]
