"""What is open of many shared records: decided once for all that a decision cannot tell apart.

A decision asks few things of a record: whose it is, how sensitive, in whose zones, how near to the
line or in which district (where a clause of the reader's agreements speaks of that), whether its
retention is over, and what its share opened. Records alike in all of these get one decision, made
by `Judge.effective` of the first of them. So ten thousand records cost a handful of decisions.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast

from hub.locate.services import agreements_at, grounds_at
from hub.shares.deciding import Judge, Subject
from sharing.models import Share
from sharing.redaction import shown_groups
from sharing.terms import Decision, Districts, NearLine, TermRule, Terms

# What a row must have beside id, owner_bureau_id, classification, lon and lat of the record.
SHARE_COLUMNS = (
    Share.agreement_id,
    Share.purpose,
    Share.level,
    cast(Share.field_groups, String).label("field_groups"),
    cast(Share.granted_groups, String).label("granted_groups"),
    Share.granted_until,
    Share.created_at,
    Share.onward_of,
    Share.onward_consented,
)


class Opened:
    """Decides on many records of one kind that are shared to one bureau, at the judge's moment."""

    def __init__(self, judge: Judge, kind: str, bureau_id: str) -> None:
        self._judge = judge
        self._kind = kind
        self._bureau_id = bureau_id
        rules = [
            (state.terms, rule)
            for state in judge.states_of(bureau_id)
            for rule in state.terms.rules
            if rule.kind == kind
        ]
        self._cutoffs = sorted(_cutoffs(rules, judge.at))
        self._widths = sorted({r.place.metres for _, r in rules if isinstance(r.place, NearLine)})
        self._districts = any(isinstance(r.place, Districts) for _, r in rules)
        self._in_force = frozenset(judge.agreement_ids(bureau_id))
        self._known: dict[Hashable, frozenset[str]] = {}

    def groups(self, rows: Sequence[Any]) -> list[frozenset[str]]:
        """The field groups open of each row, in their order; empty: not even its existence.

        Args:
            rows: with the columns named above, of shares to this bureau that run.
        """
        at, cutoffs, in_force, known = self._judge.at, self._cutoffs, self._in_force, self._known
        found = []
        # One loop without calls: it runs for every case that is shown to a bureau.
        for row, ground in zip(rows, self._grounds(rows), strict=True):
            if row.onward_of is not None:
                # What was passed on follows the share on which it hangs, each its own.
                found.append(shown_groups(self._decide(row)))
                continue
            if row.agreement_id not in in_force:
                found.append(frozenset())
                continue
            until = row.granted_until
            key = (
                ground,
                row.purpose,
                row.level,
                row.field_groups,
                row.granted_groups if until is not None and until > at else None,
                bisect_left(cutoffs, row.created_at) if cutoffs else 0,
                row.owner_bureau_id,
                row.classification,
            )
            groups = known.get(key)
            if groups is None:
                groups = known[key] = shown_groups(self._decide(row))
            found.append(groups)
        return found

    def _grounds(self, rows: Sequence[Any]) -> list[Hashable]:
        """What the terms can tell of each row's place."""
        session = self._judge.session
        lonlat = [(row.lon, row.lat) for row in rows]
        zones: list[Any] = agreements_at(session, lonlat)
        if not (self._widths or self._districts):
            return zones
        found: list[Hashable] = []
        for zone, row, ground in zip(zones, rows, grounds_at(session, lonlat), strict=True):
            distance = self._judge.distance_between(
                ground.line_id, ground.distance_m, row.owner_bureau_id, self._bureau_id
            )
            near = None if distance is None else bisect_left(self._widths, distance)
            found.append((zone, near, ground.adcode if self._districts else None))
        return found

    def _decide(self, row: Any) -> Decision:
        subject = Subject(
            self._kind, row.id, row.owner_bureau_id, row.classification, row.lon, row.lat
        )
        # Never added to the session: only what the decision reads of a share.
        share = Share(
            partner_bureau_id=self._bureau_id,
            purpose=row.purpose,
            level=row.level,
            field_groups=json.loads(row.field_groups),
            granted_groups=json.loads(row.granted_groups) if row.granted_groups else None,
            granted_until=row.granted_until,
            created_at=row.created_at,
            onward_of=row.onward_of,
            onward_consented=row.onward_consented,
        )
        return self._judge.opens(subject, share)


def _cutoffs(rules: Iterable[tuple[Terms, TermRule]], at: datetime) -> set[datetime]:
    """What was received at one of these moments or before is kept too long by some clause."""
    days = {terms.retention_of(rule) for terms, rule in rules}
    return {at - timedelta(days=count) for count in days if count is not None}
