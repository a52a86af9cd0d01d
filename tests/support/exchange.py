"""Steps of evidence and data exchange."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from typing import Any

from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from hub.db import utc_now
from hub.keys.models import SigningKey
from sharing.keyfile import read_keys
from sharing.signing import Purpose
from tests.support.cases import share_of
from tests.support.field import fetch
from tests.support.world import Answer, Caller, World


def send_file(
    caller: Caller,
    path: str,
    data: bytes,
    name: str,
    key: str | None = None,
    more: dict[str, str] | None = None,
) -> Answer:
    """Send a file as a browser does, to `/api/v1` + path, in the field `file`, with more fields."""
    # Encoded here: the client itself would leave a temporary file open.
    file = {"file": FileStorage(io.BytesIO(data), name)}
    boundary, body = encode_multipart((more or {}) | file)
    with caller.app.test_client() as client:
        response = client.post(
            f"/api/v1{path}",
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


def attach(caller: Caller, case_id: str, data: bytes, name: str = "photo.jpg") -> Answer:
    """Attach a file to an own case."""
    return send_file(caller, f"/cases/{case_id}/files", data, name)


A_BUREAU, B_BUREAU = "changxing", "yixing"


def trust_keys(world: World, code: str, key_file: str, fingerprint: str) -> None:
    """A bureau brings in a partner's key file, a second person confirms it."""
    sent = world.as_(f"{code}-secadmin").post("/keys/imports", {"key_file": key_file})
    assert sent.status == 201, sent.body
    path = f"/keys/imports/{sent.body['id']}/confirm"
    done = world.as_(f"{code}-official").post(path, {"fingerprint": fingerprint})
    assert done.status == 200, done.body


def leave_one(world: World, code: str) -> None:
    """Make a hub one where only this bureau lives: others have no keys here, its own are new."""
    with world.app.app_context(), world.unit_of_work() as session:
        session.query(SigningKey).delete()
    for purpose in Purpose:
        made = world.as_(f"{code}-secadmin").post("/keys", {"purpose": purpose.value})
        assert made.status == 201, made.body


def key_file(world: World, code: str) -> tuple[str, str]:
    """A bureau's key file and the fingerprint that it tells by phone."""
    _status, data, _headers = fetch(
        world.as_(f"{code}-official"), f"/api/v1/keys/{world.bureau_id(code)}/file"
    )
    return data.decode(), read_keys(data).fingerprint


def acquaint(first: World, second: World) -> None:
    """Two hubs whose networks never touch, each knowing the other's keys."""
    leave_one(first, A_BUREAU)
    leave_one(second, B_BUREAU)
    trust_keys(first, A_BUREAU, *key_file(second, B_BUREAU))
    trust_keys(second, B_BUREAU, *key_file(first, A_BUREAU))


def choice(world: World, **changes: Any) -> dict[str, Any]:
    """What Changxing gives Yixing: everything of these years."""
    items = world.as_("changxing-official").get("/agreements").body["items"]
    partner = world.bureau_id(B_BUREAU)
    shared = next(i for i in items if i["state"] == "in_force" and partner in parties(i))
    body = {
        "agreement_id": shared["id"],
        "partner_id": partner,
        "kinds": ["case", "finding", "patrol"],
        "first_day": "2020-01-01",
        "last_day": "2040-01-01",
        # The demo's own photos are not in a test's folder.
        "with_files": False,
    }
    return body | changes


def parties(agreement: dict[str, Any]) -> set[str]:
    """Ids of the bureaus that are party."""
    return {party.get("bureau_id") or party["id"] for party in agreement["parties"]}


def built(world: World, **changes: Any) -> dict[str, Any]:
    """A draft by the liaison."""
    made = world.as_("changxing-liaison").post("/packages", choice(world, **changes))
    assert made.status == 201, made.body
    return dict(made.body)


def approved(world: World, draft: dict[str, Any]) -> dict[str, Any]:
    """Approved by the official, so sealed."""
    path = f"/packages/{draft['id']}/approve"
    key = {"content_hash": draft["content_hash"]}
    done = world.as_("changxing-official").post(path, key)
    assert done.status == 200, done.body
    return dict(done.body)


def carried(world: World, row: dict[str, Any]) -> bytes:
    """The package's file, on its disk."""
    status, data, _headers = fetch(
        world.as_("changxing-liaison"), f"/api/v1/packages/{row['id']}/file"
    )
    assert status == 200, data
    return data


def bring(world: World, data: bytes, door: str = "import", who: str = "yixing-liaison") -> Answer:
    """Upload a package: to `check` or to `import` it."""
    return send_file(world.as_(who), f"/packages/{door}", data, "package.zip")


def import_kept(world: World, digest: str, who: str = "yixing-liaison") -> Answer:
    """Import what was checked, by its digest, without the file."""
    caller = world.as_(who)
    with caller.app.test_client() as client:
        response = client.post(
            "/api/v1/packages/import",
            data={"digest": digest},
            content_type="multipart/form-data",
            headers={"Authorization": f"Bearer {caller.token}"},
        )
        return Answer(response.status_code, response.get_json(), dict(response.headers))


def grant_files(world: World, case_id: str) -> None:
    """Yixing asks for the files of a case, Changxing grants them for three days."""
    share = f"/shares/{share_of(world, case_id)['id']}/access-request"
    asked = {"purpose": "joint_enforcement", "reason": "核对现场照片"}
    assert world.as_("yixing-liaison").post(share, asked).status == 200
    until = (utc_now() + timedelta(days=3)).isoformat()
    given = {"field_groups": ["files"], "until": until}
    assert world.as_("changxing-official").post(f"{share}/grant", given).status == 200
