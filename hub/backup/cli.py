"""`flask --app hub backup|restore`: one archive of everything, and back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from hub.backup.checking import Checked, checked
from hub.backup.making import Source, make
from hub.backup.manifest import BackupRefused, Manifest
from hub.backup.restoring import occupied
from hub.backup.restoring import restore as put_back
from hub.backup.snapshots import Told
from hub.db import database
from hub.web.identity import settings

ARCHIVE = click.Path(dir_okay=False, path_type=Path)


def _source() -> Source:
    options = settings()
    version = str(current_app.version)  # type: ignore[attr-defined]
    return Source(database(), Path(options.data_dir), options.secret_key, version)


@contextmanager
def _told() -> Iterator[Told]:
    """How far it is, on a terminal; a refusal in words instead of a traceback."""
    shown = sys.stderr.isatty()
    last = ""

    def tell(what: str, done: int, total: int) -> None:
        nonlocal last
        text = f"{what}: {100 * done // max(total, 1)} %"
        if shown and text != last:
            last = text
            click.echo(f"\r{text:<20}", nl=done >= total, err=True)

    try:
        yield tell
    except BackupRefused as error:
        raise click.ClickException(str(error)) from error


def _say(manifest: Manifest) -> None:
    click.echo(f"as of {manifest.at}, {manifest.database}, schema {manifest.schema}, "
               f"release {manifest.hub_version}")  # fmt: skip
    size = sum(one.size for one in manifest.members.values())
    click.echo(f"{len(manifest.members) - 1} files beside the database, {size >> 20} MB in all")
    click.echo(f"audit root {manifest.audit_root}")
    for root in manifest.roots.values():
        click.echo(f"  {root.name}: {root.number} entries, {root.hash[:16]}")
    for member in manifest.damaged:
        click.echo(f"MISSING OR ALTERED before the backup: {member}")


def _say_checked(found: Checked) -> None:
    _say(found.manifest)
    key = "this hub's" if found.own_key else f"ANOTHER, {found.manifest.key_fingerprint}"
    click.echo(f"secret key: {key}")


def _check(file: Path) -> None:
    with _told() as tell, checked(file, settings().secret_key, tell) as found:
        _say_checked(found)
    click.echo(f"{file}: every byte is as it was written")


@click.command("backup")
@click.argument("file", type=ARCHIVE)
@click.option("--check", is_flag=True, help="verify an existing backup and write nothing")
@click.option("--allow-damaged", is_flag=True,
              help="go on where evidence is missing or altered; the manifest names it")  # fmt: skip
@with_appcontext
def backup(file: Path, check: bool, allow_damaged: bool) -> None:
    """Copy database, files and packages into one archive, while others work."""
    if check:
        _check(file)
        return
    with _told() as tell:
        made = make(_source(), file.absolute(), allow_damaged=allow_damaged, tell=tell)
    _say(made)
    click.echo(f"{file}: written")
    click.echo(f"To restore it HUB_SECRET_KEY is needed (fingerprint {made.key_fingerprint}); "
               "it is not in the file. Keep it elsewhere.")  # fmt: skip


@click.command("restore")
@click.argument("file", type=ARCHIVE)
@click.option("--check", is_flag=True, help="verify the backup and write nothing")
@click.option("--replace", is_flag=True, help="put it in place of what this hub holds")
@click.option("--yes", is_flag=True, help="do not ask before replacing")
@click.option("--other-key", is_flag=True,
              help="do without the backup's HUB_SECRET_KEY; what it sealed is lost")  # fmt: skip
@with_appcontext
def restore(file: Path, check: bool, replace: bool, yes: bool, other_key: bool) -> None:
    """Verify a backup and put it in place, all or nothing; the hub must not run."""
    if check:
        _check(file)
        return
    source = _source()
    with _told() as tell, checked(file, source.secret_key, tell) as found:
        _say_checked(found)
        if replace and not yes and occupied(source):
            click.confirm(f"Replace everything in {source.data_dir} and its database?", abort=True)
        done = put_back(source, found, replace=replace, other_key=other_key, tell=tell)
    if done.schema != done.manifest.schema:
        click.echo(f"schema: brought from {done.manifest.schema} to {done.schema}")
    click.echo("audit: every chain unbroken, roots as in the backup")
    click.echo(f"files: {done.files} sealed files restored, {done.removed} that no record names "
               "any more removed")  # fmt: skip
    click.echo(
        f"Restored as of {done.manifest.at}. Everybody signs in anew; clients load afresh. What "
        "was done since is not here: look through accounts, roles and access tokens that were "
        "taken away after that moment."
    )
