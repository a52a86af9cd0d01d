"""`flask --app hub inspections verify`: a sealed record checked without database or network."""

from __future__ import annotations

import hashlib
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from hub.exchange.verify_cli import key_ring
from hub.exchange.words import printable, reason
from sharing.errors import SharingError
from sharing.sealed_records import Verified, verify_sealed
from sharing.signing import PublicKey

inspections_group = AppGroup("inspections", help="Records of inspections on the spot.")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@inspections_group.command("verify")
@click.argument("file", type=_FILE)
@click.option("--key", "-k", "keys", multiple=True, required=True, type=_FILE,
              help="public key file of the bureau that leads")  # fmt: skip
@click.option("--with", "-w", "papers", multiple=True, type=_FILE,
              help="a Word, PDF or photo that should be one of those sealed")  # fmt: skip
def verify(file: Path, keys: tuple[Path, ...], papers: tuple[Path, ...]) -> None:
    """Check a sealed record as exported (seal file): its hash, who signed it, its papers."""
    ring = key_ring(keys)
    try:
        found = verify_sealed(file.read_bytes(), ring, datetime.now(UTC))
    except SharingError as error:
        click.echo(f"REFUSED {error.code}: {reason(error)}")
        if error.code == "signer_unknown":
            _advise(error, ring)
        sys.exit(1)
    faults = [*_faults(found), *_strangers(found, papers)]
    if faults:
        click.echo("\n".join(f"REFUSED {one}" for one in faults))
        sys.exit(1)
    _tell(found, papers)


def _advise(error: SharingError, ring: list[PublicKey]) -> None:
    """What somebody does who has no key of the signer: nothing is proved, nothing disproved."""
    click.echo(
        _(
            "文件自称由行政区划代码%(adcode)s的单位签名，尚未证实，也不说明内容被改动。"
            "请向该单位索取公钥文件，并当面或电话核对指纹。",
            adcode=printable(error.params["adcode"]),
        )
    )
    for key in ring:
        click.echo(f"key given:  {key.adcode} {key.fingerprint}")


def _faults(found: Verified) -> list[str]:
    record = found.record
    wrong = [] if record.text_holds else [str(_("内容与封存时的SHA-256不一致"))]
    return wrong + [str(_("%(name)s签的不是这份内容", name=name)) for name in record.others_signed]


def _strangers(found: Verified, papers: tuple[Path, ...]) -> list[str]:
    return [
        str(_("%(name)s不是封存的文件，或已被改动", name=path.name))
        for path in papers
        if _digest(path) not in found.record.files
    ]


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _tell(found: Verified, papers: tuple[Path, ...]) -> None:
    body = found.record.body
    click.echo(f"OK inspection record {body['text']['number']}")
    click.echo(f"bureau:     {body['text']['bureau']}")
    click.echo(f"sealed:     {body['sealed_at']} by {body['sealed_by']}")
    click.echo(f"signed by:  {', '.join(one['name'] for one in body['signatures'])}")
    click.echo(f"key:        {found.key.fingerprint}")
    click.echo(f"hash:       {found.record.digest}")
    given = {_digest(path) for path in papers}
    for sha256, name in found.record.files.items():
        click.echo(f"{'file OK:   ' if sha256 in given else 'sealed:    '} {sha256} {name}")
