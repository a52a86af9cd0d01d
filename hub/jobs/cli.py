"""`flask --app hub jobs ...`: for cron, for an operator, for tests."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from hub.db import database
from hub.jobs.runner import Runner

jobs_group = AppGroup("jobs", help="What happens because a date has come.")


@jobs_group.command("run-due")
def run_due() -> None:
    """Do everything that is due now, unless a worker of the hub is doing so."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    done = Runner(app, database()).run_due()
    for name, count in sorted(done.items()):
        click.echo(f"{name}: {count}")
    click.echo(f"jobs: {done.total()} done")
