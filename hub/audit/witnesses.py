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
from hub.keys.services import can_sign, own_keys, signing_key
from hub.meetings.access import access_meeting
from sharing import ledger
from sharing.errors import SharingError
from sharing.models import AuditEntry
from sharing.signing import Purpose
from sharing.witness import Witness, read_witness, write_witness

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
        NotFound: not a meeting of the actor's.
        Invalid: no checkpoint, its signature does not hold, or the bureau's own.
    """
    if not actor.may(Right.AUDIT_READ):
        actor.require(Right.PACKAGE_IMPORT)
    if meeting_id is not None:
        access_meeting(session, actor, meeting_id)
    return _keep(session, actor, data, meeting_id)


def _keep(session: Session, actor: Actor, data: bytes, meeting_id: str | None) -> list[KeptWitness]:
    try:
        found = read_witness(data, ring_of(session, actor.bureau_id), utc_now())
    except SharingError as error:
        words = _l("见证不能接受：%(reason)s。", reason=reason(error))
        raise field_error("witness", words) from error
    if found.adcode == bureau(session, actor.bureau_id).adcode:
        raise field_error("witness", _l("这是本单位自己签发的见证，应交给对方留存。"))
    return _stored(session, actor, found, data, meeting_id)


def _stored(
    session: Session, actor: Actor, found: Witness, data: bytes, meeting_id: str | None
) -> list[KeptWitness]:
    kept = {
        (row.chain, row.number, row.hash): row
        for row in session.scalars(
            select(KeptWitness).where(
                KeptWitness.bureau_id == actor.bureau_id, KeptWitness.adcode == found.adcode
            )
        )
        # What was kept before is at the meeting only if it was handed over there.
        if meeting_id in (None, row.meeting_id)
    }
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


def hand_over(session: Session, actor: Actor, meeting_id: str, secret: str) -> None:
    """Sign where the chain of the actor's bureau stands, for all parties of a meeting to keep.

    Raises:
        NotFound: not a meeting of the actor's.
        Forbidden: the actor is no official.
        Conflict: the bureau has no key for it.
    """
    actor.require(Right.PACKAGE_APPROVE)
    row = access_meeting(session, actor, meeting_id)
    _hand_over(session, actor, row.party_ids, row.id, secret)


def _hand_over(
    session: Session, actor: Actor, party_ids: Iterable[str], meeting_id: str, secret: str
) -> None:
    data = _issue(session, actor, secret)
    found = read_witness(data, ring_of(session, actor.bureau_id), utc_now())
    for one in sorted(party_ids):
        who = actor if one == actor.bureau_id else on_behalf_of(session, one)
        _stored(session, who, found, data, meeting_id)


def exchange_at_meeting(
    session: Session, bureau_ids: Iterable[str], meeting_id: str, secret: str
) -> None:
    """Each given bureau that has a key here signs where its chain stands, and all keep it."""
    ids = sorted(bureau_ids)
    for one in ids:
        if can_sign(session, one, Purpose.CHECKPOINT):
            _hand_over(session, on_behalf_of(session, one), ids, meeting_id, secret)


def at_meeting(session: Session, bureau_id: str, meeting_id: str) -> dict[str, KeptWitness]:
    """What a bureau holds of each party from a meeting, its own included: the newest, by adcode."""
    rows = session.scalars(
        select(KeptWitness)
        .where(KeptWitness.bureau_id == bureau_id, KeptWitness.meeting_id == meeting_id)
        .order_by(KeptWitness.id)
    )
    return {row.adcode: row for row in rows}


def still_holds(session: Session, row: KeptWitness) -> bool | None:
    """Whether the chain has that entry still, as it was; None: the chain is not of this hub."""
    # Whose keys are elsewhere keeps its chain elsewhere, though it may be known here by name.
    if not own_keys(session, row.chain):
        return None
    if row.number == 0:
        return row.hash == ledger.GENESIS
    entry = session.get(AuditEntry, (row.chain, row.number))
    return entry is not None and entry.hash == row.hash


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
    own = bureau(session, bureau_id).adcode
    return session.scalars(
        select(KeptWitness)
        .where(KeptWitness.bureau_id == bureau_id, KeptWitness.adcode != own)
        .order_by(KeptWitness.id.desc())
    ).all()


def own_witness(session: Session, actor: Actor, witness_id: str) -> KeptWitness:
    """A checkpoint that the actor's bureau keeps, or has handed over.

    Raises:
        NotFound: absent, or another bureau's.
        Forbidden: the actor neither audits nor exchanges with partners.
    """
    if not actor.may(Right.AUDIT_READ):
        actor.require(Right.PACKAGE_IMPORT)
    row = session.get(KeptWitness, witness_id)
    if row is None or row.bureau_id != actor.bureau_id:
        raise NotFound
    return row
