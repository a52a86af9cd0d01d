"""A case as the agreements are asked about it."""

from __future__ import annotations

from hub.cases.lookups import KIND
from hub.cases.models import Case
from hub.shares.deciding import Subject


def subject_of(case: Case) -> Subject:
    """What a decision needs to know of a case."""
    return Subject(
        KIND, case.id, case.owner_bureau_id, case.classification, lon=case.lon, lat=case.lat
    )
