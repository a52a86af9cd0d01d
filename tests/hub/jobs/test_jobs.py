"""What happens because a date has come: once, by one worker, also after a downtime or a kill."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from hub.agreements.models import Agreement
from hub.app import create_app
from hub.db import utc_now
from hub.deadlines.models import Clock
from hub.jobs import lease
from hub.jobs.due import JOBS, Job
from hub.jobs.models import JobLease
from hub.jobs.runner import Runner
from sharing.models import FeedChange, Share
from tests.conftest import settings_for
from tests.support.cases import last_changes, new_case, share_of
from tests.support.clocks import let_pass, let_run_out, run_due
from tests.support.sockets import SocketReader

OWNER, LIAISON = "changxing-official", "yixing-liaison"


@pytest.fixture(autouse=True)
def _settled(world):
    """What the demo left to be done (its tracks) is done before anything is counted."""
    run_due(world)


def older_agreement(world) -> str:
    """Id of the demo's agreement in force."""
    items = world.as_(OWNER).get("/agreements").body["items"]
    return next(item["id"] for item in items if item["state"] == "in_force")


def verbs(world, username: str, record_id: str) -> list[str]:
    bureau_id = world.as_(username).bureau_id
    with world.unit_of_work() as session:
        rows = session.scalars(
            select(FeedChange.verb)
            .where(FeedChange.record_id == record_id)
            .where(FeedChange.bureau_id == bureau_id)
            .order_by(FeedChange.seq)
        )
        return list(rows)


def test_an_agreement_that_runs_out_is_told_once_and_ends_its_shares(world):
    case = new_case(world).body
    share = share_of(world, case["id"])
    agreement = older_agreement(world)
    before = verbs(world, LIAISON, agreement)
    assert run_due(world).total() == 0
    let_run_out(world, agreement)
    assert run_due(world)["agreement.end"] == 1
    assert run_due(world).total() == 0
    for username in (OWNER, LIAISON):
        assert verbs(world, username, agreement)[len(before) :] == ["expired"]
        assert verbs(world, username, share["id"])[-1] == "ended"
    assert last_changes(world, LIAISON, case["id"])[-1]["verb"] == "tombstone"
    assert share_of(world, case["id"])["running"] is False
    assert world.as_(LIAISON).get("/clocks", kind="share").body["items"] == []


def test_an_agreement_begins_on_its_first_day_and_opens_the_cases_in_its_zone(world):
    case = new_case(world).body
    agreement = older_agreement(world)
    with world.unit_of_work() as session:
        row = session.get_one(Agreement, agreement)
        row.versions[-1].valid_from = utc_now() + timedelta(days=2)
        row.versions[-1].begun_at = None
    assert world.as_(LIAISON).get(f"/cases/{case['id']}").status == 404
    assert run_due(world)["agreement.begin"] == 0
    with world.unit_of_work() as session:
        row = session.get_one(Agreement, agreement)
        row.versions[-1].valid_from = utc_now() - timedelta(seconds=1)
    assert run_due(world)["agreement.begin"] == 1
    assert run_due(world).total() == 0
    assert verbs(world, LIAISON, agreement)[-1] == "begun"
    assert world.as_(LIAISON).get(f"/cases/{case['id']}").status == 200


def test_a_share_with_an_end_ends_on_its_day(world):
    case = new_case(world).body
    share = share_of(world, case["id"])
    with world.unit_of_work() as session:
        session.get_one(Share, share["id"]).until = utc_now() + timedelta(hours=1)
    assert run_due(world)["share.end"] == 0
    assert run_due(world, timedelta(hours=2))["share.end"] == 1
    assert run_due(world, timedelta(hours=2)).total() == 0
    assert verbs(world, LIAISON, share["id"])[-1] == "ended"
    assert world.as_(LIAISON).get(f"/cases/{case['id']}").status == 404


def test_a_grant_ends_on_its_day_and_the_share_goes_on(world):
    case = new_case(world).body
    share = share_of(world, case["id"])
    with world.unit_of_work() as session:
        row = session.get_one(Share, share["id"])
        row.granted_groups, row.granted_until = ["notes"], utc_now() + timedelta(hours=1)
    assert run_due(world)["grant.end"] == 0
    assert run_due(world, timedelta(hours=2))["grant.end"] == 1
    assert run_due(world, timedelta(hours=2))["grant.end"] == 0
    assert verbs(world, LIAISON, share["id"])[-1] == "access_ended"
    assert share_of(world, case["id"])["running"] is True


def test_a_deadline_is_told_when_near_and_when_passed_to_both_sides_once(world):
    share = share_of(world, new_case(world).body["id"])
    with world.unit_of_work() as session:
        clock = session.scalars(select(Clock.id).where(Clock.subject_id == share["id"])).one()
    assert run_due(world).total() == 0
    assert run_due(world, timedelta(hours=60))["clock.near"] >= 1
    assert run_due(world, timedelta(hours=60)).total() == 0
    assert run_due(world, timedelta(hours=73))["clock.overdue"] >= 1
    assert run_due(world, timedelta(hours=73)).total() == 0
    for username in (OWNER, LIAISON):
        assert verbs(world, username, clock) == ["near", "overdue"]
    assert verbs(world, "nanxun-liaison", clock) == []


def test_after_a_downtime_over_both_moments_only_the_later_is_told(world):
    share = share_of(world, new_case(world).body["id"])
    let_pass(world, "share", share["id"], timedelta(days=30))
    done = run_due(world)
    assert (done["clock.near"], done["clock.overdue"]) == (0, 1)


def test_an_item_that_fails_holds_no_other_up_and_is_tried_again_later(world):
    moment = [utc_now()]
    seen: list[str] = []

    def act(_session, item, _now) -> bool:
        seen.append(item)
        if item == "bad" and len(seen) < 3:
            raise OperationalError("select", {}, Exception("away"))
        return True

    jobs = (Job("probe", lambda _s, _n: ["bad", "good"], act),)
    runner = Runner(world.app, world.app.extensions["hub.db"], lambda: moment[0], jobs)
    assert runner.run_due() == {"probe": 1}
    assert seen == ["bad", "good"]
    assert runner.run_due() == {"probe": 1}  # the bad one waits
    assert seen == ["bad", "good", "good"]
    moment[0] += timedelta(minutes=1)
    assert runner.run_due() == {"probe": 2}


def test_what_an_item_wrote_before_it_failed_is_not_kept(world):
    share = share_of(world, new_case(world).body["id"])
    real = next(job for job in JOBS if job.name == "clock.overdue")

    def killed(session, item, now) -> bool:
        real.act(session, item, now)
        raise SystemExit("killed before the commit")

    let_pass(world, "share", share["id"], timedelta(days=30))
    broken = Runner(world.app, world.app.extensions["hub.db"], jobs=(Job("x", real.find, killed),))
    with pytest.raises(SystemExit):
        broken.run_due()
    # Its lease still stands; another worker waits for it to lapse, then does the item once.
    assert run_due(world).total() == 0
    assert run_due(world, timedelta(minutes=2))["clock.overdue"] == 1
    assert run_due(world, timedelta(minutes=2)).total() == 0


def test_the_lease_is_held_by_one_and_lapses(world):
    now = utc_now()
    with world.unit_of_work() as session:
        assert lease.take(session, "a", now)
        assert not lease.take(session, "b", now)
        assert lease.take(session, "a", now + timedelta(seconds=30))
        assert not lease.take(session, "b", now + timedelta(seconds=70))
        assert lease.take(session, "b", now + timedelta(seconds=91))
        lease.release(session, "b", now)
        assert lease.take(session, "a", now)


def test_nothing_is_written_while_nothing_is_due(world):
    def leases() -> list[tuple[object, ...]]:
        with world.unit_of_work() as session:
            return [tuple(row) for row in session.execute(select(*JobLease.__table__.columns))]

    before = leases()
    assert run_due(world).total() == 0
    assert leases() == before


def test_many_workers_at_once_tell_it_once(world, database_url, tmp_path):
    """On PostgreSQL the workers are as separate as processes; on SQLite they queue."""
    share = share_of(world, new_case(world).body["id"])
    agreement = older_agreement(world)
    let_run_out(world, agreement)
    apps = [
        create_app(settings_for(database_url, tmp_path / f"worker{n}", jobs_seconds=0))
        for n in range(4)
    ]
    ready = threading.Barrier(4)
    done: list[int] = []

    def work(app) -> None:
        ready.wait(20)
        done.append(Runner(app, app.extensions["hub.db"]).run_due()["agreement.end"])

    workers = [threading.Thread(target=work, args=(app,)) for app in apps]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    for app in apps:
        app.extensions["hub.db"].dispose()
    assert sorted(done) == [0, 0, 0, 1]
    assert verbs(world, LIAISON, agreement).count("expired") == 1
    assert verbs(world, LIAISON, share["id"]).count("ended") == 1


def test_the_command_runs_what_is_due(world):
    let_run_out(world, older_agreement(world))
    run = world.app.test_cli_runner()
    first = run.invoke(args=["jobs", "run-due"])
    assert first.exit_code == 0, first.output
    assert "agreement.end: 1" in first.output
    assert "jobs: 0 done" in run.invoke(args=["jobs", "run-due"]).output


def test_an_open_socket_sees_an_agreement_end_by_date(world, live_hub):
    case = new_case(world).body
    agreement = older_agreement(world)
    hub = live_hub.start(HUB_JOBS_SECONDS="0.2")
    reader = SocketReader(hub.url, {"token": world.as_(LIAISON).token}).connect()
    try:
        let_run_out(world, agreement)
        reader.wait(lambda r: any(c["id"] == agreement for c in r.changes), "the end")
        reader.wait(
            lambda r: any(c["id"] == case["id"] and c["view"] is None for c in r.changes),
            "the case's tombstone",
        )
    finally:
        reader.close()
    told = [c for c in reader.changes if c["id"] == agreement]
    assert [c["verb"] for c in told] == ["expired"]
