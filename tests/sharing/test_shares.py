"""Shares: opening, recalling, expiring, and what they let through."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from sharing.errors import ShareEnded, SharingError
from sharing.models import Share, ShareLevel, ShareState
from sharing.redaction import redact
from sharing.shares import (
    active_share,
    effective,
    end_for_agreement,
    expire_due,
    recall,
    shared_ids_query,
    shares_of,
)
from sharing.terms import Allowed, Decision, Denied, Gray, decide
from tests.sharing.factories import (
    AGREEMENT,
    ALLOWED,
    DAY,
    GRAY,
    HOUR,
    JIANG,
    NOON,
    QING,
    WIDER,
    WU,
    agreement,
    create_share,
    situation,
)


def _active(session: Session, hours: int = 0) -> Share | None:
    return active_share(session, "case", "case-1", JIANG, NOON + hours * HOUR)


def test_a_share_keeps_what_it_rests_on(session: Session) -> None:
    share = create_share(session, WIDER)
    assert (share.clause, share.agreement_id, share.agreement_version) == ("3.2", AGREEMENT, 1)
    assert share.level is ShareLevel.WHITE
    assert share.field_groups == ["basic", "existence", "party"]
    assert _active(session) is share


def test_a_gray_share_opens_existence(session: Session) -> None:
    share = create_share(session, GRAY)
    assert (share.level, share.field_groups) == (ShareLevel.GRAY, ["existence"])


def test_opening_twice_gives_the_same_share(session: Session) -> None:
    share = create_share(session, WIDER)
    for decision in (WIDER, ALLOWED, GRAY):
        assert create_share(session, decision, at=NOON + HOUR) is share


@pytest.mark.parametrize(("first", "second"), [(GRAY, ALLOWED), (ALLOWED, WIDER)])
def test_opening_more_begins_a_new_share(
    session: Session, first: Allowed | Gray, second: Allowed
) -> None:
    old = create_share(session, first)
    new = create_share(session, second, at=NOON + HOUR)
    assert (old.state, old.end_reason, old.ended_at) == (
        ShareState.EXPIRED,
        "superseded",
        NOON + HOUR,
    )
    assert _active(session, 1) is new
    assert list(shares_of(session, "case", "case-1")) == [old, new]


def test_a_share_whose_time_is_over_gives_way_to_a_new_one(session: Session) -> None:
    old = create_share(session, until=NOON + HOUR)
    new = create_share(session, at=NOON + HOUR)
    assert (old.state, old.end_reason) == (ShareState.EXPIRED, "until_passed")
    assert new.id != old.id


def test_partners_have_shares_of_their_own(session: Session) -> None:
    create_share(session)
    create_share(session, partner=QING)
    assert {s.partner_bureau_id for s in shares_of(session, "case", "case-1")} == {JIANG, QING}


def test_a_denied_decision_opens_nothing(session: Session) -> None:
    with pytest.raises(SharingError, match="share_denied"):
        create_share(session, Denied("no_agreement"))  # type: ignore[arg-type]


def test_nobody_shares_with_himself(session: Session) -> None:
    with pytest.raises(SharingError, match="own_record"):
        create_share(session, partner=WU)


def test_a_share_cannot_end_before_it_starts(session: Session) -> None:
    with pytest.raises(SharingError, match="ends_before_start"):
        create_share(session, until=NOON)


def test_a_recall_bites_at_once_and_keeps_its_reason(session: Session) -> None:
    share = create_share(session)
    recall(session, share, by="user-wu", reason="wrong case", at=NOON + HOUR)
    assert _active(session) is None
    assert (share.state, share.ended_by, share.end_reason, share.version) == (
        ShareState.RECALLED,
        "user-wu",
        "wrong case",
        2,
    )
    assert create_share(session, at=NOON + 2 * HOUR).id != share.id


def test_a_recall_needs_a_reason(session: Session) -> None:
    with pytest.raises(SharingError, match="reason_required"):
        recall(session, create_share(session), by="user-wu", reason=" ", at=NOON)


def test_what_has_ended_cannot_be_recalled(session: Session) -> None:
    share = create_share(session)
    recall(session, share, by="user-wu", reason="wrong case", at=NOON)
    with pytest.raises(ShareEnded):
        recall(session, share, by="user-wu", reason="again", at=NOON)


def test_a_recall_on_an_old_reading_fails(session: Session) -> None:
    share = create_share(session)
    table = Share.__table__
    session.execute(table.update().values(version=5))  # type: ignore[attr-defined]
    with pytest.raises(StaleDataError):
        recall(session, share, by="user-wu", reason="wrong case", at=NOON)


@pytest.mark.parametrize(("hours", "runs"), [(0, True), (1, True), (2, False), (3, False)])
def test_the_end_is_checked_when_reading(session: Session, hours: int, runs: bool) -> None:
    share = create_share(session, until=NOON + 2 * HOUR)
    at = NOON + hours * HOUR
    assert (_active(session, hours) is not None) is runs
    assert share.is_running(at) is runs
    listed = session.scalars(shared_ids_query("case", JIANG, at)).all()
    assert listed == (["case-1"] if runs else [])


def test_due_shares_expire(session: Session) -> None:
    due = create_share(session, until=NOON + HOUR)
    create_share(session, record_id="case-2", until=NOON + DAY)
    create_share(session, record_id="case-3")
    assert expire_due(session, NOON + HOUR) == [due]
    assert (due.state, due.ended_by) == (ShareState.EXPIRED, None)
    assert expire_due(session, NOON + HOUR) == []


def test_shares_end_with_their_agreement(session: Session) -> None:
    ended = create_share(session)
    other = Allowed("1", "agreement-2", 1, ALLOWED.field_groups)
    stays = create_share(session, other, record_id="case-2")
    assert end_for_agreement(session, AGREEMENT, NOON) == [ended]
    assert ended.end_reason == "agreement_ended"
    assert stays.state is ShareState.ACTIVE


def test_lists_apply_access_inside_the_query(session: Session) -> None:
    create_share(session)
    create_share(session, kind="patrol", record_id="patrol-1")
    create_share(session, record_id="case-2", partner=QING)
    recall(session, create_share(session, record_id="case-3"), by="u", reason="r", at=NOON)
    inside = select(Share.record_id).where(
        Share.record_id.in_(shared_ids_query("case", JIANG, NOON))
    )
    assert session.scalars(inside).all() == ["case-1"]


def test_lists_can_leave_out_agreements_no_longer_in_force(session: Session) -> None:
    create_share(session)
    for agreements, expected in (([AGREEMENT], ["case-1"]), (["agreement-2"], []), ([], [])):
        query = shared_ids_query("case", JIANG, NOON, agreement_ids=agreements)
        assert session.scalars(query).all() == expected


def test_what_is_seen_is_what_the_share_opened_and_the_terms_still_allow(
    session: Session,
) -> None:
    share = create_share(session, ALLOWED)
    now = effective(share, WIDER)
    assert isinstance(now, Allowed)
    assert now.field_groups == ALLOWED.field_groups
    assert now.clause == WIDER.clause


@pytest.mark.parametrize("decision", [Denied("no_agreement"), GRAY])
def test_a_share_cannot_give_more_than_the_terms(session: Session, decision: Decision) -> None:
    assert effective(create_share(session, WIDER), decision) == decision


def test_a_gray_share_shows_existence_whatever_the_terms_allow(session: Session) -> None:
    now = effective(create_share(session, GRAY), WIDER)
    assert isinstance(now, Gray)
    assert now.gray_groups == {"basic", "party"}


def test_a_share_of_what_the_terms_no_longer_open_shows_existence(session: Session) -> None:
    share = create_share(session, ALLOWED)
    others = Allowed("3.4", AGREEMENT, 2, frozenset({"existence", "party"}))
    now = effective(share, others)
    assert isinstance(now, Gray)
    assert (now.clause, now.gray_groups) == ("3.4", frozenset({"party"}))


def test_without_a_share_nothing_is_seen() -> None:
    assert effective(None, WIDER) == Denied("no_share")
    assert effective(None, Denied("no_agreement")) == Denied("no_agreement")


def test_the_whole_way_from_terms_to_view_and_back(session: Session) -> None:
    groups = {"id": "existence", "stage": "basic", "party_name": "party"}
    record: dict[str, object] = {"id": "case-1", "stage": "filed", "party_name": "某企业"}

    def seen_by_jiang(hours: int) -> dict[str, object] | None:
        asked = situation(at=NOON + hours * HOUR)
        allowed = decide([agreement(valid_to=NOON + 6 * HOUR)], asked)
        return redact(record, groups, effective(_active(session, hours), allowed))

    assert seen_by_jiang(0) is None
    decision = decide([agreement()], situation())
    assert isinstance(decision, Allowed)
    share = create_share(session, decision)
    assert seen_by_jiang(1) == {"id": "case-1", "stage": "filed"}
    assert seen_by_jiang(7) is None, "the agreement has expired, whatever the share says"
    recall(session, share, by="user-wu", reason="wrong case", at=NOON + 2 * HOUR)
    assert seen_by_jiang(3) is None


def test_a_grant_opens_what_the_terms_announce_and_nothing_else(session: Session) -> None:
    share = create_share(session, GRAY)
    announced = Gray("3.3", AGREEMENT, 1, gray_groups=frozenset({"party", "basic"}))
    now = effective(share, announced, {"party", "internal", "nosuch"})
    assert isinstance(now, Allowed)
    assert (now.field_groups, now.gray_groups) == ({"party", "existence"}, {"basic"})
    assert effective(share, announced, {"nosuch"}) == announced
    assert effective(share, Denied("no_agreement"), {"party"}) == Denied("no_agreement")


def test_a_grant_adds_to_what_the_share_opens(session: Session) -> None:
    share = create_share(session, ALLOWED)
    now = effective(share, WIDER, {"party"})
    assert isinstance(now, Allowed)
    assert now.field_groups == ALLOWED.field_groups | {"party"}


def test_a_grant_holds_until_its_end(session: Session) -> None:
    share = create_share(session, GRAY)
    assert share.granted(NOON) == frozenset()
    share.granted_groups = ["party"]
    assert share.granted(NOON) == frozenset()
    share.granted_until = NOON + HOUR
    assert share.granted(NOON) == {"party"}
    assert share.granted(NOON + HOUR) == frozenset()
