"""Two-key acts: each party approves the same content hash; any edit withdraws the approvals."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.approvals.models import Approval
from hub.db import utc_now
from hub.errors import Conflict, Forbidden
from sharing.canonical import canonical, utc_text


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the canonical bytes of what is approved."""
    return hashlib.sha256(canonical(dict(content))).hexdigest()


def standing(session: Session, kind: str, record_id: str, version: int) -> list[Approval]:
    """Approvals of this version that were not withdrawn, oldest first."""
    return list(
        session.scalars(
            select(Approval)
            .where(
                Approval.kind == kind,
                Approval.record_id == record_id,
                Approval.version == version,
                Approval.withdrawn_at.is_(None),
            )
            .order_by(Approval.at)
        )
    )


def standing_of(
    session: Session, kind: str, versions: Mapping[str, int]
) -> dict[str, list[Approval]]:
    """The same for many records, each with its version; those without a standing one are absent."""
    rows = session.scalars(
        select(Approval)
        .where(
            Approval.kind == kind,
            Approval.record_id.in_(versions),
            Approval.withdrawn_at.is_(None),
        )
        .order_by(Approval.at)
    )
    found: dict[str, list[Approval]] = {}
    for row in rows:
        if row.version == versions[row.record_id]:
            found.setdefault(row.record_id, []).append(row)
    return found


def history(session: Session, kind: str, record_id: str) -> list[Approval]:
    """All approvals of a record, withdrawn ones included, oldest first."""
    return list(
        session.scalars(
            select(Approval)
            .where(Approval.kind == kind, Approval.record_id == record_id)
            .order_by(Approval.at)
        )
    )


def approve(
    session: Session,
    actor: Actor,
    *,
    kind: str,
    record_id: str,
    version: int,
    expected_hash: str,
    given_hash: str,
    parties: Iterable[str],
) -> bool:
    """Turn the actor's party's key; returns whether every party has now approved this content.

    Args:
        expected_hash: hash of the content as it stands.
        given_hash: hash of the content that the person read.

    Raises:
        Forbidden: the actor's bureau is no party.
        Conflict: the content changed since it was read, or the party approved already.
    """
    everyone = frozenset(parties)
    if actor.bureau_id not in everyone:
        raise Forbidden
    if given_hash != expected_hash:
        raise Conflict(_l("内容在您阅读之后有改动，请重新阅读后再确认。"))
    given = standing(session, kind, record_id, version)
    if any(approval.bureau_id == actor.bureau_id for approval in given):
        raise Conflict(_l("贵单位已确认过这一版本。"))
    session.add(
        Approval(
            kind=kind,
            record_id=record_id,
            version=version,
            content_hash=expected_hash,
            bureau_id=actor.bureau_id,
            user_id=actor.user_id,
            user_name=actor.name,
            at=utc_now(),
        )
    )
    session.flush()
    done = {approval.bureau_id for approval in given} | {actor.bureau_id}
    return done >= everyone


def withdraw_all(session: Session, kind: str, record_id: str) -> list[Approval]:
    """Withdraw every standing approval of a record because its content changed."""
    now = utc_now()
    rows = list(
        session.scalars(
            select(Approval).where(
                Approval.kind == kind,
                Approval.record_id == record_id,
                Approval.withdrawn_at.is_(None),
            )
        )
    )
    for row in rows:
        row.withdrawn_at = now
    session.flush()
    return rows


def view(approval: Approval) -> dict[str, Any]:
    """An approval for screens and programs."""
    return {
        "bureau_id": approval.bureau_id,
        "user_name": approval.user_name,
        "version": approval.version,
        "content_hash": approval.content_hash,
        "at": utc_text(approval.at),
        "withdrawn_at": utc_text(approval.withdrawn_at) if approval.withdrawn_at else None,
    }
