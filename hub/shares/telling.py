"""Telling bureaus of changes of a shared case and of a share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from hub.access import Actor
from hub.cases.lookups import KIND
from hub.cases.models import Case
from hub.changes import record_change
from sharing.models import Share


def tell_case(
    session: Session,
    actor: Actor,
    case: Case,
    verb: str,
    told: Iterable[str],
    detail: dict[str, Any] | None = None,
) -> None:
    """Tell bureaus of a change of a case; partners by the version that they read of it."""
    told = frozenset(told)
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=case.id,
        version=case.version,
        verb=verb,
        bureaus=told,
        detail=detail,
        versions=case.versions_for(told),
    )


def tell_share(
    session: Session, actor: Actor, share: Share, verb: str, detail: dict[str, Any] | None = None
) -> None:
    """Tell both sides of a change of a share."""
    record_change(
        session,
        actor,
        kind="share",
        record_id=share.id,
        version=share.version,
        verb=verb,
        bureaus=[share.owner_bureau_id, share.partner_bureau_id],
        detail=detail,
    )
