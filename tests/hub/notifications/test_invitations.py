"""Invitations by mail, their changes and withdrawal; what packages tell of and remind of."""

from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select, update

from hub.db import utc_now
from hub.notifications.models import Mail, Notification
from tests.hub.notifications.test_mail import set_mail, wish
from tests.support.cases import new_case
from tests.support.clocks import run_due
from tests.support.exchange import approved, built
from tests.support.mail import MailServer
from tests.support.meetings import (
    GUEST,
    GUEST_OFFICIAL,
    HOST,
    HOST_OFFICIAL,
    act,
    fixed,
    in_days,
)

TITLE = "关于某印染厂的会商"


@pytest.fixture
def mailing(world):
    server = MailServer()
    set_mail(world, smtp_url=server.url, public_url="https://hub.example")
    yield world, server
    server.close()


def events(server):
    """What each mail says to a calendar: method, sequence, the event, the mail.

    From eight in the morning on the day's digest comes as well, which no calendar reads.
    """
    found = []
    for mail in server.mails:
        if not mail.is_multipart():
            continue
        (part,) = [p for p in mail.iter_attachments() if p.get_filename() == "meeting.ics"]
        (said,) = [
            p
            for p in mail.walk()
            if p.get_content_type() == "text/calendar" and not p.get_filename()
        ]
        assert said["Content-Type"].params["method"] == part["Content-Type"].params["method"]
        calendar = Calendar.from_ical(part.get_content())
        (event,) = calendar.walk("VEVENT")
        found.append((str(calendar["METHOD"]), int(event["SEQUENCE"]), event, mail))
    return found


def _text(mail):
    return "".join(part.get_content() for part in mail.walk() if not part.is_multipart())


def ready(world):
    """A meeting to which the guests' liaison, who wishes mail about meetings alone, is invited."""
    wish(world, GUEST, topics=["meeting"], digest="daily", quiet_from=None)
    row = fixed(world, title=TITLE)
    run_due(world)
    return row


def test_invitation_change_and_withdrawal_reach_a_calendar_without_content(mailing):
    world, server = mailing
    row = ready(world)
    (first,) = events(server)
    assert first[:2] == ("REQUEST", 0)
    assert first[2]["ATTENDEE"] == f"mailto:{GUEST}@example.cn"
    assert first[2].decoded("DTSTART").isoformat()[:16] == str(in_days(10) + timedelta(hours=8))[
        :16
    ].replace(" ", "T")
    run_due(world)
    assert len(events(server)) == 1

    host = world.as_(HOST)
    now = host.get(f"/meetings/{row['id']}")
    moved = {"place": "宜兴市政务中心", "starts_at": in_days(11).isoformat(),
             "ends_at": (in_days(11) + timedelta(hours=2)).isoformat()}  # fmt: skip
    assert host.patch(f"/meetings/{row['id']}", moved, version=now.body["version"]).status == 200
    run_due(world)
    method, sequence, event, mail = events(server)[1]
    assert (method, sequence > 0, str(event["LOCATION"])) == ("REQUEST", True, "宜兴市政务中心")
    assert event["UID"] == first[2]["UID"]
    assert "安排有变" in mail["Subject"]

    assert act(host, row["id"], "cancel", text="改期").status == 200
    run_due(world)
    run_due(world)
    assert [one[:1] for one in events(server)] == [("REQUEST",), ("REQUEST",), ("CANCEL",)]
    last = events(server)[2]
    assert (str(last[2]["STATUS"]), last[1] > sequence) == ("CANCELLED", True)
    assert all(row["number"] in one[3]["Subject"] + _text(one[3]) for one in events(server))
    for mail in server.mails:
        whole = _text(mail)
        for secret in (TITLE, "印染", "界河共管", "changxing", "吴建国"):
            assert secret not in whole + mail["Subject"]


def test_what_the_invitation_told_no_digest_tells_again(mailing):
    world, server = mailing
    wish(world, GUEST, topics=["meeting"], digest="at_once", quiet_from=None)
    row = fixed(world, starts_at=in_days(10).isoformat(), ends_at=in_days(10.5).isoformat())
    run_due(world)
    assert len(events(server)) == 1
    begins = in_days(10) + timedelta(hours=8)
    assert f"{begins:%Y-%m-%d %H:%M}–" in _text(events(server)[0][3])
    # That it was called, of which no invitation tells.
    (digest,) = [mail for mail in server.mails if not mail.is_multipart()]
    assert digest["Subject"] == "联防：1条新通知"
    assert row["number"] in _text(digest)


def test_who_is_taken_off_or_cannot_come_hears_no_more(mailing):
    world, server = mailing
    row = ready(world)
    person = next(one for one in row["people"] if one["user_id"] == world.as_(GUEST).user_id)
    url = f"/meetings/{row['id']}/people/{person['id']}"
    assert world.as_(GUEST).delete(url).status == 200
    run_due(world)
    assert [one[0] for one in events(server)] == ["REQUEST", "CANCEL"]
    assert "不再请您参加" in events(server)[1][3]["Subject"]


def test_who_does_not_wish_mail_gets_no_invitation(mailing):
    world, server = mailing
    wish(world, GUEST, topics=["share"], digest="daily")
    fixed(world)
    assert run_due(world).get("mail.invite", 0) == 0
    assert server.mails == []


def bell(world, who):
    items = world.as_(who).get("/notifications", topic="package").body["items"]
    return [(one["verb"], one["url"]) for one in items]


def test_packages_tell_their_own_bureau_wait_and_remind(world):
    new_case(world)
    draft = built(world)
    page = f"/packages/{draft['id']}"
    assert bell(world, HOST_OFFICIAL) == [("created", page)]
    assert bell(world, HOST) == bell(world, GUEST_OFFICIAL) == []
    assert "数据包待批准" in world.as_(HOST_OFFICIAL).page("/").body
    assert "数据包待批准" not in world.as_(HOST).page("/").body
    assert run_due(world, timedelta(days=1)).get("package.remind", 0) == 0
    assert run_due(world, timedelta(days=3))["package.remind"] == 1
    assert run_due(world, timedelta(days=4)).get("package.remind", 0) == 0
    assert bell(world, HOST_OFFICIAL)[0] == ("waiting", page)
    approved(world, draft)
    assert bell(world, HOST) == [("sealed", page)]
    assert run_due(world, timedelta(days=25))["package.remind"] == 1
    assert bell(world, HOST)[0] == ("receipt_due", page)


def test_after_the_clock_was_set_back_a_change_is_mailed_once_and_not_at_every_look(mailing):
    """Ids of what is written then sort before those of the mails that went out earlier."""
    world, server = mailing
    row = ready(world)
    with world.unit_of_work() as session:
        ahead = f"{int((utc_now() + timedelta(hours=1)).timestamp() * 1000):012x}"
        # Whatever names a mail lets go of it, so that it can get another id.
        session.execute(update(Notification).values(mail_id=None))
        for mail in session.scalars(select(Mail).where(Mail.about.is_not(None))):
            mail.id = f"{ahead[:8]}-{ahead[8:]}{mail.id[13:]}"
    host = world.as_(HOST)
    now = host.get(f"/meetings/{row['id']}")
    moved = {"place": "宜兴市政务中心"}
    assert host.patch(f"/meetings/{row['id']}", moved, version=now.body["version"]).status == 200
    for _ in range(4):
        run_due(world)
    assert [one[0] for one in events(server)] == ["REQUEST", "REQUEST"]
