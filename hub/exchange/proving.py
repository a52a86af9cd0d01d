"""Checking a proof that somebody brings: which record was in which package, signed when by whom."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.db import utc_now
from hub.errors import field_error
from hub.exchange.models import ExchangePackage
from hub.exchange.shown import districts
from hub.exchange.views import record_view
from hub.exchange.words import reason
from hub.keys.partners import ring_of
from sharing.canonical import utc_text
from sharing.errors import SharingError
from sharing.proofs import check_proof


def proved(session: Session, actor: Actor, data: bytes) -> dict[str, Any]:
    """What a proof shows, checked from the signature down to the record.

    What dates it from the other side is the receipt or the import that this hub knows of.

    Raises:
        Forbidden: the actor does not exchange with partners.
        Invalid: it is none, or does not hold; says why.
    """
    actor.require(Right.PACKAGE_IMPORT)
    try:
        found = check_proof(data, ring_of(session, actor.bureau_id), utc_now())
    except SharingError as error:
        words = _l("证明不成立：%(reason)s。", reason=reason(error))
        raise field_error("proof", words) from error
    manifest = found.manifest
    known = session.scalar(
        select(ExchangePackage).where(
            ExchangePackage.bureau_id == actor.bureau_id,
            ExchangePackage.package_id == manifest.id,
            ExchangePackage.digest == found.signature.digest,
        )
    )
    return {
        "record": record_view(found.record, districts(session)),
        "sender": {"adcode": manifest.sender.adcode, "name": manifest.sender.name},
        "number": str(manifest.context.get("number", "")),
        "approved_by": str(manifest.context.get("approved_by", "")),
        "digest": found.signature.digest,
        "root": manifest.root,
        "signed_at": utc_text(found.signature.signed_at),
        "fingerprint": found.key.fingerprint,
        "package_id": known.id if known else None,
        "receipt_at": utc_text(known.receipt_at) if known and known.receipt_at else None,
    }
