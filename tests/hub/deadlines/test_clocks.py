"""Clocks as features use them: start, meet, extend, pause, read; rules change beside them."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from hub.accounts.access import make_actor
from hub.accounts.models import User
from hub.calendar import services as calendar
from hub.deadlines import rules, services
from hub.deadlines.models import Clock
from hub.deadlines.rules import UnknownRule
from hub.deadlines.services import Subject
from hub.errors import Conflict, Invalid, NotFound, StaleVersion
from sharing.models import FeedChange

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def session(world):
    with world.app.test_request_context(), world.unit_of_work() as opened:
        yield opened


def actor(session, username: str):
    return make_actor(session.scalars(select(User).where(User.username == username)).one())


def begin(session, world, code: str, starts_at=MONDAY, **more) -> Subject:
    subject = Subject("case", str(uuid.uuid4()))
    services.start_clock(
        session, subject, code, starts_at=starts_at, bureau_id=world.bureau_id("wuxing"), **more
    )
    return subject


def view(session, subject: Subject, at=MONDAY):
    return services.clocks_of(session, subject.kind, [subject.id], at=at)[subject.id][0]


def test_a_clock_runs_comes_near_and_is_overdue(session, world):
    subject = begin(session, world, "D4.hearing_request")
    running = view(session, subject)
    assert (running.state, running.near, running.provisional) == ("running", False, False)
    assert running.due_at == datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC)
    assert running.remaining == "还剩7天"
    assert "六十四" in running.legal_ref
    assert view(session, subject, running.due_at - timedelta(hours=3)).near
    late = view(session, subject, running.due_at + timedelta(hours=2))
    assert (late.state, late.overdue, late.remaining) == ("overdue", True, "逾期2小时")


def test_starting_twice_is_one_clock_and_after_its_end_another(session, world):
    subject = begin(session, world, "D2.decision")
    again = services.start_clock(
        session, subject, "D2.decision", starts_at=MONDAY, bureau_id=world.bureau_id("wuxing")
    )
    assert session.scalars(select(Clock.id).where(Clock.subject_id == subject.id)).all() == [
        again.id
    ]
    services.meet_clock(session, subject, "D2.decision", at=MONDAY)
    assert view(session, subject).remaining == "按时办结"
    assert services.meet_clock(session, subject, "D2.decision", at=MONDAY) is None
    services.start_clock(
        session, subject, "D2.decision", starts_at=MONDAY, bureau_id=world.bureau_id("wuxing")
    )
    assert view(session, subject).state == "running"


def test_meeting_late_says_so_and_a_cancelled_clock_is_never_overdue(session, world):
    late = begin(session, world, "D10.report_major")
    services.meet_clock(session, late, "D10.report_major", at=MONDAY + timedelta(hours=3))
    assert (view(session, late).state, view(session, late).late) == ("met", True)
    dropped = begin(session, world, "D10.report_major")
    services.cancel_clock(session, dropped, "D10.report_major", at=MONDAY, reason="误报")
    assert view(session, dropped, MONDAY + timedelta(days=9)).state == "cancelled"


def test_an_extension_keeps_to_what_the_rule_allows(session, world):
    official = actor(session, "wuxing-official")
    subject = begin(session, world, "D2.decision", datetime(2026, 1, 5, 1, 0, tzinfo=UTC))
    give = {"ground": "案情复杂", "actor": official}
    before = view(session, subject).due_at
    services.extend_clock(session, subject, "D2.decision", amount=30, **give)
    assert view(session, subject).due_at - before == timedelta(days=29)  # 7 April had rolled
    with pytest.raises(Invalid) as refused:
        services.extend_clock(session, subject, "D2.decision", amount=31, **give)
    assert refused.value.errors[0].field == "amount"
    services.extend_clock(session, subject, "D2.decision", amount=30, **give)
    for amount in (1, 0, -5):
        with pytest.raises(Invalid):
            services.extend_clock(session, subject, "D2.decision", amount=amount, **give)
    fixed = begin(session, world, "D8.handover")
    with pytest.raises(Conflict):
        services.extend_clock(session, fixed, "D8.handover", amount=1, **give)
    with pytest.raises(NotFound):
        services.extend_clock(session, Subject("case", "x"), "D2.decision", amount=1, **give)
    with pytest.raises(Invalid):
        services.extend_clock(
            session, begin(session, world, "D7.seizure"), "D7.seizure",
            amount=1, ground=" ", actor=official,
        )  # fmt: skip


def test_a_paused_clock_is_not_overdue_and_goes_on_later(session, world):
    official = actor(session, "wuxing-official")
    start = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
    subject = begin(session, world, "D2.decision", start)
    ask = (session, subject, "D2.decision")
    services.pause_clock(*ask, at=start + timedelta(days=30), ground="听证", actor=official)
    assert view(session, subject, start + timedelta(days=300)).state == "paused"
    with pytest.raises(Conflict):
        services.pause_clock(*ask, at=start, ground="鉴定", actor=official)
    services.resume_clock(*ask, at=start + timedelta(days=40), actor=official)
    assert view(session, subject).due_at == datetime(2026, 4, 15, 15, 59, 59, tzinfo=UTC)
    with pytest.raises(Conflict):
        services.resume_clock(*ask, at=start, actor=official)
    with pytest.raises(Conflict):
        services.pause_clock(
            session, begin(session, world, "D8.handover"), "D8.handover",
            at=MONDAY, ground="听证", actor=official,
        )  # fmt: skip


def test_an_unknown_year_makes_it_provisional_until_its_plan_is_entered(session, world):
    subject = begin(session, world, "D4.hearing_request", datetime(2026, 12, 28, tzinfo=UTC))
    before = view(session, subject)
    assert before.provisional
    assert "2027" in before.provisional_reason
    admin = actor(session, "wuxing-sysadmin")
    days = [calendar.DayIn(date(2027, 1, 1), workday=False, name="元旦")]
    calendar.import_plan(session, admin, days, source="国办发明电", complete_years=[2027])
    # The demo has clocks of its own that reach into that year.
    assert services.recalculate(session) >= 1
    after = view(session, subject)
    assert not after.provisional
    assert after.due_at == before.due_at + timedelta(days=1)
    assert services.recalculate(session) == 0


def test_a_new_version_of_a_rule_leaves_running_clocks_alone_unless_asked(session, world):
    official = actor(session, "wuxing-official")
    subject = begin(session, world, "D12.handover")
    before = view(session, subject).due_at
    current = rules.history(session, "D12.handover")[0]
    facts = {
        name: getattr(current, name)
        for name in (
            "name", "name_en", "trigger", "trigger_en", "unit", "direction", "rolls", "pausable",
            "max_extension", "warn_percent", "legal_ref", "source", "mark", "note", "valid_from",
        )
    }  # fmt: skip
    new = rules.revise(
        session, official, "D12.handover", based_on=1, facts=facts | {"amount": 5, "valid_to": None}
    )
    assert view(session, subject).due_at == before
    assert view(session, begin(session, world, "D12.handover")).due_at > before
    with pytest.raises(StaleVersion):
        rules.revise(session, official, "D12.handover", based_on=1, facts=facts | {"amount": 6})
    # Those two, and what the demo has running by this rule.
    assert services.apply_newest(session, official, new) >= 2
    assert view(session, subject).due_at > before


def test_the_version_that_holds_on_the_day_of_the_trigger_counts(session, world):
    old = begin(session, world, "D1.filing_review", datetime(2023, 6, 30, 1, tzinfo=UTC))
    new = begin(session, world, "D1.filing_review", datetime(2023, 7, 1, 1, tzinfo=UTC))
    assert "2010" in view(session, old).legal_ref
    assert (view(session, new).mark, "2023" in view(session, new).legal_ref) == ("unverified", True)
    with pytest.raises(UnknownRule):
        begin(session, world, "D99.nothing")


def test_what_happens_to_a_clock_is_told_to_those_who_follow_it(world):
    with world.app.test_request_context(), world.unit_of_work() as session:
        wujiang = world.bureau_id("wujiang")
        subject = begin(session, world, "D2.decision", also_told=[wujiang])
        services.extend_clock(
            session, subject, "D2.decision",
            amount=1, ground="案情复杂", actor=actor(session, "wuxing-official"),
        )  # fmt: skip
        clock_id = view(session, subject).id
    with world.unit_of_work() as session:
        told = session.execute(
            select(FeedChange.bureau_id, FeedChange.verb).where(FeedChange.record_id == clock_id)
        ).all()
    assert {(row.bureau_id, row.verb) for row in told} == {
        (wujiang, "extended"),
        (world.bureau_id("wuxing"), "extended"),
    }
    change = world.as_("wujiang-liaison").get("/changes", after=0, limit=500).body["items"][-1]
    # Its content is for who sees the record that it runs on; this one's is no record of the hub.
    assert (change["kind"], change["id"], change["view"]) == ("clock", clock_id, None)
    others = world.as_("nanxun-liaison").get("/changes", after=0, limit=500).body["items"]
    assert all(row["id"] != clock_id for row in others)
