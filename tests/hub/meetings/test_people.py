"""Invitations: answers, substitutes, guests, presence; and as iCalendar."""

from __future__ import annotations

import icalendar
import vobject
from werkzeug.http import parse_options_header

from tests.support.meetings import (
    GUEST,
    GUEST_OFFICER,
    GUEST_OFFICIAL,
    HOST,
    HOST_OFFICER,
    act,
    called,
    fixed,
    in_days,
)


def person(row, name_part, bureau="宜兴"):
    return next(p for p in row["people"] if p["bureau_name"] == bureau and name_part in p["name"])


def test_the_invited_answers_for_himself(world):
    row = fixed(world)
    official = world.as_(GUEST_OFFICIAL)
    me = next(p for p in official.get(f"/meetings/{row['id']}").body["people"] if p["me"])
    url = f"/meetings/{row['id']}/people/{me['id']}"
    assert official.patch(url, {"answer": "declined"}).body["errors"][0]["field"] == "note"
    said = official.patch(url, {"answer": "declined", "note": "外出"}).body
    assert next(p for p in said["people"] if p["me"])["answer_note"] == "外出"
    seen = world.as_(HOST).get(f"/meetings/{row['id']}").body["people"]
    assert next(p for p in seen if p["id"] == me["id"])["answer"] == "declined"
    assert "外出" not in str(seen)
    assert world.as_(HOST_OFFICER).patch(url, {"answer": "accepted"}).status == 403


def test_a_substitute_is_a_colleague_not_yet_invited(world):
    row = fixed(world)
    guest = world.as_(GUEST)
    official = person(row, "蒋")
    url = f"/meetings/{row['id']}/people/{official['id']}"
    officer = world.as_(GUEST_OFFICER).user_id
    stranger = {"answer": "substituted", "substitute_id": world.as_(HOST).user_id}
    assert guest.patch(url, stranger).status == 422
    answer = guest.patch(url, {"answer": "substituted", "substitute_id": officer})
    assert person(answer.body, "蒋")["substitute_name"]
    theirs = [p for p in row["people"] if p["bureau_name"] == "宜兴"]
    other = next(p for p in theirs if p["id"] != official["id"])
    url = f"/meetings/{row['id']}/people/{other['id']}"
    assert guest.patch(url, {"answer": "substituted", "substitute_id": officer}).status == 422


def test_each_party_brings_its_own_people_and_guests_by_name(world):
    row = called(world)
    guest = world.as_(GUEST)
    url = f"/meetings/{row['id']}/people"
    officer = world.as_(GUEST_OFFICER).user_id
    assert guest.post(url, {"user_id": officer}).status == 201
    assert guest.post(url, {"user_id": officer}).status == 409
    assert guest.post(url, {"user_id": world.as_(HOST_OFFICER).user_id}).status == 422
    body = guest.post(url, {"name": "王工", "organisation": "市环境监测中心"}).body
    one = person(body, "王工")
    assert (one["role"], one["account"]) == ("guest", False)
    assert guest.delete(f"{url}/{one['id']}").status == 200
    chair = next(p for p in body["people"] if p["role"] == "chair")
    assert world.as_(HOST).delete(f"{url}/{chair['id']}").status == 409
    assert guest.delete(f"{url}/{chair['id']}").status == 403


def test_the_invited_are_told_and_it_waits_for_them(world):
    row = fixed(world)
    page = world.as_(GUEST_OFFICIAL).page("/").body
    assert row["title"] in page
    items = world.as_(GUEST_OFFICIAL).get("/notifications", topic="meeting").body["items"]
    assert "fix_agenda" in {one["verb"] for one in items if one["record_id"] == row["id"]}


def read(world, row, who=GUEST):
    answer = world.as_(who).get(f"/meetings/{row['id']}.ics")
    assert answer.headers["Content-Type"].startswith("text/calendar")
    named = parse_options_header(answer.headers["Content-Disposition"])[1]["filename"]
    assert named == f"{row['number']}.ics"
    return answer.body


def test_the_invitation_is_read_back_by_two_parsers(world):
    row = fixed(world)
    text = read(world, row)
    first = icalendar.Calendar.from_ical(text)
    second = vobject.readOne(text)
    event = next(iter(first.walk("VEVENT")))
    assert first["METHOD"] == second.method.value == "REQUEST"
    assert event["UID"] == second.vevent.uid.value
    assert int(event["SEQUENCE"]) == int(second.vevent.sequence.value) == 0
    begins = second.vevent.dtstart.value
    assert event["DTSTART"].dt == begins
    assert begins.astimezone(in_days(0).tzinfo).isoformat()[:16] == row["starts_at"][:16]
    assert begins.utcoffset().total_seconds() == 8 * 3600
    assert second.vtimezone.tzid.value == "Asia/Shanghai"
    assert len(second.vevent.contents["attendee"]) == 4
    assert "界河共管" in second.vevent.description.value


def test_a_change_counts_on_and_a_cancelled_meeting_is_withdrawn(world):
    row = fixed(world)
    later = {"starts_at": in_days(12).isoformat(), "ends_at": in_days(12.1).isoformat()}
    changed = world.as_(HOST).patch(f"/meetings/{row['id']}", later, version=row["version"]).body
    moved = vobject.readOne(read(world, changed))
    assert int(moved.vevent.sequence.value) == 1
    act(world.as_(HOST), row["id"], "cancel", text="台风")
    gone = vobject.readOne(read(world, row))
    assert (gone.method.value, gone.vevent.status.value) == ("CANCEL", "CANCELLED")
    assert gone.vevent.uid.value == moved.vevent.uid.value
    assert int(gone.vevent.sequence.value) == 2


def test_the_feed_has_every_meeting_of_the_bureau(world):
    row = fixed(world)
    feed = vobject.readOne(world.as_(GUEST).get("/meetings.ics").body)
    assert row["title"] in {event.summary.value for event in feed.vevent_list}
    stranger = world.as_("nanxun-liaison").get("/meetings.ics").body
    assert row["title"] not in stranger
