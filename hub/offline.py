"""Commands that check signed files anywhere: no settings, no secret, no database, no network."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from flask import Flask
from flask_babel import Babel

from hub.exchange.verify_cli import package_group
from hub.inspections.verify_cli import inspections_group

# Named so that they are known before anything of a hub is opened.
COMMANDS = (("package", "verify"), ("package", "verify-proof"), ("inspections", "verify"))
CATALOGUES = Path(__file__).resolve().parent / "translations"


def is_offline(argv: Sequence[str]) -> bool:
    """Whether a command line asks for one of these commands."""
    return any(pair in COMMANDS for pair in pairwise(argv))


def offline_app() -> Flask:
    """An application that knows these commands and the languages, and nothing else."""
    app = Flask("hub")
    locale = os.environ.get("HUB_LOCALE") or "zh"
    Babel(app, default_locale=locale, default_translation_directories=str(CATALOGUES))
    app.cli.add_command(package_group)
    app.cli.add_command(inspections_group)
    return app
