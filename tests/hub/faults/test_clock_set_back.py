"""The hub's own clock is set back while it runs: order is by numbers, and nothing ends for good."""

from __future__ import annotations

import re
import time
import uuid
from datetime import datetime, timedelta

import pyotp
import time_machine
from sqlalchemy import select

from hub.accounts.models import AccessToken, LoginSession
from hub.accounts.secrets import match_totp
from hub.db import utc_now
from hub.demo.people import PASSWORD
from hub.errors import Conflict
from hub.jobs import lease
from hub.jobs.due import Job
from hub.jobs.models import JobLease
from hub.jobs.runner import Runner
from sharing import feed
from sharing.models import FeedChange
from tests.support import moments
from tests.support.cases import last_changes, new_case
from tests.support.clock_steps import set_by
from tests.support.live import LiveHub
from tests.support.scaled import Door
from tests.support.sockets import SocketReader
from tests.support.world import World

HOUR = timedelta(hours=1)
WHO = "wuxing-liaison"


def test_a_socket_hears_everything_once_and_in_order_over_the_step(world: World, live_hub: LiveHub):
    """The clock of the running hub is set back by an hour right after its second change."""
    liaison = world.as_(WHO)
    began = int(liaison.get("/changes", after=0, limit=1).body["head"])
    live_hub.start(HUB_JOBS_SECONDS="0", **{moments.CLOCK_AT: "announce:2:-3600"})
    reader = SocketReader(live_hub.url, {"token": liaison.token}).connect()
    door = Door(live_hub, liaison.token)
    names = [f"时钟{n}站" for n in range(5)]
    keys = {name: uuid.uuid4().hex for name in names}
    assert [door.add_station(name, keys[name]) for name in names] == [201] * 5
    reader.wait(lambda r: len(r.changes) == 5, "all five")
    assert [change["seq"] for change in reader.changes] == list(range(began + 1, began + 6))
    assert [change["view"]["name"] for change in reader.changes] == names
    dated = [datetime.fromisoformat(change["at"]) for change in reader.changes]
    assert dated[1] - dated[2] > HOUR / 2  # it was set back indeed
    assert not reader.closed.is_set()
    # What was written before and after is known under its key.
    assert [door.add_station(name, keys[name]) for name in names] == [201] * 5
    listed = door.call("GET", "/api/v1/stations?limit=200")[1]["items"]
    assert sorted(one["name"] for one in listed if one["name"] in names) == names
    again = SocketReader(live_hub.url, {"token": liaison.token, "after": began + 1}).connect()
    again.wait(lambda r: len(r.changes) == 4, "what followed the first")
    assert [change["seq"] for change in again.changes] == list(range(began + 2, began + 6))
    for one in (reader, again):
        one.close()
    door.close()


def test_what_a_wrong_clock_dated_too_early_tears_no_hole_into_the_feed(world: World):
    liaison = world.as_(WHO)
    body = {"lon": 120.25, "lat": 30.87}
    assert liaison.post("/stations", body | {"name": "甲站"}).status == 201
    with set_by(-200 * 24 * HOUR):
        assert liaison.post("/stations", body | {"name": "乙站"}).status == 201
    assert liaison.post("/stations", body | {"name": "丙站"}).status == 201
    with world.unit_of_work() as session:
        feed.prune(session, utc_now() - 100 * 24 * HOUR)
        left = session.scalars(
            select(FeedChange.seq)
            .where(FeedChange.bureau_id == liaison.bureau_id)
            .order_by(FeedChange.seq)
        ).all()
    assert len(left) >= 3
    assert left == list(range(left[0], left[-1] + 1))


def test_a_case_goes_on_by_its_version_and_its_audit_chain_stays_whole(world: World):
    handlers = [world.as_(f"changxing-officer{n}").user_id for n in (1, 2)]
    made = new_case(world, handlers=handlers)
    officer, case = world.as_("changxing-officer1"), made.body["id"]
    version = made.version
    for turn, stage in enumerate(("filed", "investigating")):
        with set_by(-HOUR * (turn + 1)):
            path = f"/cases/{case}/steps"
            answer = officer.post(path, {"to": stage}, version=version, key=f"step-{stage}-key")
            assert answer.status == 200, answer.body
            version = answer.version
    assert officer.get(f"/cases/{case}").body["stage"] == "investigating"
    steps = officer.get(f"/cases/{case}/steps").body["items"]
    assert [step["to_stage"] for step in steps] == ["filed", "investigating"]
    versions = [one["version"] for one in last_changes(world, "changxing-officer1", case)]
    assert versions == sorted(versions)
    told = world.as_("changxing-auditor").get("/audit/verify").body
    assert told["ok"], told
    # A repeated write is the same write, whichever clock it was made under.
    again = officer.post(
        f"/cases/{case}/steps", {"to": "investigating"}, version=version - 1,
        key="step-investigating-key",
    )  # fmt: skip
    assert (again.status, again.headers.get("Idempotency-Replayed")) == (200, "true")


def test_sessions_and_tokens_hold_over_the_step_and_still_end(world: World):
    client = world.app.test_client()
    page = client.get("/login").get_data(as_text=True)
    word = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert word is not None
    sent = {"username": WHO, "password": PASSWORD, "csrf_token": word.group(1)}
    assert client.post("/login", data=sent).status_code == 302
    liaison = world.as_(WHO)
    with world.unit_of_work() as session:
        token = session.scalars(
            select(AccessToken).where(AccessToken.user_id == liaison.user_id)
        ).first()
        token.expires_at = utc_now() + HOUR
    with set_by(-HOUR):
        assert client.get("/stations").status_code == 200
        assert liaison.get("/stations").status == 200
    assert client.get("/stations").status_code == 200
    # The ends are moments: they come when the clock does.
    with set_by(HOUR + timedelta(minutes=1)):
        assert liaison.get("/stations").status == 401
    with world.unit_of_work() as session:
        end = session.scalars(select(LoginSession.expires_at)).one()
    with time_machine.travel(end + timedelta(seconds=1), tick=True):
        assert client.get("/stations").status_code == 302


def test_a_one_time_code_is_not_taken_again_when_its_time_comes_again():
    secret, now = pyotp.random_base32(), time.time()
    code = pyotp.TOTP(secret).at(int(now))
    used = match_totp(secret, code, now=now, last_step=0)
    assert used is not None
    assert match_totp(secret, code, now=now - 3600 + 3600, last_step=used) is None


def test_terms_hold_by_the_clock_of_the_reading_and_nothing_ends_for_good(world: World):
    case = new_case(world).body["id"]
    partner = world.as_("yixing-liaison")
    assert partner.get(f"/cases/{case}").status == 200
    items = partner.get("/agreements").body["items"]
    first = min(
        datetime.fromisoformat(item["valid_from"]) for item in items if item["state"] == "in_force"
    )
    with time_machine.travel(first - HOUR, tick=True):
        assert partner.get(f"/cases/{case}").status == 404  # its first day has not come
        runner = Runner(world.app, world.app.extensions["hub.db"])
        assert runner.run_due()["agreement.end"] == 0
    assert partner.get(f"/cases/{case}").status == 200


def test_a_lease_from_a_clock_that_ran_ahead_keeps_nobody_from_the_clocks_work(world: World):
    """Its holder is gone, the right clock will not come to its end for a year."""
    database = world.app.extensions["hub.db"]
    with database.unit_of_work() as session:
        assert lease.take(session, "a worker that died", utc_now() + timedelta(days=365))
    with database.unit_of_work() as session:
        assert lease.take(session, "its successor", utc_now())
        assert session.get(JobLease, lease.NAME).holder == "its successor"
    # One that another holds at this moment is not taken from it, for all that.
    with database.unit_of_work() as session:
        assert not lease.take(session, "a third", utc_now())


def test_what_failed_before_the_step_is_tried_again_soon_after_it(world: World):
    tried: list[datetime] = []
    now = utc_now()

    def fail(_session: object, _item: str, at: datetime) -> bool:
        tried.append(at)
        raise Conflict("busy")

    job = Job("busy", lambda _session, _now: ["one"], fail)
    runner = Runner(world.app, world.app.extensions["hub.db"], clock=lambda: now, jobs=(job,))
    runner.run_due()
    runner.run_due()
    assert len(tried) == 1  # it waits
    now -= timedelta(days=1)
    runner.run_due()
    assert len(tried) == 2
