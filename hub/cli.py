"""The `flask --app hub ...` commands: parse, call a service, print."""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import migrations
from hub.access import Role
from hub.accounts import passwords
from hub.accounts import services as accounts
from hub.accounts.models import User
from hub.backup.cli import backup, restore
from hub.bureaus.cli import boundaries_group
from hub.bureaus.registry import bureau_of_code
from hub.bureaus.registry_cli import bureau_group
from hub.bureaus.services import bureaus
from hub.changes import SYSTEM
from hub.config import ROOT, Settings
from hub.db import database, read_only, unit_of_work, utc_now
from hub.demo import build as demo_data
from hub.demo.people import PASSWORD, demo_accounts
from hub.errors import HubError, NotFound
from hub.exchange.cli import package_group
from hub.exchange.received import received_digests
from hub.exchange.verify_cli import key_ring
from hub.exchange.words import reason
from hub.files import services as files
from hub.files.store import FileStore
from hub.inspections.verify_cli import inspections_group
from hub.jobs.cli import jobs_group
from hub.keys.services import public_keys as keys_of
from hub.search.indexing import is_missing, rebuild
from hub.web.identity import settings
from hub.zones.cli import zone_group
from sharing import ledger, verification
from sharing.errors import SharingError
from sharing.witness import read_witness

db_group = AppGroup("db", help="The database's schema.")
user_group = AppGroup("user", help="People.")
token_group = AppGroup("token", help="Personal access tokens.")
search_group = AppGroup("search", help="The search index.")
audit_group = AppGroup("audit", help="The audit trail.")


@db_group.command("upgrade")
def db_upgrade() -> None:
    """Bring the schema to the newest revision."""
    migrations.upgrade(database())
    click.echo("schema: up to date")
    with unit_of_work() as session:
        if is_missing(session):
            click.echo(f"search: {rebuild(session)} records indexed")


@search_group.command("rebuild")
def search_rebuild() -> None:
    """Index every record anew (readers wait for nothing; writers wait until it is done)."""
    with unit_of_work() as session:
        click.echo(f"search: {rebuild(session)} records indexed")


@db_group.command("revision")
@click.argument("message")
def db_revision(message: str) -> None:
    """Write a migration from the difference between tables and models."""
    migrations.revision(database(), message)


@db_group.command("check")
def db_check() -> None:
    """Fail if the schema and the models differ."""
    differences = migrations.drift(database())
    for difference in differences:
        click.echo(repr(difference))
    sys.exit(1 if differences else 0)


@click.command("demo")
@click.option("--if-empty", is_flag=True, help="Do nothing when bureaus exist already.")
def demo(if_empty: bool) -> None:
    """Fill an empty hub with demo data and print the accounts (demo mode only)."""
    options = settings()
    if not options.demo:
        raise click.ClickException("demo data need HUB_DEMO=1")
    with unit_of_work() as session:
        if demo_data.is_empty(session):
            demo_data.build(session, Path(options.boundary_file))
        elif not if_empty:
            raise click.ClickException("the hub is not empty; nothing was changed")
    with read_only() as session:
        click.echo(f"demo accounts (password {PASSWORD}):")
        for username, name, bureau in demo_accounts(session):
            click.echo(f"  {username:<22} {bureau} {name}")


@user_group.command("create")
@click.option("--username", required=True)
@click.option("--name", required=True)
@click.option("--bureau", "bureau_code", required=True, help="code of the bureau")
@click.option("--role", "roles", multiple=True, type=click.Choice([r.value for r in Role]))
@click.option("--license-no", default=None)
@click.option("--clearance", default=2, type=click.IntRange(1, 4))
@click.password_option()
def user_create(
    username: str,
    name: str,
    bureau_code: str,
    roles: tuple[str, ...],
    license_no: str | None,
    clearance: int,
    password: str,
) -> None:
    """Add a person with his roles."""
    try:
        with unit_of_work() as session:
            accounts.create_user(
                session,
                SYSTEM,
                bureau=bureau_of_code(session, bureau_code),
                username=username,
                name=name,
                password=password,
                roles=[Role(role) for role in roles],
                clearance=clearance,
                license_no=license_no,
            )
    except NotFound as error:
        raise click.ClickException(f"no bureau has the code {bureau_code!r}") from error
    except HubError as error:
        raise click.ClickException(str(error.detail)) from error
    click.echo(f"created {username}")


@user_group.command("sign-in-code")
@click.option("--user", "username", required=True)
@click.option("--release-totp", is_flag=True, help="release the authenticator too")
def user_sign_in_code(username: str, release_totp: bool) -> None:
    """Print a code by which a person signs in once and sets a password; all his access ends."""
    with unit_of_work() as session:
        user = _user(session, username)
        code = passwords.give_whole_code(session, SYSTEM, user, release_totp=release_totp)
    click.echo(code)


def _user(session: Session, username: str) -> User:
    user = session.scalar(select(User).where(User.username == username))
    if user is None:
        raise click.ClickException(f"no person has the user name {username!r}")
    return user


@token_group.command("create")
@click.option("--user", "username", required=True)
@click.option("--name", default="command line")
@click.option("--read-only", "reads", is_flag=True, help="no writing")
def token_create(username: str, name: str, reads: bool) -> None:
    """Make an access token and print it once."""
    with unit_of_work() as session:
        user = _user(session, username)
        scopes = ["read"] if reads else ["read", "write"]
        _row, raw = accounts.create_token(session, SYSTEM, user, name=name, scopes=scopes)
    click.echo(raw)


def witnessed(
    files: tuple[Path, ...], key_files: tuple[Path, ...]
) -> list[verification.Checkpoint]:
    """The checkpoints in files that partners kept, whose signatures hold."""
    with read_only() as session:
        here = [key for row in bureaus(session) for key in keys_of(session, row.id)]
    ring = key_ring(key_files) or here
    points: list[verification.Checkpoint] = []
    for path in files:
        try:
            points += read_witness(path.read_bytes(), ring, utc_now()).checkpoints
        except SharingError as error:
            raise click.ClickException(f"{path}: {reason(error)}") from error
    return points


@audit_group.command("verify")
@click.option("--chain", default=None, help="id of a bureau; all chains without it")
@click.option("--witness", "witnesses", multiple=True, help="signed checkpoint that a partner kept",
              type=click.Path(exists=True, dir_okay=False, path_type=Path))  # fmt: skip
@click.option("--key", "-k", "keys", multiple=True, help="public key file; this hub's own without",
              type=click.Path(exists=True, dir_okay=False, path_type=Path))  # fmt: skip
def audit_verify(chain: str | None, witnesses: tuple[Path, ...], keys: tuple[Path, ...]) -> None:
    """Check the hash chains; names the first broken entry and fails.

    With --witness also whether they still hold what a partner keeps: whoever restored an old
    database, cut the end or wrote history anew cannot have changed the partner's copy.
    """
    broken = 0
    points = witnessed(witnesses, keys)
    with read_only() as session:
        names = {row.id: row.short_name for row in bureaus(session)}
        known = {*ledger.chains(session), *(point.chain for point in points)}
        for name in [chain] if chain else sorted(known):
            report = verification.verify(session, name, witnessed=points)
            label = names.get(name, name)
            if report.ok:
                click.echo(f"{label}: {report.entries} entries, unbroken")
            else:
                broken += 1
                click.echo(f"{label}: BROKEN at entry {report.first_broken}: {report.what}")
        for point in points:
            click.echo(f"witness: {names.get(point.chain, point.chain)} at entry {point.number}")
    sys.exit(1 if broken else 0)


files_group = AppGroup("files", help="Stored files.")


@files_group.command("sweep")
@click.option("--hours", default=1.0, type=click.FloatRange(0), help="spare what is younger")
def files_sweep(hours: float) -> None:
    """Remove files that no record names (an upload that was cut off leaves one)."""
    store = FileStore(Path(settings().data_dir) / "files")
    with read_only() as session:
        named = files.referenced(session) | received_digests(session)
    removed = store.sweep(named, hours * 3600)
    click.echo(f"files: {removed} removed")


@files_group.command("verify")
def files_verify() -> None:
    """Check every file against its seal; names those that are missing or altered and fails."""
    store = FileStore(Path(settings().data_dir) / "files")
    checked, broken = 0, 0
    with read_only() as session:
        for row, sealed in files.verify(session, store):
            checked += 1
            if not sealed:
                broken += 1
                click.echo(f"{row.id} {row.name}: MISSING OR ALTERED, sealed as {row.sha256}")
    click.echo(f"files: {checked} checked, {broken} broken")
    sys.exit(1 if broken else 0)


docs_group = AppGroup("docs", help="Documents made from the program itself.")


@docs_group.command("settings")
def docs_settings() -> None:
    """Print docs/settings.md."""
    click.echo(
        "# Settings\n\nEvery option is an environment variable; this page is made by `make docs`.\n"
    )
    click.echo("| variable | default | meaning |\n| --- | --- | --- |")
    for item in fields(Settings):
        default = str(item.default).replace(f"{ROOT}/", "")
        shown = f"`{default}`" if default else "none"
        click.echo(f"| `{item.metadata['env']}` | {shown} | {item.metadata['text']} |")


def install(app: Flask) -> None:
    """Register the commands."""
    for group in (
        boundaries_group,
        bureau_group,
        files_group,
        jobs_group,
        docs_group,
        db_group,
        user_group,
        token_group,
        audit_group,
        search_group,
        zone_group,
        package_group,
        inspections_group,
        demo,
        backup,
        restore,
    ):
        app.cli.add_command(group)
    app.extensions["hub.demo_password"] = PASSWORD
