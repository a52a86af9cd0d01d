"""Calendar feeds: valid for calendar programs, of what their person sees, gone when revoked."""

from __future__ import annotations

from datetime import datetime, timedelta

import icalendar
import pytest
import vobject

from hub.accounts.models import CalendarFeed
from tests.support.clocks import run_due
from tests.support.meetings import GUEST, HOST, fixed
from tests.support.patrols import approve, approved_patrol, join, propose_patrol
from tests.support.series import WUJIANG, agree, begun, except_, read
from tests.support.story import binding_zone

pytestmark = pytest.mark.once
OFFICER = "wuxing-officer1"


def address(world, who, scope="person"):
    answer = world.as_(who).put(f"/calendar-feeds/{scope}", {})
    assert answer.status == 200, answer.body
    return answer.body["url"].partition("/calendars/")[2]


def fetch(world, path, **headers):
    with world.app.test_client() as client:
        return client.get(f"/calendars/{path}", headers=headers)


def events(world, path):
    answer = fetch(world, path)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    read = icalendar.Calendar.from_ical(answer.get_data())
    assert read.errors == []
    again = vobject.readOne(answer.get_data(as_text=True))
    assert again.vtimezone.tzid.value == "Asia/Shanghai"
    again.validate()
    assert all(len(line) <= 75 for line in answer.get_data().split(b"\r\n"))
    return {str(one["UID"]): one for one in read.walk("VEVENT")}


def test_a_person_reads_his_patrols_with_state_and_a_sequence_that_rises(world):
    patrol = join(world, propose_patrol(world, binding_zone(world)))
    path = address(world, OFFICER)
    uid = f"patrol-{patrol['id']}@lianfang.invalid"
    first = events(world, path)[uid]
    assert (str(first["STATUS"]), str(first["SUMMARY"])) == ("TENTATIVE", patrol["title"])
    assert first["DTSTART"].dt.utcoffset().total_seconds() == 8 * 3600
    assert first["DTSTART"].dt.isoformat()[:10] != ""
    assert patrol["number"] in str(first["DESCRIPTION"])
    for who in ("wuxing-planner", "wujiang-planner"):
        approve(world, who, patrol)
    second = events(world, path)[uid]
    assert str(second["STATUS"]) == "CONFIRMED"
    assert int(second["SEQUENCE"]) > int(first["SEQUENCE"])
    now = world.as_("wujiang-planner").get(f"/patrols/{patrol['id']}")
    body = {"reason": "台风"}
    world.as_("wujiang-planner").post(f"/patrols/{patrol['id']}/cancel", body, version=now.version)
    third = events(world, path)[uid]
    assert str(third["STATUS"]) == "CANCELLED"
    assert int(third["SEQUENCE"]) > int(second["SEQUENCE"])


def test_only_the_own_ones_or_those_of_the_bureau_and_never_anothers(world):
    patrol = approved_patrol(world)
    uid = f"patrol-{patrol['id']}@lianfang.invalid"
    assert uid not in events(world, address(world, "wuxing-planner"))
    assert uid in events(world, address(world, "wuxing-planner", "bureau"))
    assert uid in events(world, address(world, "wujiang-officer1"))
    assert events(world, address(world, "nanxun-planner", "bureau")) == {}


def test_a_series_recurs_without_what_became_a_patrol_or_is_an_exception(world):
    row = begun(world, rule="FREQ=WEEKLY;COUNT=6")
    agree(world, row)
    run_due(world)
    dates = [datetime.fromisoformat(one["original"]) for one in read(world, row).body["next"]]
    put_off = dates[2] + timedelta(hours=3)
    assert except_(world, row, dates[1].isoformat(), skipped=True).status == 200
    moved = {"starts_at": put_off.isoformat(), "title": "夜查"}
    assert except_(world, row, dates[2].isoformat(), **moved).status == 200
    text = fetch(world, address(world, OFFICER)).get_data(as_text=True)
    read_back = icalendar.Calendar.from_ical(text)
    assert read_back.errors == []
    assert [str(one["UID"]) for one in read_back.walk("VEVENT")].count(series_uid(row)) == 2
    expected = {put_off: "夜查"} | dict.fromkeys(dates[3:], "每周巡查")
    assert occurrences(text, row) == expected
    made = read(world, row).body["next"][0]
    assert f"patrol-{made['patrol_id']}@lianfang.invalid" in events(world, address(world, OFFICER))
    # Once it ends nothing of it is to come.
    assert world.as_(WUJIANG).post(f"/patrol-series/{row['id']}/end").status == 200
    assert series_uid(row) not in events(world, address(world, OFFICER))


def series_uid(row):
    return f"series-{row['id']}@lianfang.invalid"


def occurrences(text, row):
    """When a series is and under which title, as a calendar program expands it."""
    parts = [one for one in vobject.readOne(text).vevent_list if one.uid.value == series_uid(row)]
    whole = next(one for one in parts if not hasattr(one, "recurrence_id"))
    days = dict.fromkeys(whole.getrruleset(), whole.summary.value)
    for one in parts:
        if one is not whole:
            del days[one.recurrence_id.value]
            days[one.dtstart.value] = one.summary.value
    return days


def test_meetings_stand_in_it_for_those_invited_and_for_the_bureau(world):
    row = fixed(world)
    uid = f"meeting-{row['id']}@lianfang.invalid"
    assert uid in events(world, address(world, GUEST, "bureau"))
    invited = {one["user_id"] for one in row["people"]}
    for who in (HOST, GUEST):
        found = events(world, address(world, who))
        assert (uid in found) == (world.as_(who).user_id in invited)
    # Published events name no attendees (RFC 5546, 3.2.1).
    assert "ATTENDEE" not in events(world, address(world, GUEST, "bureau"))[uid]


def test_an_address_is_shown_once_renewed_and_revoked(world):
    old = address(world, OFFICER)
    assert old not in str(world.as_(OFFICER).get("/calendar-feeds").body)
    with world.app.extensions["hub.db"].read_only() as session:
        kept = session.query(CalendarFeed).all()
        assert old.removesuffix(".ics") not in str([vars(one) for one in kept])
    new = address(world, OFFICER)
    assert fetch(world, old).status_code == 404
    tag = fetch(world, new).headers["ETag"]
    assert fetch(world, new, **{"If-None-Match": tag}).status_code == 304
    used = {one["scope"]: one for one in world.as_(OFFICER).get("/calendar-feeds").body["items"]}
    assert used["person"]["last_used_at"]
    assert not used["bureau"]["active"]
    assert world.as_(OFFICER).delete("/calendar-feeds/persons").status == 404
    assert world.as_(OFFICER).delete("/calendar-feeds/person").status == 200
    assert fetch(world, new).status_code == 404
    assert world.as_(OFFICER).delete("/calendar-feeds/person").status == 404


def test_a_disabled_account_reads_nothing_nor_again_once_it_is_enabled(world):
    path = address(world, OFFICER)
    user = world.as_(OFFICER).user_id
    keeper = world.as_("wuxing-secadmin")
    for active in (False, True):
        answer = keeper.put(f"/people/{user}/active", {"active": active})
        assert answer.status == 200, answer.body
        assert fetch(world, path).status_code == 404


@pytest.mark.parametrize("who", ["wuxing-sysadmin", "wuxing-auditor"])
def test_administrators_have_no_calendar(world, who):
    assert world.as_(who).put("/calendar-feeds/bureau", {}).status == 403
