"""`flask --app hub bureau ...`: the bureaus that work in this hub."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from flask.cli import AppGroup

from hub.bureaus.registry import BureauTexts, add_bureau, change_bureau
from hub.bureaus.services import bureaus
from hub.changes import SYSTEM
from hub.db import read_only, unit_of_work
from hub.errors import Invalid, NotFound

bureau_group = AppGroup("bureau", help="The bureaus that work in this hub.")

Command = Callable[..., None]


def _texts(*, required: bool) -> Callable[[Command], Command]:
    """The options that say how a bureau is called."""
    options = [
        click.option("--name", required=required, help="in full, in Chinese"),
        click.option("--name-en", required=required, help="in full, in English"),
        click.option("--short-name", required=required, help="on maps and badges, in Chinese"),
        click.option("--short-name-en", required=required, help="the same in English"),
        click.option("--duty-phone", default=None, help="whom to ask, shown to partners"),
    ]

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


@bureau_group.command("add")
@click.argument("code")
@click.option("--adcode", required=True, help="GB/T 2260 code of its jurisdiction, e.g. 330502")
@_texts(required=True)
def bureau_add(code: str, adcode: str, **texts: str | None) -> None:
    """Enter a bureau under CODE, its name in commands and numbers (e.g. wuxing). CODE stays."""
    given = BureauTexts(**{name: text or "" for name, text in texts.items()})
    with _refusals(), unit_of_work() as session:
        add_bureau(session, SYSTEM, code=code, adcode=adcode, texts=given)
    click.echo(f"added {code}")


@bureau_group.command("change")
@click.argument("code")
@_texts(required=False)
def bureau_change(code: str, **texts: str | None) -> None:
    """Call the bureau CODE otherwise; what is not given stays."""
    given = {name: text for name, text in texts.items() if text is not None}
    if not given:
        raise click.UsageError("nothing to change is given")
    try:
        with _refusals(), unit_of_work() as session:
            change_bureau(session, SYSTEM, code, given)
    except NotFound as error:
        raise click.ClickException(f"no bureau has the code {code!r}") from error
    click.echo(f"changed {code}")


@bureau_group.command("list")
def bureau_list() -> None:
    """Codes, jurisdictions and names of all bureaus."""
    with read_only() as session:
        for row in bureaus(session):
            click.echo(f"{row.code:<20} {row.adcode} {row.name} ({row.name_en})")


@contextmanager
def _refusals() -> Iterator[None]:
    """Tell which option is wrong and what would be right."""
    try:
        yield
    except Invalid as error:
        told = [f"{one.field}: {one.message}" for one in error.errors]
        raise click.ClickException("; ".join(told) or str(error.detail)) from error
