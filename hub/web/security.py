"""Headers, content security policy, CSRF: what answers carry and cookie writes prove."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError, CSRFProtect

from hub.config import Settings
from hub.errors import Forbidden

csrf = CSRFProtect()
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def csp_nonce() -> str:
    """The nonce of this answer's own scripts and styles."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _policy(settings: Settings) -> str:
    nonce = f"'nonce-{csp_nonce()}'"
    images = "'self' data: blob:"
    if settings.basemap_url:
        images += " " + settings.basemap_url.split("/{", 1)[0].split("?", 1)[0]
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' {nonce}",
            f"style-src 'self' {nonce}",
            f"img-src {images}",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "frame-src 'self'",
            "frame-ancestors 'self'",
            "base-uri 'none'",
            "form-action 'self'",
        ]
    )


def install(app: Flask, settings: Settings) -> None:
    """Wire CSRF for cookie writes and the headers for every answer."""
    csrf.init_app(app)

    @app.before_request
    def prove_intent() -> None:
        # A bearer token is sent on purpose; a cookie is sent by whatever page is open.
        if request.method in SAFE or request.headers.get("Authorization"):
            return
        try:
            csrf.protect()
        except CSRFError as error:
            raise Forbidden(_l("页面已过期，请刷新后重试。")) from error

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", _policy(settings))
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(self), microphone=()")
        # What may be kept says so itself (assets, the base map); no cache keeps anything else.
        headers.setdefault("Cache-Control", "no-store")
        if settings.secure_cookies:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response
