"""The signed cookie of pages: Flask's own, with a signer that is made once.

Flask makes a signer for each request and for each event of a socket, which took a tenth of the time
of storing one position.
"""

from __future__ import annotations

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer


class PageSessions(SecureCookieSessionInterface):
    """Flask's session interface for one application."""

    def __init__(self) -> None:
        self._made: tuple[object, URLSafeTimedSerializer | None] = (None, None)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The signer for the application's key; None without a key."""
        key, signer = self._made
        if signer is None or key != app.secret_key:
            signer = super().get_signing_serializer(app)
            self._made = app.secret_key, signer
        return signer
