"""Telling of a change of a finding: each party of those that it sees, by a number of its own.

Both sides write on a finding, and what the other reads of it is decided by the terms of the moment:
so a party is told when its view has become another, and then only. Neither from its version, its
feed nor its audit chain does it learn that a task was reworded which stays with the other side.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Any

from flask_babel import force_locale
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.agreements.reach import SEEN_ANEW
from hub.changes import record_change
from hub.patrols.finding_views import KIND, patrol_of, view_for
from hub.patrols.models import Finding
from sharing.canonical import canonical

CLEARANCE = 4
# What counts or follows from the day it is, and is no content.
NO_CONTENT = {"version", "overdue"}


def tell(session: Session, actor: Actor, finding: Finding, verb: str, **detail: Any) -> None:
    """Enter a change of a finding: the feed of those parties that see something of it, the log."""
    session.flush()
    told = see_anew(session, finding, frozenset({actor.bureau_id}))
    finding.version += 1
    for bureau_id in told:
        finding.count_for(bureau_id)
    session.flush()
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=finding.id,
        version=finding.version,
        verb=verb,
        bureaus=told,
        detail=detail,
        versions=finding.versions_for(told),
    )


def see_anew(
    session: Session, finding: Finding, always: Collection[str] = frozenset()
) -> frozenset[str]:
    """Remember what each party sees at this moment; the ids of those to whom it is something new.

    Args:
        always: parties to whom it counts as new in any case: whose people did it.
    """
    new = set()
    for bureau_id in patrol_of(session, finding).party_ids:
        seen = _digest(session, finding, bureau_id)
        if finding.show(bureau_id, seen) or bureau_id in always:
            new.add(bureau_id)
    return frozenset(new)


def _digest(session: Session, finding: Finding, bureau_id: str) -> str:
    """What a party sees, as a short word; empty: nothing."""
    reader = ReaderClass(bureau_id, frozenset({Right.WORK_VIEW}), CLEARANCE)
    with force_locale("zh"):  # in whatever language its writer reads
        view = view_for(session, reader, finding)
    if view is None:
        return ""
    content = {name: value for name, value in view.items() if name not in NO_CONTENT}
    return hashlib.sha256(canonical(content)).hexdigest()[:32]


SEEN_ANEW[KIND] = see_anew
