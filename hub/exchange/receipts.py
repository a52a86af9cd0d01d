"""The receipt that comes back: signed by the receiver, loaded by the sender."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.changes import record_change
from hub.db import utc_now
from hub.errors import Conflict, field_error
from hub.exchange.building import KIND, OUT, tell_meeting
from hub.exchange.models import ExchangePackage, PackageState
from hub.exchange.words import reason
from hub.keys.partners import ring_of
from sharing.documents import read_document
from sharing.errors import SharingError
from sharing.signing import Purpose
from sharing.wire import moment, typed


def _check(body: dict[str, Any]) -> None:
    """That it says all that is printed of it; raises Malformed."""
    typed(typed(body, "receiver", dict), "name", str)
    typed(body, "imported_by", str)
    typed(body, "counts", dict)
    moment(body, "imported_at")


def load_receipt(session: Session, actor: Actor, data: bytes) -> ExchangePackage:
    """Check a partner's receipt and enter it with the package it is for; twice is once.

    Raises:
        Invalid: no receipt, or its signature does not hold; says why.
        Conflict: it is for no package of the actor's bureau, or for other content.
    """
    actor.require(Right.PACKAGE_BUILD)
    try:
        found = read_document(data, ring_of(session, actor.bureau_id), Purpose.RECEIPT, utc_now())
        _check(found.body)
    except SharingError as error:
        raise field_error(
            "receipt", _l("回执不能接受：%(reason)s。", reason=reason(error))
        ) from error
    row = session.scalars(
        select(ExchangePackage)
        .where(
            ExchangePackage.bureau_id == actor.bureau_id,
            ExchangePackage.direction == OUT,
            ExchangePackage.package_id == str(found.body.get("package")),
        )
        .with_for_update()
    ).one_or_none()
    if row is None or row.partner_adcode != found.key.adcode:
        raise Conflict(_l("本单位没有发出过这份回执所指的数据包。"))
    if row.digest != found.body.get("digest") or row.root != found.body.get("root"):
        raise Conflict(_l("回执所指的内容与发出的数据包不同，请向对方核实。"))
    if row.receipt is None:
        row.receipt, row.receipt_at = data.decode(), utc_now()
        row.state = PackageState.RECEIVED.value
        row.version += 1
        session.flush()
        detail = {"number": row.number, "counts": found.body.get("counts")}
        record_change(session, actor, kind=KIND, record_id=row.id, version=row.version,
                      verb="receipt", bureaus=[row.bureau_id], detail=detail)  # fmt: skip
        tell_meeting(session, actor, row)
    return row
