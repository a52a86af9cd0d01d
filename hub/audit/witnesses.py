"""Checkpoints exchanged between bureaus: each keeps where the others' chains stood.

A chain that is cut, or written anew from some entry on, no longer holds what a partner kept
(`sharing.ledger`). The partner's copy is a file signed by the very bureau whose chain it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.audit.models import KeptWitness
from hub.bureaus.services import bureau, on_behalf_of
from hub.changes import record_act
from hub.db import utc_now
from hub.errors import NotFound, field_error
from hub.exchange.words import reason
from hub.keys.partners import ring_of
from hub.keys.services import signing_key
from sharing import ledger
from sharing.errors import SharingError
from sharing.signing import Purpose
from sharing.witness import read_witness, write_witness

KIND = "witness"


def issue(session: Session, actor: Actor, secret: str) -> bytes:
    """Sign where the chain of the actor's bureau stands now, for partners to keep.

    Raises:
        Forbidden: the actor neither audits nor is official.
        Conflict: the bureau has no key for it.
    """
    if not actor.may(Right.AUDIT_READ):
        actor.require(Right.PACKAGE_APPROVE)
    return _issue(session, actor, secret)


def _issue(session: Session, actor: Actor, secret: str) -> bytes:
    key = signing_key(session, actor.bureau_id, Purpose.CHECKPOINT, secret)
    point = ledger.checkpoint(session, actor.bureau_id)
    record_act(session, actor, action="witness.issued", kind=KIND, record_id=actor.bureau_id,
               detail={"number": point.number, "hash": point.hash})  # fmt: skip
    return write_witness(key, [point], utc_now())


def keep(
    session: Session, actor: Actor, data: bytes, meeting_id: str | None = None
) -> list[KeptWitness]:
    """Keep a partner's signed checkpoint; the same file twice is kept once.

    Raises:
        Invalid: no checkpoint, its signature does not hold, or the bureau's own.
    """
    if not actor.may(Right.AUDIT_READ):
        actor.require(Right.PACKAGE_IMPORT)
    return _keep(session, actor, data, meeting_id)


def _keep(session: Session, actor: Actor, data: bytes, meeting_id: str | None) -> list[KeptWitness]:
    try:
        found = read_witness(data, ring_of(session, actor.bureau_id), utc_now())
    except SharingError as error:
        words = _l("见证不能接受：%(reason)s。", reason=reason(error))
        raise field_error("witness", words) from error
    if found.adcode == bureau(session, actor.bureau_id).adcode:
        raise field_error("witness", _l("这是本单位自己签发的见证，应交给对方留存。"))
    kept = {(row.chain, row.number, row.hash): row for row in kept_by(session, actor.bureau_id)}
    rows = []
    for point in found.checkpoints:
        row = kept.get((point.chain, point.number, point.hash))
        if row is None:
            row = KeptWitness(
                bureau_id=actor.bureau_id,
                adcode=found.adcode,
                chain=point.chain[:64],
                number=point.number,
                hash=point.hash,
                issued_at=found.at,
                document=data.decode(),
                meeting_id=meeting_id,
                kept_by_name=actor.name,
                kept_at=utc_now(),
            )
            session.add(row)
            session.flush()
            record_act(session, actor, action="witness.kept", kind=KIND, record_id=row.id,
                       detail={"adcode": row.adcode, "number": row.number, "hash": row.hash},
                       )  # fmt: skip
        rows.append(row)
    return rows


def exchange_at_meeting(
    session: Session, bureau_ids: Iterable[str], meeting_id: str, secret: str
) -> int:
    """Each bureau of this hub that is given signs its checkpoint, all others keep it; how many."""
    ids = sorted(bureau_ids)
    files = {one: _issue(session, on_behalf_of(session, one), secret) for one in ids}
    kept = 0
    for one in ids:
        for other in ids:
            if other != one:
                kept += len(_keep(session, on_behalf_of(session, one), files[other], meeting_id))
    return kept


def kept_for(session: Session, actor: Actor) -> Sequence[KeptWitness]:
    """What the actor's bureau keeps of others, newest first.

    Raises:
        Forbidden: the actor neither audits nor exchanges with partners.
    """
    if not actor.may(Right.AUDIT_READ):
        actor.require(Right.PACKAGE_IMPORT)
    return kept_by(session, actor.bureau_id)


def kept_by(session: Session, bureau_id: str) -> Sequence[KeptWitness]:
    """What a bureau keeps of others, newest first."""
    return session.scalars(
        select(KeptWitness)
        .where(KeptWitness.bureau_id == bureau_id)
        .order_by(KeptWitness.id.desc())
    ).all()


def own_witness(session: Session, actor: Actor, witness_id: str) -> KeptWitness:
    """A checkpoint that the actor's bureau keeps.

    Raises:
        NotFound: absent, or another bureau's.
    """
    row = session.get(KeptWitness, witness_id)
    if row is None or row.bureau_id != actor.bureau_id:
        raise NotFound
    return row
