"""Steps towards a sealed record of an inspection, through the API."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from typing import Any

from PIL import Image, ImageDraw
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from hub.db import utc_now
from tests.support.field import inside, zone_of
from tests.support.patrols import people, started_patrol
from tests.support.world import Answer, World

OFFICER, PARTNER = "wuxing-officer1", "wujiang-officer1"
# A credit code with a right check digit, of no real firm.
USCC = "91330502MA2B3C4D6N"


def opened(
    world: World, patrol: dict[str, Any] | None = None, finding: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A record that Wuxing opened in its strip, or of a finding."""
    found = patrol or started_patrol(world)
    place = inside(zone_of(world, found), "330502")
    start = {"finding_id": finding["id"]} if finding else {"lon": place[0], "lat": place[1]}
    answer = world.as_(OFFICER).post("/inspections", {"patrol_id": found["id"], **start})
    assert answer.status == 201, answer.body
    return dict(answer.body)


def again(world: World, record: dict[str, Any]) -> dict[str, Any]:
    """Another record of the same patrol at the same place."""
    start = {name: record[name] for name in ("patrol_id", "lon", "lat")}
    answer = world.as_(OFFICER).post("/inspections", start)
    assert answer.status == 201, answer.body
    return dict(answer.body)


def filled(world: World, record: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A content that lacks nothing, in the place of what was typed."""
    now = utc_now()
    officers = people(world, "wuxing", "officer1", "officer2")
    items = record["content"]["items"] or [{"text": "一号雨水口有废水流出", "photos": []}]
    content = record["content"] | {
        "place": "界河东岸一号雨水口",
        "starts_at": (now - timedelta(minutes=40)).isoformat(),
        "ends_at": (now - timedelta(minutes=10)).isoformat(),
        "weather": "多云",
        "officers": officers,
        "recorder": officers[1],
        "identity_shown": True,
        "rights_told": True,
        "avoidance": "no",
        "items": items,
        "answers": [{"question": "这股水从哪里来？", "answer": "从车间地沟来。"}],
        "measures": "责令立即停止外排。",
    }
    party = content["party"] | {"name": "演示印染厂", "person": "周某", "relation": "环保负责人"}
    given = changes.pop("party", {})
    return content | {"party": party | given} | changes


def save(
    world: World, record: dict[str, Any], *, raw: bool = False, version: int | None = None,
    **changes: Any,
) -> Any:  # fmt: skip
    """Save a content that lacks nothing but for some changes; `raw`: the answer itself."""
    body = filled(world, record, **changes)
    url = f"/inspections/{record['id']}"
    answer = world.as_(OFFICER).put(url, body, version=version or record["version"])
    if raw:
        return answer
    assert answer.status == 200, answer.body
    return dict(answer.body)


def complete(world: World, record: dict[str, Any] | None = None) -> dict[str, Any]:
    """A record that may be signed."""
    found: dict[str, Any] = save(world, record or opened(world))
    assert found["missing"] == []
    return found


def strokes(name: str) -> bytes:
    """A drawn signature as PNG, another for each name."""
    image = Image.new("RGB", (600, 240), "white")
    pen = ImageDraw.Draw(image)
    dots = [(30 + i * 40, 60 + (ord(name[i % len(name)]) * (i + 3)) % 120) for i in range(14)]
    pen.line(dots, fill="black", width=6, joint="curve")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def signature(
    world: World, record: dict[str, Any], signer: str, data: bytes | None = None
) -> Answer:
    """One signature on Wuxing's phone, to the text that was read."""
    caller = world.as_(OFFICER)
    file = FileStorage(io.BytesIO(data or strokes(signer)), "signature.png")
    fields = {"file": file, "signer": signer, "content_hash": record["content_hash"]}
    boundary, body = encode_multipart(fields)
    with caller.app.test_client() as client:
        response = client.post(
            f"/api/v1/inspections/{record['id']}/signatures",
            data=body,
            content_type=f"multipart/form-data; boundary={boundary}",
            headers={
                "Authorization": f"Bearer {caller.token}",
                "Idempotency-Key": uuid.uuid4().hex,
            },
        )
        answer = response.get_json(silent=True)
        response.close()
    return Answer(response.status_code, answer, dict(response.headers))


def sign_all(world: World, record: dict[str, Any], but: int = 0) -> dict[str, Any]:
    """Everybody who has to signs, but for the last few."""
    left = [one for one in record["signatures"] if one["required"] and not one["at"]]
    for one in left[: len(left) - but]:
        answer = signature(world, record, one["signer"])
        assert answer.status == 201, answer.body
        record = dict(answer.body)
    return record


def signed(world: World) -> dict[str, Any]:
    """A record that the inspected party has signed, and nobody else yet."""
    return sign_all(world, complete(world), but=2)


def sealed(world: World, record: dict[str, Any] | None = None) -> dict[str, Any]:
    """A sealed record."""
    found = record or opened(world)
    ready = sign_all(world, found if found["missing"] == [] else complete(world, found))
    answer = world.as_(OFFICER).post(f"/inspections/{ready['id']}/seal")
    assert answer.status == 200, answer.body
    return dict(answer.body)
