"""The first joint operation, told through the API and heard on open sockets."""

from __future__ import annotations

import io
import time

import pytest
from PIL import Image
from shapely.geometry import shape

from hub.demo.people import demo_accounts
from tests.support.live import LiveHub
from tests.support.patrols import started_patrol
from tests.support.sockets import SocketReader
from tests.support.world import World

WUXING = "330502"


def place_in(zone_strips: list[dict], adcode: str) -> tuple[float, float]:
    strip = next(s for s in zone_strips if s["adcode"] == adcode)
    point = shape(strip["geometry"]).buffer(-0.0043).representative_point()
    return point.x, point.y


def photo() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (40, 90, 120)).save(out, "JPEG")
    out.seek(0)
    return out


@pytest.fixture
def hub(live_hub: LiveHub) -> LiveHub:
    return live_hub.start()


def listen(hub: LiveHub, world: World, username: str, after: int | None = None) -> SocketReader:
    auth: dict[str, object] = {"token": world.as_(username).token}
    if after is not None:
        auth["after"] = after
    return SocketReader(hub.url, auth).connect()


def head(world: World, username: str) -> int:
    return int(world.as_(username).get("/changes", after=0, limit=1).body["head"])


def log_finding(world: World, patrol: dict, place: tuple[float, float]) -> dict:
    officer = world.as_("wuxing-officer1")
    body = {"category": "water", "text": "排口有乳白色废水外排"}
    body |= {"lon": place[0], "lat": place[1]}
    finding = officer.post(f"/patrols/{patrol['id']}/findings", body)
    assert finding.status == 201, finding.body
    with world.app.test_client() as client:
        sent = client.post(
            f"/api/v1/findings/{finding.body['id']}/files",
            headers={"Authorization": f"Bearer {officer.token}", "Idempotency-Key": "photo-00001"},
            data={"file": (photo(), "排口.jpg")},
        )
    assert sent.status_code == 201, sent.get_data(as_text=True)
    return officer.get(f"/findings/{finding.body['id']}").body


def report_track(world: World, patrol: dict, place: tuple[float, float]) -> None:
    now = time.time()
    fixes = [
        {"t": now - 60 + 2 * i, "lon": place[0] + i * 2e-5, "lat": place[1], "accuracy_m": 6.0}
        for i in range(30)
    ]
    officer = world.as_("wuxing-officer1")
    path = f"/patrols/{patrol['id']}/positions"
    assert officer.post(path, {"key": "batch-000001", "fixes": fixes}).status == 200


def test_a_first_joint_operation_from_signature_to_acknowledgement(world, hub):
    nanxun = listen(hub, world, "nanxun-liaison", after=head(world, "nanxun-liaison"))
    wujiang = listen(hub, world, "wujiang-liaison", after=head(world, "wujiang-liaison"))

    patrol = started_patrol(world)
    wujiang.wait(lambda r: any(c["verb"] == "started" for c in r.changes), "the start")
    assert {"agreement", "zone", "patrol"} <= {c["kind"] for c in wujiang.changes}

    zone = world.as_("wujiang-planner").get(f"/zones/{patrol['zone_id']}").body
    place = place_in(zone["binding"]["strips"], WUXING)
    report_track(world, patrol, place)
    wujiang.wait(lambda r: bool(r.positions), "a position")
    assert wujiang.positions[-1]["unit_name"]

    finding = log_finding(world, patrol, place)
    assert finding["side_bureau_id"] == world.bureau_id("wuxing")
    assert len(finding["files"]) == 1

    # The wrong side is told whose it is; the right side opens the case.
    refused = world.as_("wujiang-officer1").post(f"/findings/{finding['id']}/case")
    assert refused.status == 409
    opened = world.as_("wuxing-officer1").post(f"/findings/{finding['id']}/case")
    assert opened.status == 201, opened.body
    case_id = opened.body["case_id"]

    def arrived(reader: SocketReader) -> bool:
        return any(c["kind"] == "case" and c["id"] == case_id for c in reader.changes)

    wujiang.wait(arrived, "the case")
    view = next(c for c in wujiang.changes if c["kind"] == "case" and c["id"] == case_id)["view"]
    assert view["title"]
    assert "handler_notes" not in view
    assert "handlers" not in view

    # Acknowledged: delivered by the socket, opened and accepted by a person.
    assert wujiang.call("ack", {"seq": wujiang.changes[-1]["seq"]}) == {"ok": True}
    liaison = world.as_("wujiang-liaison")
    assert liaison.get(f"/cases/{case_id}").status == 200
    share = next(s for s in liaison.get("/shares").body["items"] if s["record_id"] == case_id)
    assert liaison.post(f"/shares/{share['id']}/acknowledge").status == 200
    ladder = world.as_("wuxing-official").get(f"/shares/{share['id']}").body
    done = [rung for rung in ladder["receipts"] if rung["state"] == "done"]
    assert [rung["rung"] for rung in done] == ["delivered", "opened", "accepted"]
    assert all(rung["who"] and rung["at"] for rung in done)

    ended = world.as_("wuxing-officer1").post(f"/patrols/{patrol['id']}/end")
    assert ended.status == 200, ended.body
    covered = liaison.get(f"/patrols/{patrol['id']}/coverage").body
    assert 0 < covered["share"] < 1

    # A third bureau has heard nothing and finds nothing.
    assert nanxun.changes == []
    assert nanxun.positions == []
    for username, _name, bureau in accounts(world):
        if bureau == "南浔" and username.split("-")[1] in ("official", "planner", "liaison"):
            caller = world.as_(username)
            for path in (
                f"/cases/{case_id}",
                f"/findings/{finding['id']}",
                f"/files/{finding['files'][0]['id']}",
                f"/patrols/{patrol['id']}",
                f"/patrols/{patrol['id']}/coverage",
                f"/zones/{zone['id']}",
                f"/shares/{share['id']}",
            ):
                assert caller.get(path).status == 404, path

    # The trail is unbroken in every bureau.
    for bureau in ("wuxing", "wujiang", "nanxun"):
        assert world.as_(f"{bureau}-auditor").get("/audit/verify").body["ok"] is True
    wujiang.close()
    nanxun.close()


def accounts(world: World) -> list[tuple[str, str, str]]:
    with world.app.extensions["hub.db"].read_only() as session:
        return list(demo_accounts(session))


def test_after_a_lost_network_nothing_is_missing_and_nothing_doubled(world, hub):
    start = head(world, "wujiang-liaison")
    before = listen(hub, world, "wujiang-liaison", after=start)
    patrol = started_patrol(world)
    before.wait(lambda r: bool(r.changes), "anything")
    before.close()
    told = list(before.changes)

    zone = world.as_("wujiang-planner").get(f"/zones/{patrol['zone_id']}").body
    for _ in range(3):
        log_finding_only(world, patrol, place_in(zone["binding"]["strips"], WUXING))
    last = head(world, "wujiang-liaison")

    after = listen(hub, world, "wujiang-liaison", after=told[-1]["seq"])
    after.wait(lambda r: bool(r.changes) and r.changes[-1]["seq"] == last, "what was missed")
    seqs = [change["seq"] for change in told + after.changes]
    assert seqs == list(range(start + 1, last + 1))
    after.close()


def log_finding_only(world: World, patrol: dict, place: tuple[float, float]) -> None:
    body = {"category": "litter", "text": "漂浮垃圾", "lon": place[0], "lat": place[1]}
    answer = world.as_("wuxing-officer1").post(f"/patrols/{patrol['id']}/findings", body)
    assert answer.status == 201, answer.body


def test_a_recalled_case_is_a_tombstone_everywhere(world, hub):
    patrol = started_patrol(world)
    zone = world.as_("wujiang-planner").get(f"/zones/{patrol['zone_id']}").body
    finding = log_finding(world, patrol, place_in(zone["binding"]["strips"], WUXING))
    case_id = world.as_("wuxing-officer1").post(f"/findings/{finding['id']}/case").body["case_id"]
    liaison = world.as_("wujiang-liaison")
    reader = listen(hub, world, "wujiang-liaison", after=0)
    reader.wait(lambda r: any(c["id"] == case_id and c["view"] for c in r.changes), "the case")

    share = next(s for s in liaison.get("/shares").body["items"] if s["record_id"] == case_id)
    recalled = world.as_("wuxing-official").post(
        f"/shares/{share['id']}/recall", {"reason": "误共享"}
    )
    assert recalled.status == 200, recalled.body

    def gone(r: SocketReader) -> bool:
        last = [c for c in r.changes if c["kind"] == "case" and c["id"] == case_id][-1]
        return last["view"] is None and last["verb"] == "tombstone"

    reader.wait(gone, "the tombstone")
    assert liaison.get(f"/cases/{case_id}").status == 404
    replay = liaison.get("/changes", after=0, limit=500).body["items"]
    assert all(c["view"] is None for c in replay if c["kind"] == "case" and c["id"] == case_id)
    assert case_id not in str(liaison.get("/cases").body)
    reader.close()
