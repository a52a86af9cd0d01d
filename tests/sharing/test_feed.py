"""The feed: gapless numbers per bureau, reading on, acknowledging, pruning."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from sharing import feed
from sharing.errors import FeedPositionRefused
from sharing.models import FeedAck
from tests.sharing.factories import (
    HOUR,
    JIANG,
    NOON,
    QING,
    WU,
    change,
    create_feed,
    throwaway,
)


def test_each_bureau_counts_for_itself(session: Session) -> None:
    changes = [change(WU, JIANG), change(JIANG, record_id="case-2"), change(WU, WU)]
    assert feed.append(session, changes) == {WU: 2, JIANG: 2}
    assert [(r.seq, r.record_id) for r in feed.read(session, JIANG, 0, 9)] == [
        (1, "case-1"),
        (2, "case-2"),
    ]
    assert feed.heads(session, [WU, JIANG, QING]) == {WU: 2, JIANG: 2, QING: 0}


def test_a_row_says_what_happened_without_content(session: Session) -> None:
    feed.append(session, [change(WU, version=7, verb="recalled")])
    assert feed.read(session, WU, 0, 1) == [feed.FeedRow(1, "case", "case-1", 7, "recalled", NOON)]


@pytest.mark.parametrize("changes", [[], [change(bureau_ids=())]])
def test_nothing_to_tell_changes_nothing(session: Session, changes: list[feed.NewChange]) -> None:
    assert feed.append(session, changes) == {}


def test_reading_goes_on_in_pages(session: Session) -> None:
    create_feed(session, WU, 5)
    assert [r.seq for r in feed.read(session, WU, 0, 2)] == [1, 2]
    assert [r.seq for r in feed.read(session, WU, 2, 2)] == [3, 4]
    assert [r.seq for r in feed.read(session, WU, 4, 2)] == [5]
    assert feed.read(session, WU, 5, 2) == []


def test_a_page_of_nothing_is_refused(session: Session) -> None:
    with pytest.raises(FeedPositionRefused, match="limit"):
        feed.read(session, WU, 0, 0)
    with pytest.raises(FeedPositionRefused, match="limit"):
        feed.read_many(session, [(WU, 0)], 0)


def test_a_rollback_gives_the_numbers_back(session: Session) -> None:
    create_feed(session, WU, 2)
    savepoint = session.begin_nested()
    create_feed(session, WU, 3)
    savepoint.rollback()
    assert create_feed(session, WU, 1) == 3


@pytest.mark.parametrize(
    ("after", "resumes"), [(-1, False), (0, False), (1, False), (2, True), (5, True), (6, False)]
)
def test_a_client_resumes_where_rows_are_kept(session: Session, after: int, resumes: bool) -> None:
    create_feed(session, WU, 5)
    assert feed.prune(session, NOON + 2 * HOUR) == 2
    assert feed.can_resume(session, WU, after) is resumes


def test_a_client_at_the_head_resumes_even_when_all_is_pruned(session: Session) -> None:
    create_feed(session, WU, 3)
    assert feed.prune(session, NOON + 9 * HOUR) == 3
    assert feed.can_resume(session, WU, 3)
    assert not feed.can_resume(session, WU, 2)
    assert create_feed(session, WU, 1) == 4


def test_a_feed_without_rows_resumes_at_zero_only(session: Session) -> None:
    assert feed.can_resume(session, WU, 0)
    assert not feed.can_resume(session, WU, 1)


def test_pruning_never_makes_a_hole(session: Session) -> None:
    times = [NOON, NOON + 5 * HOUR, NOON, NOON + 6 * HOUR]
    feed.append(session, [change(WU, at=at) for at in times])
    assert feed.prune(session, NOON + HOUR) == 1
    assert [row.seq for row in feed.read(session, WU, 0, 9)] == [2, 3, 4]


def test_acknowledgements_only_rise(session: Session) -> None:
    create_feed(session, WU, 5)
    assert feed.acknowledge(session, WU, "phone", 3, NOON) == 3
    assert feed.acknowledge(session, WU, "phone", 2, NOON + HOUR) == 3
    assert feed.acknowledge(session, WU, "phone", 5, NOON + HOUR) == 5
    assert feed.acknowledge(session, WU, "desk", 1, NOON) == 1
    assert feed.acknowledge(session, JIANG, "desk", 0, NOON) == 0


def test_a_repeated_acknowledgement_keeps_the_time_of_the_first(session: Session) -> None:
    create_feed(session, WU, 2)
    for hours in (0, 1):
        feed.acknowledge(session, WU, "phone", 2, NOON + hours * HOUR)
    assert session.get_one(FeedAck, (WU, "phone")).at == NOON


@pytest.mark.parametrize("seq", [-1, 6])
def test_what_was_never_given_out_cannot_be_acknowledged(session: Session, seq: int) -> None:
    create_feed(session, WU, 5)
    with pytest.raises(FeedPositionRefused, match="acknowledged_ahead"):
        feed.acknowledge(session, WU, "phone", seq, NOON)


BATCHES = st.lists(
    st.tuples(
        st.lists(st.frozensets(st.sampled_from([WU, JIANG, QING])), max_size=4), st.booleans()
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(BATCHES)
def test_numbers_are_gapless_whatever_is_rolled_back(
    engine: Engine, batches: list[tuple[list[frozenset[str]], bool]]
) -> None:
    told: dict[str, list[int]] = {WU: [], JIANG: [], QING: []}
    with throwaway(engine) as session:
        for version, (audiences, kept) in enumerate(batches):
            savepoint = session.begin_nested()
            rows = [change(bureau_ids=audience, version=version) for audience in audiences]
            last = feed.append(session, rows)
            if not kept:
                savepoint.rollback()
                continue
            for bureau_id in told:
                told[bureau_id] += [version] * sum(bureau_id in a for a in audiences)
                assert last.get(bureau_id, len(told[bureau_id])) == len(told[bureau_id])
        for bureau_id, versions in told.items():
            read = feed.read(session, bureau_id, 0, 99)
            assert [row.seq for row in read] == list(range(1, len(versions) + 1))
            assert [row.version for row in read] == versions
