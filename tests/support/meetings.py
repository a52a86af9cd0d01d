"""Meetings for tests: Changxing 长兴 hosts, Yixing 宜兴 takes part; Nanxun 南浔 is a stranger."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.requests import pdf
from tests.support.world import Answer, Caller, World

HOST, HOST_OFFICIAL, HOST_OFFICER = "changxing-liaison", "changxing-official", "changxing-officer1"
GUEST, GUEST_OFFICIAL, GUEST_OFFICER = "yixing-liaison", "yixing-official", "yixing-officer1"
STRANGER = "nanxun-liaison"


def agreement_of(world: World, username: str = HOST) -> dict[str, Any]:
    """The agreement in force between Changxing and Yixing."""
    items = world.as_(username).get("/agreements", state="in_force").body["items"]
    return dict(next(item for item in items if "宜兴" in item["title"]))


def in_days(days: float) -> datetime:
    """A moment so many days ahead."""
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)


def meeting_body(world: World, **changes: Any) -> dict[str, Any]:
    """A complete call of a meeting in ten days."""
    start = in_days(10)
    return {
        "agreement_id": agreement_of(world)["id"],
        "title": "第四季度联席会议",
        "place": "长兴县生态环境监测中心",
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=2)).isoformat(),
    } | changes


def called(world: World, who: str = HOST, **changes: Any) -> dict[str, Any]:
    """A meeting that was called."""
    answer = world.as_(who).post("/meetings", meeting_body(world, **changes))
    assert answer.status == 201, answer.body
    return dict(answer.body)


def act(who: Caller, meeting_id: str, name: str, **given: Any) -> Answer:
    """Do an act."""
    return who.post(f"/meetings/{meeting_id}/acts", {"act": name} | given)


def add_item(world: World, meeting_id: str, title: str = "界河共管", who: str = HOST) -> Answer:
    """A point of the agenda."""
    return world.as_(who).post(f"/meetings/{meeting_id}/agenda", {"title": title})


def fixed(world: World, **changes: Any) -> dict[str, Any]:
    """A meeting with an agenda of one point, and the invitations out."""
    row = called(world, **changes)
    assert add_item(world, row["id"]).status == 201
    answer = act(world.as_(HOST), row["id"], "fix_agenda")
    assert answer.status == 200, answer.body
    return dict(answer.body)


def all_present(world: World, row: dict[str, Any]) -> None:
    """Each party notes that its people are there."""
    for username in (HOST, GUEST):
        caller = world.as_(username)
        for person in row["people"]:
            if person["bureau_id"] == caller.bureau_id:
                url = f"/meetings/{row['id']}/people/{person['id']}"
                answer = caller.patch(url, {"present": True})
                assert answer.status == 200, answer.body


def convened(world: World, **changes: Any) -> dict[str, Any]:
    """A meeting that has begun."""
    row = fixed(world, **changes)
    all_present(world, row)
    answer = act(world.as_(HOST_OFFICIAL), row["id"], "convene")
    assert answer.status == 200, answer.body
    return dict(answer.body)


def ended(world: World, **changes: Any) -> dict[str, Any]:
    """A meeting that is over, something written, its minutes not yet signed."""
    row = convened(world, **changes)
    write(world.as_(HOST), row, "会议通报了界河水质情况。")
    answer = act(world.as_(HOST_OFFICIAL), row["id"], "end")
    assert answer.status == 200, answer.body
    return dict(answer.body)


def write(who: Caller, row: dict[str, Any], text: str, version: int | None = None) -> Answer:
    """Write the first section of the minutes."""
    url = f"/meetings/{row['id']}/sections/{row['sections'][0]['id']}"
    based_on = version if version is not None else who.get(url).version
    return who.put(url, {"text": text}, version=based_on)


def lay(world: World, meeting_id: str, who: str = HOST, **changes: Any) -> dict[str, Any]:
    """An action item for Yixing, due in ten days."""
    body = {
        "title": "排查界河南岸雨水口",
        "bureau_id": world.bureau_id("yixing"),
        "due_on": in_days(10).date().isoformat(),
    }
    answer = world.as_(who).post(f"/meetings/{meeting_id}/action-items", body | changes)
    assert answer.status == 201, answer.body
    return dict(answer.body)


def room_points(who: Caller, meeting_id: str) -> list[dict[str, Any]]:
    """The points of the agenda that a person's shared screen offers to look at."""
    page = who.page(f"/meetings/{meeting_id}/room").body
    found = re.search(r'id="page-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found is not None, page
    return list(json.loads(found.group(1))["agenda"])


def countersign(world: World, meeting_id: str, *who: str) -> Answer:
    """The officials sign the minutes as they stand; the last answer."""
    answer = None
    for username in who or (HOST_OFFICIAL, GUEST_OFFICIAL):
        caller = world.as_(username)
        read = caller.get(f"/meetings/{meeting_id}").body["content_hash"]
        answer = act(caller, meeting_id, "countersign", content_hash=read)
    assert answer is not None
    return answer


def do(who: Caller, item_id: str, name: str, **given: Any) -> Answer:
    """Do an act on an action item."""
    return who.post(f"/action-items/{item_id}/acts", {"act": name} | given)


def upload(who: Caller, url: str, name: str = "佐证.pdf") -> Answer:
    """Send a small real PDF to a door."""
    with who.app.test_client() as client:
        response = client.post(
            f"/api/v1{url}",
            data={"file": (io.BytesIO(pdf(name)), name)},
            content_type="multipart/form-data",
            headers={"Authorization": f"Bearer {who.token}"},
        )
    return Answer(response.status_code, response.get_json(), dict(response.headers))


def closed(world: World, item_id: str) -> dict[str, Any]:
    """Yixing reports with evidence, Changxing confirms."""
    assert upload(world.as_(GUEST), f"/action-items/{item_id}/files").status == 201
    assert do(world.as_(GUEST), item_id, "report", text="已封堵两处").status == 200
    answer = do(world.as_(HOST), item_id, "confirm")
    assert answer.status == 200, answer.body
    return dict(answer.body)
