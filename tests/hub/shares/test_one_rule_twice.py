"""Who knows of a share is said once for queries and once for rows that were read: the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import and_, select

from hub.access import ReaderClass, Right
from hub.cases.lookups import KIND
from hub.cases.models import Case
from hub.shares.access import knows_of, readable_by
from sharing.models import Share, ShareLevel, ShareState, new_id
from tests.support.cases import new_case

AT = datetime(2026, 3, 5, 1, 30, tzinfo=UTC)
BUREAUS = ("甲局", "乙局", "丙局")
MOST = 6
# Before, at and after the moment that is asked about; or no such end.
ends = st.none() | st.sampled_from([AT + timedelta(seconds=n) for n in (-1, 0, 1)])


@dataclass(frozen=True)
class Shared:
    """One share as generated: between whom, of what, and whether and when it ends."""

    between: tuple[str, str]
    kind: str
    # Of its case; None: there is no such case (any more).
    classification: int | None
    state: ShareState
    until: datetime | None
    keep_until: datetime | None


pairs = st.permutations(BUREAUS).map(lambda names: (names[0], names[1]))
shares = st.builds(
    Shared,
    between=pairs,
    kind=st.sampled_from([KIND, KIND, KIND, "patrol"]),
    classification=st.none() | st.integers(1, 4),
    state=st.sampled_from([ShareState.ACTIVE, *ShareState]),
    until=ends,
    keep_until=ends,
)
rights = st.sets(st.sampled_from([Right.SHARE_ANSWER, Right.WORK_VIEW])).map(frozenset)
readers = st.builds(ReaderClass, st.sampled_from(BUREAUS), rights, st.integers(1, 4))


def copy_of(case: Case, number: int) -> Case:
    """The same case under another number; its classification is set as the shares ask for it."""
    held = {column.key: getattr(case, column.key) for column in case.__mapper__.column_attrs}
    return Case(**held | {"id": new_id(), "number": f"甲{number}号", "finding_id": None})


def row_of(one: Shared, agreement: str, case_id: str | None) -> Share:
    return Share(
        kind=one.kind, record_id=case_id or new_id(), owner_bureau_id=one.between[0],
        partner_bureau_id=one.between[1], agreement_id=agreement, agreement_version=1,
        clause="第五条", purpose="information", level=ShareLevel.WHITE, field_groups=["basics"],
        state=one.state, created_by=new_id(), created_at=AT - timedelta(days=9), until=one.until,
        keep_until=one.keep_until, version=1,
    )  # fmt: skip


def test_the_condition_of_a_query_and_the_word_about_a_row_agree(world):
    made = new_case(world).body["id"]
    with world.app.app_context(), world.unit_of_work() as session:
        first = session.get_one(Case, made)
        cases = [copy_of(first, number) for number in range(MOST)]
        session.add_all(cases)
        session.flush()
        of_case = and_(Share.kind == KIND, Case.id == Share.record_id)
        agreement = session.scalars(select(Share.agreement_id)).first()

        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
        @given(
            st.lists(shares, min_size=1, max_size=MOST), st.lists(readers, min_size=1, max_size=5)
        )
        def agree(generated, asking):
            with session.begin_nested() as world_of_example:
                rows = []
                for one, case in zip(generated, cases, strict=False):
                    case.classification = one.classification or 1
                    there = one.kind == KIND and one.classification is not None
                    rows.append(row_of(one, agreement, case.id if there else None))
                session.add_all(rows)
                session.flush()
                ids = [row.id for row in rows]
                read = session.execute(
                    select(Share, Case.classification)
                    .outerjoin(Case, of_case)
                    .where(Share.id.in_(ids))
                ).all()
                for reader in asking:
                    asked = select(Share.id).where(Share.id.in_(ids), readable_by(reader, AT))
                    by_row = {row.id for row, level in read if knows_of(reader, row, level, AT)}
                    assert set(session.scalars(asked)) == by_row
                world_of_example.rollback()

        agree()
        session.rollback()
