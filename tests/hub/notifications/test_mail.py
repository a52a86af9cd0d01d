"""Digests: when they go out, what they say, and that each goes out once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hub.accounts.models import User
from hub.config import Settings, SettingsError
from hub.db import utc_now
from hub.jobs.models import JobLease
from hub.notifications.digests import is_quiet
from hub.notifications.models import Mail, MailState
from tests.support.cases import new_case, share_of
from tests.support.clocks import run_due
from tests.support.mail import MailServer
from tests.support.requests import assistance, sent
from tests.support.scaled import wait_until

LIAISON = "yixing-liaison"


@pytest.fixture
def server():
    running = MailServer()
    yield running
    running.close()


@pytest.fixture
def mailing(world, server):
    """The world's hub with a mail server set."""
    set_mail(world, smtp_url=server.url, public_url="https://hub.example")
    return world


def set_mail(world, **changed: object) -> None:
    options = world.app.extensions["hub.settings"]
    world.app.extensions["hub.settings"] = replace(options, **changed)


def wish(world, username: str = LIAISON, **changed: object) -> None:
    caller = world.as_(username)
    held = caller.get("/notifications/settings").body
    body = {key: held[key] for key in ("topics", "digest", "quiet_from", "quiet_to")}
    # Without deadlines: the demo's clocks come near at some time of the day.
    body["topics"] = [topic for topic in held["topics"] if topic != "deadline"]
    body |= {"mail": True, "email": f"{username}@example.cn", "digest": "at_once"} | changed
    answer = caller.put("/notifications/settings", body, version=held["version"])
    assert answer.status == 200, answer.body


def mail_jobs(world, *after: timedelta) -> int:
    """How much of what was due was about mail."""
    return sum(count for job, count in run_due(world, *after).items() if job.startswith("mail."))


def mails(world) -> list[Mail]:
    with world.app.extensions["hub.db"].read_only() as session:
        return list(session.scalars(select(Mail).order_by(Mail.id)))


def test_a_digest_tells_kinds_counts_and_numbers_and_no_content(mailing, server):
    wish(mailing)
    cases = [new_case(mailing, title="不外传的标题", party_name="某厂").body for _ in range(2)]
    done = run_due(mailing)
    assert (done["mail.digest"], done["mail.send"]) == (1, 1)
    (mail,) = server.mails
    assert mail["To"] == f"{LIAISON}@example.cn"
    assert mail["Subject"] == "联防：2条新通知"
    body = mail.get_content()
    assert "共享与签收：2条" in body
    assert all(case["number"] in body for case in cases)
    assert "https://hub.example/notifications" in body
    _tells_nothing(server, "不外传", "某厂", "偷排", "暗管")


def _tells_nothing(server, *secrets: str) -> None:
    """In no byte of any mail, headers included, stands what is only for the hub."""
    assert server.raw
    for mail, raw in zip(server.mails, server.raw, strict=True):
        told = [raw.decode("utf-8", "replace"), *(str(text) for text in mail.values())]
        told += [str(part.get_content()) for part in mail.walk() if not part.is_multipart()]
        for secret in secrets:
            assert not any(secret in text for text in told)


def test_nothing_that_people_wrote_to_each_other_is_in_a_mail(mailing, server):
    """Reasons, questions, answers: they are read in the hub, by whoever may at that moment."""
    for who in (LIAISON, "yixing-official", "changxing-liaison", "changxing-official"):
        wish(mailing, who)
    case = new_case(mailing, title="不外传的标题").body
    share = share_of(mailing, case["id"])
    partner, owner = mailing.as_(LIAISON), mailing.as_("changxing-official")
    partner.post(
        f"/shares/{share['id']}/access-request", {"purpose": "information", "reason": "秘一"}
    )
    owner.post(f"/shares/{share['id']}/access-request/refuse", {"reason": "秘二"})
    sent(mailing, assistance(mailing, title="秘三", questions=["秘四"], body="秘五"))
    partner.post(f"/shares/{share['id']}/accept")
    owner.post(f"/shares/{share['id']}/recall", {"reason": "秘六"})
    assert run_due(mailing)["mail.send"] >= 3
    assert {mail["To"].split("@")[0] for mail in server.mails} >= {LIAISON, "changxing-official"}
    _tells_nothing(server, "秘一", "秘二", "秘三", "秘四", "秘五", "秘六", "不外传", "演示印染厂")


def test_nothing_is_mailed_twice_nor_what_was_read_nor_to_who_did_not_ask(mailing, server):
    wish(mailing)
    new_case(mailing)
    run_due(mailing)
    assert mail_jobs(mailing) == 0
    new_case(mailing)
    mailing.as_(LIAISON).post("/notifications/read-all")
    assert mail_jobs(mailing) == 0
    assert len(server.mails) == 1


def test_what_came_before_mail_was_switched_on_is_not_mailed(mailing, server):
    new_case(mailing)
    wish(mailing)
    assert mail_jobs(mailing) == 0
    assert server.mails == []


def test_a_reader_of_english_gets_english(mailing, server):
    user_id = mailing.as_(LIAISON).user_id
    with mailing.unit_of_work() as session:
        session.get_one(User, user_id).locale = "en"
    wish(mailing)
    new_case(mailing)
    run_due(mailing)
    assert server.mails[0]["Subject"] == "Lianfang: 1 new notification"


def test_hourly_and_daily_digests_keep_their_rhythm(mailing, server):
    wish(mailing, digest="hourly")
    new_case(mailing)
    assert run_due(mailing)["mail.send"] == 1
    new_case(mailing)
    assert mail_jobs(mailing, timedelta(minutes=50)) == 0
    assert run_due(mailing, timedelta(minutes=61))["mail.send"] == 1
    wish(mailing, digest="daily")
    new_case(mailing)
    local_hour = (utc_now() + timedelta(hours=8)).hour
    to_nine = timedelta(hours=(24 + 9 - local_hour) % 24 + 24)  # nine in the morning, another day
    assert run_due(mailing, to_nine - timedelta(hours=3)).get("mail.digest", 0) == 0
    assert run_due(mailing, to_nine)["mail.send"] == 1


def test_quiet_hours_hold_mail_back(mailing, server):
    local = utc_now() + timedelta(hours=8)
    begins = (local - timedelta(minutes=5)).strftime("%H:%M")
    ends = (local + timedelta(minutes=30)).strftime("%H:%M")
    wish(mailing, quiet_from=begins, quiet_to=ends)
    new_case(mailing)
    assert mail_jobs(mailing) == 0
    assert run_due(mailing, timedelta(minutes=31))["mail.send"] == 1


@pytest.mark.parametrize(
    ("begins", "ends", "minute", "quiet"),
    [
        (None, None, 5, False),
        (60, 60, 60, False),
        (60, 120, 59, False),
        (60, 120, 60, True),
        (60, 120, 120, False),
        (1320, 420, 1380, True),
        (1320, 420, 419, True),
        (1320, 420, 420, False),
    ],
)
def test_quiet_hours_may_span_midnight(begins, ends, minute, quiet):
    assert is_quiet(begins, ends, minute) is quiet


def test_a_server_that_refuses_is_tried_again_later_and_later(mailing, server):
    wish(mailing)
    new_case(mailing)
    server.refusing = True
    assert run_due(mailing)["mail.send"] == 0
    assert mail_jobs(mailing, timedelta(seconds=30)) == 0
    run_due(mailing, timedelta(seconds=61))
    (mail,) = mails(mailing)
    assert (mail.state, mail.tries) == (MailState.WAITING, 2)
    assert "451" in mail.error
    server.refusing = False
    assert mail_jobs(mailing, timedelta(seconds=100)) == 0
    assert run_due(mailing, timedelta(minutes=4))["mail.send"] == 1
    assert mail_jobs(mailing, timedelta(hours=4)) == 0
    assert len(server.mails) == 1


def test_mail_that_nobody_takes_is_given_up_at_last(mailing, server):
    wish(mailing)
    new_case(mailing)
    server.refusing = True
    for hours in range(0, 48, 3):
        run_due(mailing, timedelta(hours=hours))
    (mail,) = mails(mailing)
    assert (mail.state, mail.tries) == (MailState.GIVEN_UP, 12)


def test_a_hub_killed_between_making_and_sending_sends_one_mail(world, server, live_hub):
    """The digest is made while the server refuses, the hub is killed, and a new one sends it."""
    env = {"HUB_SMTP_URL": server.url, "HUB_JOBS_SECONDS": "0.2"}
    wish(world)
    server.refusing = True
    hub = live_hub.start(**env)
    new_case(world)
    wait_until(lambda: any(mail.tries for mail in mails(world)), "a first try")
    hub.kill()
    with world.unit_of_work() as session:
        for mail in session.scalars(select(Mail)):
            mail.next_at = datetime(2026, 1, 1, tzinfo=UTC)
    server.refusing = False
    with world.unit_of_work() as session:
        for held in session.scalars(select(JobLease)):
            held.until = datetime(2026, 1, 1, tzinfo=UTC)
    hub.start(**env)
    server.wait(1)
    fence = new_case(world).body  # its digest follows whatever else was on its way
    server.wait(2)
    assert fence["number"] in server.mails[1].get_content()
    assert len({mail["Message-ID"] for mail in server.mails}) == len(server.mails) == 2


def test_a_mail_server_is_set_by_a_url_that_can_be_used():
    for url in ("mail.example.cn", "http://mail", "smtp://"):
        with pytest.raises(SettingsError, match="HUB_SMTP_URL"):
            Settings(demo=True, smtp_url=url).checked()
    with pytest.raises(SettingsError, match="HUB_MAIL_FROM"):
        Settings(demo=True, smtp_url="smtp://mail", mail_from="x").checked()
    assert Settings(demo=True, smtp_url="smtps://u:p@mail:465").checked().smtp_url
