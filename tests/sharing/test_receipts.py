"""Receipts: the ladder, first wins, and deliveries proven by acknowledgements."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from sharing import feed
from sharing.errors import ReceiptRefused, ShareEnded, SharingError
from sharing.models import Receipt, Share
from sharing.shares import Reached, add_receipt, delivered_up_to, recall, receipts_of
from tests.sharing.factories import HOUR, JIANG, NOON, QING, WU, change, create_share


def _receipt(session: Session, share: Share, rung: str, **changes: Any) -> Receipt:
    values: dict[str, Any] = {
        "bureau_id": JIANG,
        "user_id": "user-jiang",
        "user_name": "陆联络员",
        "at": NOON + HOUR,
    }
    return add_receipt(session, share, rung, **(values | changes))


def _delivered(session: Session, seq: int) -> list[Share]:
    return delivered_up_to(session, [Reached(JIANG, seq, "user-jiang", "陆联络员")], NOON + HOUR)


def _recalled(session: Session) -> Share:
    return recall(session, create_share(session), by="user-wu", reason="r", at=NOON)


def test_the_ladder_is_kept_in_order(session: Session) -> None:
    share = create_share(session)
    for hours, rung in enumerate(["delivered", "opened", "accepted", "acted"]):
        _receipt(session, share, rung, at=NOON + hours * HOUR)
    assert [one.rung for one in receipts_of(session, [share.id])] == [
        "delivered",
        "opened",
        "accepted",
        "acted",
    ]


def test_the_first_receipt_of_a_rung_stands(session: Session) -> None:
    share = create_share(session)
    first = _receipt(session, share, "opened")
    again = _receipt(session, share, "opened", user_id="other", at=NOON + 2 * HOUR)
    assert again is first
    assert first.user_id == "user-jiang"


@pytest.mark.parametrize(("first", "second"), [("accepted", "refused"), ("refused", "accepted")])
def test_accepted_and_refused_exclude_each_other(session: Session, first: str, second: str) -> None:
    share = create_share(session)
    _receipt(session, share, first, reason="not ours")
    with pytest.raises(ReceiptRefused, match="answered_otherwise"):
        _receipt(session, share, second, reason="not ours")


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_a_refusal_needs_a_reason(session: Session, reason: str | None) -> None:
    with pytest.raises(ReceiptRefused, match="reason_required"):
        _receipt(session, create_share(session), "refused", reason=reason)


@pytest.mark.parametrize("bureau_id", [WU, QING])
def test_only_the_partner_gives_receipts(session: Session, bureau_id: str) -> None:
    with pytest.raises(ReceiptRefused, match="not_the_partner"):
        _receipt(session, create_share(session), "opened", bureau_id=bureau_id)


@pytest.mark.parametrize("rung", ["delivered", "opened", "accepted", "refused"])
def test_a_share_that_is_over_takes_no_more_answers(session: Session, rung: str) -> None:
    with pytest.raises(ShareEnded):
        _receipt(session, _recalled(session), rung, reason="late")


def test_a_share_whose_time_is_over_takes_no_more_answers(session: Session) -> None:
    with pytest.raises(ShareEnded):
        _receipt(session, create_share(session, until=NOON + HOUR), "opened")


@pytest.mark.parametrize("rung", ["acted", "purged"])
def test_acting_and_purging_are_confirmed_after_the_end(session: Session, rung: str) -> None:
    assert _receipt(session, _recalled(session), rung).rung == rung


def test_a_running_share_is_not_purged(session: Session) -> None:
    with pytest.raises(ReceiptRefused, match="share_still_running"):
        _receipt(session, create_share(session), "purged")


def test_an_unknown_rung_is_refused(session: Session) -> None:
    with pytest.raises((SharingError, ValueError), match="seen"):
        _receipt(session, create_share(session), "seen")


def test_an_acknowledgement_proves_delivery_of_what_it_covers(session: Session) -> None:
    first = create_share(session)
    second = create_share(session, record_id="case-2")
    rows = [change(JIANG), change(JIANG, record_id="case-2")]
    feed.append(session, rows)
    assert _delivered(session, 0) == []
    assert _delivered(session, 1) == [first]
    assert _delivered(session, 2) == [second]
    assert _delivered(session, 2) == []
    assert {one.rung for one in receipts_of(session, [first.id, second.id])} == {"delivered"}


@pytest.mark.parametrize(
    "row",
    [
        change(WU),
        change(JIANG, kind="patrol"),
        change(JIANG, verb="recalled"),
        change(JIANG, at=NOON - HOUR),
        change(JIANG, record_id="case-2"),
    ],
    ids=["another bureau", "another kind", "another verb", "an earlier share", "another record"],
)
def test_other_rows_prove_nothing(session: Session, row: feed.NewChange) -> None:
    create_share(session)
    feed.append(session, [row])
    assert _delivered(session, 1) == []


def test_ended_shares_are_not_delivered(session: Session) -> None:
    _recalled(session)
    feed.append(session, [change(JIANG)])
    assert _delivered(session, 1) == []
