"""Asking the agreements, for one moment: what may this bureau see of that record now?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from hub.agreements.effect import agreements_of_all, state_of
from hub.agreements.models import Agreement
from hub.bureaus.services import adcodes_by_bureau
from hub.db import utc_now
from hub.locate.services import Place, place_of, places_of
from sharing import shares
from sharing.models import Share
from sharing.obligations import pass_on
from sharing.terms import AgreementState, Allowed, Decision, Denied, Gray, Situation, decide

T = TypeVar("T")
# In the order in which they are tried for an explicit share.
PURPOSES = ("joint_enforcement", "information")


@dataclass(frozen=True)
class Subject:
    """What the decision needs to know of a record: whose, where (EPSG:4326), how sensitive."""

    kind: str
    record_id: str
    owner_bureau_id: str
    classification: int
    lon: float
    lat: float


class Judge:
    """Decides for one moment; agreements and places are read once and shared by many records."""

    def __init__(self, session: Session, at: datetime | None = None) -> None:
        self.session = session
        self.at = at or utc_now()
        self._states: dict[str, list[AgreementState]] = {}
        self._places: dict[tuple[float, float], Place] = {}
        self._adcodes: dict[str, str] = {}
        self._in_force: dict[str, list[str]] = {}
        # Strong references: the session's own would be gone between two records of a page.
        self._rows: dict[tuple[type[Any], str], Any] = {}

    def states_of(self, bureau_id: str) -> list[AgreementState]:
        """The agreements of one bureau: what lies between two is among those of either."""
        if bureau_id not in self._states:
            self.read_agreements([bureau_id])
        return self._states[bureau_id]

    def read_agreements(self, bureau_ids: Iterable[str]) -> None:
        """Read the agreements of many bureaus at once, before they are asked for one by one."""
        missing = set(bureau_ids) - self._states.keys()
        known: dict[str, AgreementState] = {}
        for bureau_id, rows in agreements_of_all(self.session, missing).items() if missing else ():
            for row in rows:
                self._rows[Agreement, row.id] = row
                known[row.id] = known.get(row.id) or state_of(row, self.at)
            self._states[bureau_id] = [known[row.id] for row in rows]

    def place(self, subject: Subject) -> Place:
        """Where the record lies: jurisdiction, zones in force."""
        key = (subject.lon, subject.lat)
        if key not in self._places:
            self._places[key] = place_of(self.session, *key)
        return self._places[key]

    def row(self, model: type[T], row_id: str) -> T | None:
        """A row that many records of one page name: a bureau, a zone, an agreement."""
        key = (model, row_id)
        if key not in self._rows:
            self._rows[key] = self.session.get(model, row_id)
        found: T | None = self._rows[key]
        return found

    def look_up(self, subjects: Iterable[Subject]) -> None:
        """Find the places of many records at once, before they are asked for one by one."""
        keys = list({(subject.lon, subject.lat) for subject in subjects} - self._places.keys())
        if keys:
            self._places |= zip(keys, places_of(self.session, keys), strict=True)

    def decide(
        self,
        subject: Subject,
        reader_bureau_id: str,
        purpose: str,
        received_at: datetime | None = None,
    ) -> Decision:
        """What the terms alone allow the reader's bureau, whether or not there is a share.

        Args:
            received_at: since when the reader has it, from which retention is counted.
        """
        asked = self.situation(subject, reader_bureau_id, purpose, received_at)
        # What lies between two is among the agreements of either: those that were read will do.
        owner = subject.owner_bureau_id
        known = reader_bureau_id in self._states or owner not in self._states
        return decide(self.states_of(reader_bureau_id if known else owner), asked)

    def situation(
        self,
        subject: Subject,
        reader_bureau_id: str,
        purpose: str,
        received_at: datetime | None = None,
    ) -> Situation:
        """What is asked of the terms: one reader, one record, one purpose, this moment."""
        place = self.place(subject)
        return Situation(
            at=self.at,
            owner_bureau_id=subject.owner_bureau_id,
            reader_bureau_id=reader_bureau_id,
            kind=subject.kind,
            purpose=purpose,
            in_zone_of=frozenset(hit.agreement_id for hit in place.zones),
            distance_to_line_m=self._distance(place, subject, reader_bureau_id),
            adcode=place.adcode,
            classification=subject.classification,
            received_at=received_at,
        )

    def _distance(self, place: Place, subject: Subject, reader_bureau_id: str) -> float | None:
        """Metres to the line between the two bureaus; None when another line is nearer."""
        return self.distance_between(
            place.line_id, place.distance_to_line_m, subject.owner_bureau_id, reader_bureau_id
        )

    def distance_between(
        self, line_id: str | None, distance_m: float | None, owner_id: str, reader_id: str
    ) -> float | None:
        """The distance to the nearest line, if that line is the one between the two bureaus."""
        if not self._adcodes:
            self._adcodes = adcodes_by_bureau(self.session)
        codes = {self._adcodes[owner_id], self._adcodes[reader_id]}
        return distance_m if set((line_id or "").split("-")) == codes else None

    def best(self, subject: Subject, reader_bureau_id: str) -> tuple[str, Decision]:
        """The purpose under which most is open to a bureau, and that decision."""
        answers = [(p, self.decide(subject, reader_bureau_id, p)) for p in PURPOSES]
        return max(answers, key=lambda answer: _openness(answer[1]))

    def effective(self, subject: Subject, share: Share | None) -> Decision:
        """What a share opens at this moment: its groups, as far as the terms still allow them.

        It ends with the agreement it was opened under: another one between the two bureaus may
        allow as much, but nobody has opened the record under that one.
        """
        if share is None or not share.is_running(self.at):
            return Denied("no_share")
        # What was passed on rests on an agreement of others, which its source is asked for.
        known = share.onward_of is not None
        if not known and share.agreement_id not in self.agreement_ids(share.partner_bureau_id):
            return Denied("agreement_not_in_force", {"agreement_id": share.agreement_id})
        return self.opens(subject, share)

    def opens(self, subject: Subject, share: Share) -> Decision:
        """The same of a share that runs, under an agreement in force or hanging on another."""
        if share.onward_of is not None:
            return self._passed_on(subject, share, share.onward_of)
        partner, purpose = share.partner_bureau_id, share.purpose
        decision = self.decide(subject, partner, purpose, share.created_at)
        return shares.effective(share, decision, share.granted(self.at))

    def _passed_on(self, subject: Subject, share: Share, source_id: str) -> Decision:
        """What a partner passed on opens: at most what he sees himself at this moment."""
        seen = self.effective(subject, self.row(Share, source_id))
        third = share.partner_bureau_id
        return shares.effective(share, pass_on(seen, third, consented=share.onward_consented))

    def agreement_ids(self, bureau_id: str) -> list[str]:
        """Agreements in force that have the bureau as party."""
        if bureau_id not in self._in_force:
            self._in_force[bureau_id] = self._agreements_now(bureau_id)
        return self._in_force[bureau_id]

    def _agreements_now(self, bureau_id: str) -> list[str]:
        return sorted(
            state.agreement_id
            for state in self.states_of(bureau_id)
            if state.state == "in_force"
            and state.valid_from <= self.at
            and (state.valid_to is None or self.at < state.valid_to)
        )

    def partners(self, bureau_id: str) -> list[str]:
        """Bureaus with which an agreement is in force."""
        mine = set(self.agreement_ids(bureau_id))
        found = {b for s in self.states_of(bureau_id) if s.agreement_id in mine for b in s.parties}
        return sorted(found - {bureau_id})

    def zone_partners(self, subject: Subject) -> list[str]:
        """Partners under an agreement in whose zone the record lies."""
        mine = set(self.agreement_ids(subject.owner_bureau_id))
        owned = self.states_of(subject.owner_bureau_id)
        zoned = {hit.agreement_id for hit in self.place(subject).zones} & mine
        found = {b for s in owned if s.agreement_id in zoned for b in s.parties}
        return sorted(found - {subject.owner_bureau_id})


def _openness(decision: Decision) -> tuple[int, int]:
    if isinstance(decision, Allowed):
        return (2, len(decision.field_groups))
    return (1, 0) if isinstance(decision, Gray) else (0, 0)
