"""Keys as screens and programs read of them: public halves only."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.bureaus.services import bureaus
from hub.db import utc_now
from hub.keys.models import KeyImport
from hub.keys.partners import imports_of, partner_key
from hub.keys.services import own_keys, public_key
from sharing.canonical import utc_text
from sharing.keyfile import set_fingerprint
from sharing.signing import PublicKey, Purpose

PURPOSES = {
    Purpose.PACKAGE.value: _l("数据包与证据包"),
    Purpose.RECEIPT.value: _l("回执"),
    Purpose.CHECKPOINT.value: _l("审计见证"),
    Purpose.RECORD.value: _l("现场笔录"),
}
STATES = {
    "current": (_l("在用"), "ok"),
    "future": (_l("未到启用时间"), "draft"),
    "ended": (_l("已停签，旧签名仍有效"), "neutral"),
    "revoked": (_l("已吊销"), "danger"),
}
IMPORTS = {
    "pending": (_l("待第二人核对"), "warn"),
    "confirmed": (_l("已核对"), "ok"),
    "withdrawn": (_l("已停用"), "neutral"),
}


def grouped(fingerprint: str) -> str:
    """Digits in fours, as people read them out."""
    return " ".join(fingerprint[i : i + 4] for i in range(0, len(fingerprint), 4))


def key_view(key: PublicKey, **more: Any) -> dict[str, Any]:
    """One public key."""
    return {
        "purpose": key.purpose.value,
        "fingerprint": key.fingerprint,
        "state": _state(key),
        "valid_from": utc_text(key.valid_from),
        "valid_to": utc_text(key.valid_to) if key.valid_to else None,
        "revoked_at": utc_text(key.revoked_at) if key.revoked_at else None,
    } | more


def _state(key: PublicKey) -> str:
    now = utc_now()
    if key.revoked_at is not None:
        return "revoked"
    if key.covers(now):
        return "current"
    return "future" if now < key.valid_from else "ended"


def import_view(row: KeyImport) -> dict[str, Any]:
    """One key file of a partner. Its fingerprint is not in it while it is to be compared."""
    pending = row.state == "pending"
    return {
        "id": row.id,
        "adcode": row.adcode,
        "name": row.name,
        "state": row.state,
        "fingerprint": None if pending else row.fingerprint,
        "imported_by": row.imported_by,
        "imported_by_name": row.imported_by_name,
        "imported_at": utc_text(row.imported_at),
        "answered_by_name": row.answered_by_name,
        "answered_at": utc_text(row.answered_at) if row.answered_at else None,
        "reason": row.reason,
        "keys": [] if pending else [key_view(partner_key(k, row.adcode)) for k in row.keys],
    }


def keys_view(session: Session, actor: Actor) -> dict[str, Any]:
    """The keys of the bureaus of this hub, and what the actor's bureau brought in."""
    sets = []
    for row in bureaus(session):
        rows = own_keys(session, row.id)
        keys = [public_key(key, row.adcode) for key in rows]
        if keys or row.id == actor.bureau_id:
            sets.append(
                {
                    "bureau_id": row.id,
                    "bureau_name": row.name,
                    "adcode": row.adcode,
                    "own": row.id == actor.bureau_id,
                    "fingerprint": set_fingerprint(row.adcode, keys) if keys else None,
                    "keys": [
                        key_view(key, id=stored.id, reason=stored.revoked_reason)
                        for key, stored in zip(keys, rows, strict=True)
                    ],
                }
            )
    imported = [import_view(row) for row in imports_of(session, actor.bureau_id)]
    return {"bureaus": sets, "imports": imported}
