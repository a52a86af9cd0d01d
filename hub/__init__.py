"""The hub: the Flask application, and the only package that knows Flask."""

from hub.app import create_app

__all__ = ["create_app"]
