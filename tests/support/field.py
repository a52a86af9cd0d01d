"""Steps of officers in the field: positions, findings, photos."""

from __future__ import annotations

import io
import time
import uuid
from datetime import datetime, timedelta
from typing import Any

from PIL import Image
from shapely.geometry import shape
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from hub.patrols.models import Patrol
from tests.support.world import Answer, Caller, World

OFFICER, PARTNER = "wuxing-officer1", "wujiang-officer1"
STRANGERS = ("nanxun-officer1", "nanxun-planner", "changxing-official")


def fix(
    lon: float, lat: float, ago_s: float = 0.0, accuracy_m: float | None = 5.0
) -> dict[str, Any]:
    """A fix some seconds ago."""
    return {"t": time.time() - ago_s, "lon": lon, "lat": lat, "accuracy_m": accuracy_m}


def batch(*fixes: dict[str, Any], key: str | None = None) -> dict[str, Any]:
    """A batch of positions."""
    return {"key": key or uuid.uuid4().hex, "fixes": list(fixes)}


def inside(zone: dict[str, Any], adcode: str) -> tuple[float, float]:
    """A place well inside one strip."""
    strip = next(s for s in zone["current"]["strips"] if s["adcode"] == adcode)
    point = shape(strip["geometry"]).representative_point()
    return point.x, point.y


def zone_of(world: World, patrol: dict[str, Any]) -> dict[str, Any]:
    """The zone of a patrol."""
    return dict(world.as_(OFFICER).get(f"/zones/{patrol['zone_id']}").body)


def began_ago(world: World, patrol_id: str, span: timedelta) -> datetime:
    """Move the start of a patrol into the past (there is no door for that)."""
    with world.unit_of_work() as session:
        row = session.get_one(Patrol, patrol_id)
        row.started_at -= span
        return row.started_at


def seen(place: tuple[float, float], **changes: Any) -> dict[str, Any]:
    """A finding's body."""
    body = {"category": "outfall", "text": "暗管排水，水色发黑", "lon": place[0], "lat": place[1]}
    return body | {"accuracy_m": 8.0} | changes


def find(
    world: World, patrol: dict[str, Any], who: str = OFFICER, **changes: Any
) -> dict[str, Any]:
    """Log a finding, on Wuxing's side unless told otherwise."""
    place = inside(zone_of(world, patrol), "330502")
    answer = world.as_(who).post(f"/patrols/{patrol['id']}/findings", seen(place, **changes))
    assert answer.status == 201, answer.body
    return dict(answer.body)


def photo(
    size: tuple[int, int] = (640, 480),
    form: str = "JPEG",
    exif: Image.Exif | None = None,
    colour: str = "olive",
) -> bytes:
    """A picture."""
    out = io.BytesIO()
    options = {"exif": exif} if exif is not None else {}
    Image.new("RGB", size, colour).save(out, form, **options)
    return out.getvalue()


def upload(
    caller: Caller,
    finding_id: str,
    data: bytes,
    name: str = "photo.jpg",
    key: str | None = None,
    kind: str = "findings",
) -> Answer:
    """Send a file to a record (a finding, or of another kind) as a browser does."""
    # Encoded here: the client itself would leave a temporary file open.
    boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(data), name)})
    with caller.app.test_client() as client:
        response = client.post(
            f"/api/v1/{kind}/{finding_id}/files",
            data=body,
            content_type=f"multipart/form-data; boundary={boundary}",
            headers={
                "Authorization": f"Bearer {caller.token}",
                "Idempotency-Key": key or uuid.uuid4().hex,
            },
        )
        answer = response.get_json(silent=True)
        response.close()
    return Answer(response.status_code, answer, dict(response.headers))


def fetch(caller: Caller, url: str) -> tuple[int, bytes, dict[str, str]]:
    """GET bytes."""
    with caller.app.test_client() as client:
        response = client.get(url, headers={"Authorization": f"Bearer {caller.token}"})
        data = response.get_data()
        response.close()
    return response.status_code, data, dict(response.headers)
