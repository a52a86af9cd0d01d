"""What other features need to know of cases: ids, numbers, rows in a place."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.cases.measure_models import CaseMeasure
from hub.cases.models import Case
from hub.cases.stages import ENDED

KIND = "case"


def numbers_of(session: Session, case_ids: Collection[str]) -> dict[str, str]:
    """Numbers of cases by id."""
    rows = session.execute(select(Case.id, Case.number).where(Case.id.in_(case_ids)))
    return {row.id: row.number for row in rows}


def measures_of(session: Session, case_id: str) -> Sequence[CaseMeasure]:
    """The measures of a case in the order in which they were entered."""
    rows = select(CaseMeasure).where(CaseMeasure.case_id == case_id).order_by(CaseMeasure.id)
    return session.scalars(rows).all()


def cases_of_measures(session: Session, measure_ids: Collection[str]) -> set[str]:
    """Ids of the cases that some measures belong to."""
    rows = select(CaseMeasure.case_id).where(CaseMeasure.id.in_(measure_ids))
    return set(session.scalars(rows))


def handlers_of(session: Session, case_id: str) -> frozenset[str]:
    """Ids of those who handle a case; none for an id that is no case's."""
    return frozenset(session.scalar(select(Case.handlers).where(Case.id == case_id)) or ())


def open_cases_of(session: Session, adcodes: Collection[str]) -> Sequence[Case]:
    """Cases of some jurisdictions that have not ended, oldest first."""
    return session.scalars(
        select(Case)
        .where(Case.adcode.in_(adcodes), Case.stage.not_in([stage.value for stage in ENDED]))
        .order_by(Case.id)
    ).all()
