"""What stands beside patrols and is part of their view, read for a whole page at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements.models import Agreement
from hub.approvals import services as approvals
from hub.approvals.models import Approval
from hub.db import hold
from hub.patrols.models import Patrol, TimeProposal
from hub.patrols.plan import KIND
from hub.zones.models import Zone


@dataclass
class Beside:
    """Of some patrols by id: keys on the plan on the table and open proposals, both by time."""

    keys: dict[str, list[Approval]]
    proposals: dict[str, list[TimeProposal]] = field(default_factory=dict)


def beside(session: Session, patrols: Sequence[Patrol]) -> Beside:
    """Read it, in as many queries for one patrol as for fifty; zones and agreements too."""
    for model, ids in (
        (Zone, {patrol.zone_id for patrol in patrols}),
        (Agreement, {patrol.agreement_id for patrol in patrols}),
    ):
        for row in session.scalars(select(model).where(model.id.in_(ids))):
            hold(session, row)
    versions = {patrol.id: patrol.plan_version for patrol in patrols}
    found = Beside(approvals.standing_of(session, KIND, versions))
    rows = session.scalars(
        select(TimeProposal)
        .where(TimeProposal.patrol_id.in_(versions), TimeProposal.state == "open")
        .order_by(TimeProposal.at)
    )
    for row in rows:
        found.proposals.setdefault(row.patrol_id, []).append(row)
    return found
