"""A bureau's own keys: made, replaced, revoked, and used to sign."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.bureaus.services import bureau
from hub.changes import record_act
from hub.db import utc_now
from hub.errors import Conflict, NotFound
from hub.keys.models import SigningKey
from sharing.errors import KeyUnreadable
from sharing.keyfile import write_keys
from sharing.signing import PrivateKey, PublicKey, Purpose, new_key, seal, unseal

KIND = "signing_key"
# Keys are replaced every two years unless somebody does it earlier.
LIFE = timedelta(days=730)


def public_key(row: SigningKey, adcode: str) -> PublicKey:
    """A row as sharing works with it."""
    return PublicKey(
        adcode,
        Purpose(row.purpose),
        bytes.fromhex(row.public_key),
        row.valid_from,
        row.valid_to,
        row.revoked_at,
    )


def own_keys(session: Session, bureau_id: str) -> Sequence[SigningKey]:
    """All keys that a bureau of this hub ever had, newest first."""
    return session.scalars(
        select(SigningKey).where(SigningKey.bureau_id == bureau_id).order_by(SigningKey.id.desc())
    ).all()


def public_keys(session: Session, bureau_id: str) -> list[PublicKey]:
    """Their public halves."""
    adcode = bureau(session, bureau_id).adcode
    return [public_key(row, adcode) for row in own_keys(session, bureau_id)]


def key_file(session: Session, bureau_id: str) -> tuple[str, bytes]:
    """The public keys of a bureau of this hub as a file: its name and its bytes.

    Raises:
        NotFound: no such bureau, or it has no keys here.
    """
    row = bureau(session, bureau_id)
    keys = public_keys(session, bureau_id)
    if not keys:
        raise NotFound
    return f"{row.code}-keys.json", write_keys(row.adcode, row.name, keys)


def rotate(session: Session, actor: Actor, purpose: Purpose, secret: str) -> SigningKey:
    """Make a key of the actor's bureau; the one before signs no more, what it signed stays good.

    Args:
        secret: the hub's secret key, from which the key that seals is derived.

    Raises:
        Forbidden: the actor is no security administrator.
    """
    actor.require(Right.KEY_MANAGE)
    return make_key(session, actor, actor.bureau_id, purpose, secret)


def make_key(
    session: Session, actor: Actor, bureau_id: str, purpose: Purpose, secret: str
) -> SigningKey:
    """`rotate` for a bureau that the caller has checked."""
    owner = bureau(session, bureau_id)
    now = utc_now()
    for row in _current(session, bureau_id, purpose, now):
        row.valid_to = now
    made = new_key(owner.adcode, purpose, now, now + LIFE)
    row = SigningKey(
        bureau_id=bureau_id,
        purpose=purpose.value,
        fingerprint=made.public.fingerprint,
        public_key=made.public.raw.hex(),
        sealed=seal(made, secret),
        valid_from=made.public.valid_from,
        valid_to=made.public.valid_to,
        created_by_name=actor.name,
        created_at=now,
    )
    session.add(row)
    session.flush()
    _enter(session, actor, "rotated", row)
    return row


def _current(
    session: Session, bureau_id: str, purpose: Purpose, at: datetime
) -> Sequence[SigningKey]:
    return session.scalars(
        select(SigningKey)
        .where(
            SigningKey.bureau_id == bureau_id,
            SigningKey.purpose == purpose.value,
            SigningKey.revoked_at.is_(None),
            SigningKey.valid_from <= at,
            SigningKey.valid_to > at,
        )
        .order_by(SigningKey.id.desc())
    ).all()


def revoke(session: Session, actor: Actor, key_id: str, reason: str) -> SigningKey:
    """Declare a key of the actor's bureau lost: nothing that it ever signed is believed again.

    Raises:
        NotFound: not a key of the actor's bureau.
        Conflict: revoked already.
    """
    actor.require(Right.KEY_MANAGE)
    row = session.get(SigningKey, key_id, with_for_update=True)
    if row is None or row.bureau_id != actor.bureau_id:
        raise NotFound
    if row.revoked_at is not None:
        raise Conflict(_l("此密钥已经吊销。"))
    row.revoked_at, row.revoked_reason = utc_now(), reason
    session.flush()
    _enter(session, actor, "revoked", row)
    return row


def _enter(session: Session, actor: Actor, verb: str, row: SigningKey) -> None:
    detail = {"purpose": row.purpose, "fingerprint": row.fingerprint}
    record_act(session, actor, action=f"{KIND}.{verb}", kind=KIND, record_id=row.id,
               chains=[row.bureau_id], detail=detail)  # fmt: skip


def can_sign(session: Session, bureau_id: str, purpose: Purpose) -> bool:
    """Whether a bureau of this hub has a key for a purpose at this moment."""
    return bool(_current(session, bureau_id, purpose, utc_now()))


def signing_key(session: Session, bureau_id: str, purpose: Purpose, secret: str) -> PrivateKey:
    """The key with which a bureau signs now.

    Raises:
        Conflict: it has none, or the hub's secret is another than when it was made.
    """
    rows = _current(session, bureau_id, purpose, utc_now())
    if not rows:
        raise Conflict(_l("本单位没有此用途的有效签名密钥，请安全管理员在“密钥”页生成。"))
    try:
        return unseal(
            public_key(rows[0], bureau(session, bureau_id).adcode), rows[0].sealed, secret
        )
    except KeyUnreadable as error:
        raise Conflict(_l("签名密钥无法打开：系统密钥已更换。请安全管理员重新生成。")) from error
