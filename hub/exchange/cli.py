"""`flask --app hub package export|import`: for disks larger than the page takes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.access import make_actor
from hub.accounts.models import User
from hub.db import read_only, unit_of_work, utc_now
from hub.errors import HubError
from hub.exchange import building, importing, judging, sealing, views
from hub.exchange.incoming import trust
from hub.exchange.judging import Report
from hub.exchange.models import ExchangePackage
from hub.exchange.opening import opened
from hub.exchange.telling import Bars
from hub.exchange.verify_cli import DISK_MB, package_group, tree_of
from hub.exchange.words import reason
from hub.files.store import FileStore
from hub.web.identity import settings
from sharing.errors import SharingError
from sharing.trees import chunks

__all__ = ["package_group"]


def _folder(name: str) -> Path:
    return Path(settings().data_dir) / name


def _actor(session: Session, username: str) -> Actor:
    user = session.scalar(select(User).where(User.username == username, User.active.is_(True)))
    if user is None:
        raise click.ClickException(f"no active person has the user name {username!r}")
    return make_actor(user)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except HubError as error:
        raise click.ClickException(str(error.detail)) from error
    except SharingError as error:
        raise click.ClickException(f"{error.code}: {reason(error)}") from error


@package_group.command("export")
@click.argument("number")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--user", "username", required=True, help="who takes it (liaison or official)")
def export(number: str, target: Path, username: str) -> None:
    """Copy a sealed package to a disk; who took it is entered."""
    with _told(), unit_of_work() as session:
        actor = _actor(session, username)
        wanted = select(ExchangePackage.id).where(
            ExchangePackage.bureau_id == actor.bureau_id,
            ExchangePackage.direction == building.OUT,
            ExchangePackage.number == number,
        )
        row_id = session.scalar(wanted)
        if row_id is None:
            raise click.ClickException(f"no package has the number {number!r}")
        row = building.hand_out(session, actor, row_id)
        _copy(sealing.open_file(_folder("packages"), row), target)
        click.echo(f"{target}: {row.digest}")


def _copy(source: Path, target: Path) -> None:
    with (
        source.open("rb") as stream,
        target.open("wb") as disk,
        Bars().step("copy", source.stat().st_size) as told,
    ):
        for piece in chunks(stream):
            disk.write(piece)
            told(disk.tell())
        disk.flush()
        # A disk that is pulled out right after must have it.
        os.fsync(disk.fileno())


@package_group.command("import")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--user", "username", required=True, help="who imports it (liaison or official)")
@click.option("--dry-run", is_flag=True, help="tell what would happen, write nothing")
@click.option("--receipt", type=click.Path(path_type=Path), help="write the signed receipt here")
@click.option("--max-mb", default=DISK_MB, show_default=True, help="unpacked size at most")
def import_file(
    file: Path, username: str, dry_run: bool, receipt: Path | None, max_mb: int
) -> None:
    """Verify a package and take it over completely, or not at all."""
    with _told(), tree_of(file, max_mb) as tree:
        with read_only() as session:
            actor = _actor(session, username)
            keys, adcode = trust(session, actor)
            package = opened(tree, keys, Bars(), now=utc_now(), recipient=adcode)
            report = judging.dry_run(session, actor, package, Bars())
            told = views.report_view(report)
        click.echo(json.dumps(told["counts"]))
        for item in told["items"]:
            if item["outcome"] == "refused":
                click.echo(f"refused {item['kind']} {item['id']}: {item['text']}")
        if not dry_run:
            _take_over(actor, report, receipt)


def _take_over(actor: Actor, report: Report, receipt: Path | None) -> None:
    package = report.package
    kept: dict[str, str] = {}
    if report.before is None and not report.refused:
        kept = importing.store_files(FileStore(_folder("files")), package, Bars())
    with unit_of_work() as session:
        row = importing.import_package(
            session, actor, package, kept, settings().secret_key, telling=Bars()
        )
    click.echo(f"{row.number}: imported, {row.digest}")
    if receipt is not None and row.receipt is not None:
        receipt.write_text(row.receipt, encoding="utf-8")
