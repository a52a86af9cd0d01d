"""Keys of partners whose hub is elsewhere: brought in by one person, checked by a second."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.bureaus.services import bureau
from hub.changes import record_act
from hub.db import utc_now
from hub.errors import Conflict, NotFound, field_error
from hub.keys.models import ImportState, KeyImport, PartnerKey, SigningKey
from hub.keys.services import public_keys
from sharing.errors import SharingError
from sharing.keyfile import KeyFile, read_keys
from sharing.signing import PublicKey, Purpose

KIND = "key_import"


def imports_of(session: Session, bureau_id: str) -> Sequence[KeyImport]:
    """What a bureau brought in, newest first."""
    return session.scalars(
        select(KeyImport).where(KeyImport.bureau_id == bureau_id).order_by(KeyImport.id.desc())
    ).all()


def import_keys(session: Session, actor: Actor, data: bytes) -> KeyImport:
    """Bring in a partner's key file; nothing in it is believed before a second person confirms.

    One thing is believed at once: that a key which is trusted already has been revoked.

    Raises:
        Invalid: no key file, or the own bureau's.
        Conflict: this very set is there already.
    """
    actor.require(Right.KEY_MANAGE)
    try:
        file = read_keys(data)
    except SharingError as error:
        raise field_error("key_file", _l("这不是完整的公钥文件，请向对方重新索取。")) from error
    if file.adcode == bureau(session, actor.bureau_id).adcode:
        raise field_error("key_file", _l("这是本单位自己的公钥文件。"))
    _believe_revocations(session, actor, file)
    for row in imports_of(session, actor.bureau_id):
        if row.fingerprint == file.fingerprint and row.state != ImportState.WITHDRAWN:
            if _news(row, file):
                return row
            raise Conflict(_l("这份公钥已经导入。"))
    return _enter_import(session, actor, file)


def _news(row: KeyImport, file: KeyFile) -> bool:
    """Whether the file, of the same keys, told of a revocation that was not known."""
    return any(key.revoked_at for key in file.keys) and row.state == ImportState.CONFIRMED


def _enter_import(session: Session, actor: Actor, file: KeyFile) -> KeyImport:
    row = KeyImport(
        bureau_id=actor.bureau_id,
        adcode=file.adcode,
        name=file.name[:200],
        fingerprint=file.fingerprint,
        state=ImportState.PENDING.value,
        imported_by=actor.user_id,
        imported_by_name=actor.name,
        imported_at=utc_now(),
    )
    row.keys = [
        PartnerKey(
            purpose=key.purpose.value,
            fingerprint=key.fingerprint,
            public_key=key.raw.hex(),
            valid_from=key.valid_from,
            valid_to=key.valid_to,
            revoked_at=key.revoked_at,
        )
        for key in file.keys
    ]
    session.add(row)
    session.flush()
    _enter(session, actor, "created", row)
    return row


def _believe_revocations(session: Session, actor: Actor, file: KeyFile) -> None:
    revoked = {key.fingerprint: key.revoked_at for key in file.keys if key.revoked_at}
    for row in imports_of(session, actor.bureau_id):
        for key in row.keys:
            if row.adcode == file.adcode and key.fingerprint in revoked and not key.revoked_at:
                key.revoked_at = revoked[key.fingerprint]
                _enter(session, actor, "revoked", row)


def _own_import(session: Session, actor: Actor, import_id: str) -> KeyImport:
    row = session.get(KeyImport, import_id, with_for_update=True)
    if row is None or row.bureau_id != actor.bureau_id:
        raise NotFound
    return row


def confirm(session: Session, actor: Actor, import_id: str, fingerprint: str) -> KeyImport:
    """A second person types the fingerprint that the partner told him, by phone or on paper.

    Raises:
        Conflict: the same person, or no longer pending.
        Invalid: the fingerprint is another.
    """
    actor.require(Right.KEY_CONFIRM)
    row = _own_import(session, actor, import_id)
    if row.state != ImportState.PENDING:
        raise Conflict(_l("这份公钥已经有人核对过。"))
    if row.imported_by == actor.user_id:
        raise Conflict(_l("导入人不能核对自己导入的公钥，请由另一人核对。"))
    if "".join(fingerprint.split()).lower() != row.fingerprint:
        raise field_error("fingerprint", _l("与文件的指纹不符。请向对方核实，切勿抄录本页所示。"))
    row.state = ImportState.CONFIRMED.value
    row.answered_by_name, row.answered_at = actor.name, utc_now()
    session.flush()
    _enter(session, actor, "confirmed", row)
    return row


def withdraw(session: Session, actor: Actor, import_id: str, reason: str) -> KeyImport:
    """Refuse a pending import, or trust a confirmed one no longer.

    Raises:
        Conflict: withdrawn already.
    """
    actor.require(Right.KEY_CONFIRM)
    row = _own_import(session, actor, import_id)
    if row.state == ImportState.WITHDRAWN:
        raise Conflict(_l("这份公钥已经停用。"))
    row.state, row.reason = ImportState.WITHDRAWN.value, reason
    row.answered_by_name, row.answered_at = actor.name, utc_now()
    session.flush()
    _enter(session, actor, "withdrawn", row)
    return row


def _enter(session: Session, actor: Actor, verb: str, row: KeyImport) -> None:
    detail = {"adcode": row.adcode, "name": row.name, "fingerprint": row.fingerprint}
    record_act(session, actor, action=f"{KIND}.{verb}", kind=KIND, record_id=row.id, detail=detail)


def ring_of(session: Session, bureau_id: str) -> list[PublicKey]:
    """Every key that a bureau believes: those of the bureaus of this hub, and what it confirmed."""
    here = session.scalars(select(SigningKey.bureau_id).distinct()).all()
    ring = [key for one in here for key in public_keys(session, one)]
    for row in imports_of(session, bureau_id):
        if row.state == ImportState.CONFIRMED:
            ring += [partner_key(key, row.adcode) for key in row.keys]
    return ring


def partner_key(row: PartnerKey, adcode: str) -> PublicKey:
    """A row as sharing works with it."""
    return PublicKey(
        adcode,
        Purpose(row.purpose),
        bytes.fromhex(row.public_key),
        row.valid_from,
        row.valid_to,
        row.revoked_at,
    )
