"""What of a joint patrol's course one party shows the other: the agreement decides, each time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import shapely
from sqlalchemy.orm import Session

from hub.access import ReaderClass
from hub.patrols.models import Finding, Patrol
from hub.shares.deciding import Judge, Subject
from sharing.decisions import NEVER_SHARED
from sharing.terms import Allowed, Decision

PURPOSE = "joint_enforcement"
TRACK = "track"
# What a joint patrol records is made to be shared by its parties.
CLASSIFICATION = 2


@dataclass(frozen=True, slots=True)
class Planned:
    """What deciding on the tracks of a patrol needs of it, without its crew and its waypoints."""

    id: str
    number: str
    title: str
    route: bytes
    ends_at: datetime
    party_ids: frozenset[str]


class Course:
    """Decides on tracks and findings for one moment; keeps what it decided."""

    def __init__(self, session: Session, judge: Judge | None = None) -> None:
        self.session = session
        self._judge = judge
        self._tracks: dict[tuple[str, str, str], bool] = {}

    @property
    def judge(self) -> Judge:
        """Reads the agreements when first needed: who looks at his own needs none."""
        if self._judge is None:
            self._judge = Judge(self.session)
        return self._judge

    def look_ahead(
        self, patrols: Iterable[Patrol | Planned], owners: Collection[tuple[str, str]]
    ) -> None:
        """Find at once where many tracks begin, before they are decided on one by one.

        Args:
            owners: (patrol, owner of a track in it).
        """
        joint = {patrol.id: patrol for patrol in patrols if len(patrol.party_ids) > 1}
        if joint:
            self.judge.look_up(_subject(joint[p], o) for p, o in owners if p in joint)

    def shows_track(self, patrol: Patrol | Planned, owner_id: str, reader_id: str) -> bool:
        """Whether a party's track (and latest place) is shown to a bureau."""
        if owner_id == reader_id:
            return True
        if reader_id not in patrol.party_ids:
            return False
        key = (patrol.id, owner_id, reader_id)
        if key not in self._tracks:
            subject = _subject(patrol, owner_id)
            decision = self.judge.decide(subject, reader_id, PURPOSE, patrol.ends_at)
            self._tracks[key] = TRACK in open_groups(decision)
        return self._tracks[key]

    def track_readers(self, patrol: Patrol | Planned, owner_id: str) -> frozenset[str]:
        """Bureaus that a party's track is shown to."""
        return frozenset(b for b in patrol.party_ids if self.shows_track(patrol, owner_id, b))

    def decide_finding(
        self, finding: Finding, reader: ReaderClass, owner_id: str | None = None
    ) -> Decision:
        """What a partner may see of a finding.

        Args:
            owner_id: whose words they are, where not the recorder's: who follows the finding.
        """
        owner = owner_id or finding.bureau_id
        subject = Subject("finding", finding.id, owner, CLASSIFICATION, finding.lon, finding.lat)
        return self.judge.decide(subject, reader.bureau_id, PURPOSE, finding.created_at)


def _subject(patrol: Patrol | Planned, owner_id: str) -> Subject:
    """A party's track, for the agreement: it lies where the route begins."""
    lon, lat = shapely.from_wkb(patrol.route).coords[0]
    return Subject("patrol", patrol.id, owner_id, CLASSIFICATION, lon, lat)


def open_groups(decision: Decision) -> frozenset[str]:
    """The field groups whose content a decision opens."""
    return decision.field_groups - NEVER_SHARED if isinstance(decision, Allowed) else frozenset()
