"""What stands beside findings in other tables, read at once for a whole page of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements.models import Agreement
from hub.bureaus.models import Bureau
from hub.bureaus.services import bureaus
from hub.db import hold
from hub.files.models import StoredFile
from hub.patrols.finding_closure_models import FindingClosure
from hub.patrols.models import Finding, Patrol


@dataclass(frozen=True)
class Beside:
    """By finding id: the row of its task and closing, and its files by their kind, oldest first.

    `hosts` are the bureaus of the hub by the code of their district.
    """

    hosts: Mapping[str, Bureau]
    closures: dict[str, FindingClosure] = field(default_factory=dict)
    files: dict[tuple[str, str], list[StoredFile]] = field(default_factory=dict)


def beside(session: Session, findings: Sequence[Finding], kinds: Sequence[str]) -> Beside:
    """What stands beside some findings; as many queries however many they are.

    Their patrols, those patrols' agreements and all bureaus are held in the session besides, so
    that whoever asks for one by its id asks the database no more.

    Args:
        kinds: of the files that a view of a finding lists.
    """
    found = Beside({row.adcode: row for row in _held(session, bureaus(session))})
    if not findings:
        return found
    ids = [finding.id for finding in findings]
    named = {finding.patrol_id for finding in findings}
    patrols = _held(session, session.scalars(select(Patrol).where(Patrol.id.in_(named))))
    under = {patrol.agreement_id for patrol in patrols}
    _held(session, session.scalars(select(Agreement).where(Agreement.id.in_(under))))
    closed = select(FindingClosure).where(FindingClosure.finding_id.in_(ids))
    found.closures.update((row.finding_id, row) for row in session.scalars(closed))
    stored = select(StoredFile).where(StoredFile.kind.in_(kinds), StoredFile.record_id.in_(ids))
    for file in session.scalars(stored.order_by(StoredFile.id)):
        found.files.setdefault((file.kind, file.record_id), []).append(file)
    return found


def _held(session: Session, rows: Any) -> list[Any]:
    return [hold(session, row) for row in rows]
