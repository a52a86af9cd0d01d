"""The hub: the Flask application, and the only package that knows Flask."""

from __future__ import annotations

import sys

import click
from flask import Flask

from hub.offline import is_offline, offline_app

# Who only verifies a file has few of the packages that a hub stands on.
if not is_offline(sys.argv):
    from hub import app
    from hub.config import Settings, SettingsError

__all__ = ["create_app"]


def create_app(settings: Settings | None = None) -> Flask:
    """The application for these settings; a bare one for commands that need none.

    Raises:
        ClickException: the environment's settings cannot be used; a command says so in one line.
    """
    if settings is None and is_offline(sys.argv):
        return offline_app()
    try:
        return app.create_app(settings or Settings.from_env())
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
