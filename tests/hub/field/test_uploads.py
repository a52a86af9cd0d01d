"""Photos in pieces: a cut costs one piece, a repetition nothing, and the whole is entered once."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from hub.db import utc_now
from hub.files.models import Upload
from hub.files.uploads import KEPT
from hub.jobs.runner import Runner
from tests.support.field import OFFICER, PARTNER, fetch, find, photo
from tests.support.patrols import started_patrol
from tests.support.world import Answer, World


def announce(world: World, finding_id: str, data: bytes, who: str = OFFICER, **more: Any) -> Answer:
    """Tell of a photo that will come."""
    sha256 = hashlib.sha256(data).hexdigest()
    body = {"key": uuid.uuid4().hex, "name": "a.jpg", "size": len(data), "sha256": sha256}
    body |= more
    # As the phone does: under a key of the item.
    return world.as_(who).post(f"/findings/{finding_id}/uploads", body, key=f"{body['key']}-a")


def put(world: World, upload_id: str, offset: int, data: bytes, who: str = OFFICER) -> Answer:
    """Send one piece."""
    caller = world.as_(who)
    with world.app.test_client() as client:
        response = client.put(
            f"/api/v1/uploads/{upload_id}?offset={offset}",
            data=data,
            content_type="application/octet-stream",
            headers={"Authorization": f"Bearer {caller.token}"},
        )
        return Answer(response.status_code, response.get_json(), dict(response.headers))


def begun(world: World, data: bytes) -> tuple[dict[str, Any], str]:
    """A finding and an upload announced to it."""
    finding = find(world, started_patrol(world))
    answer = announce(world, finding["id"], data)
    assert answer.status == 200, answer.body
    return finding, answer.body["id"]


def files_of(world: World, finding: dict[str, Any]) -> list[dict[str, Any]]:
    """The files of a finding."""
    return list(world.as_(OFFICER).get(f"/findings/{finding['id']}").body["files"])


def test_pieces_repeated_or_cut_make_one_whole_file(world: World):
    data = photo()
    finding, upload = begun(world, data)
    half = len(data) // 2
    assert put(world, upload, 0, data[:half]).body["received"] == half
    assert put(world, upload, 0, data[:half]).body["received"] == half
    assert world.as_(OFFICER).get(f"/uploads/{upload}").body["received"] == half
    gap = put(world, upload, half + 5, data[half + 5 :])
    assert (gap.status, gap.body["received"]) == (409, half)
    last = put(world, upload, half, data[half:])
    assert last.body["file_id"]
    assert put(world, upload, half, data[half:]).body == last.body
    (file,) = files_of(world, finding)
    assert fetch(world.as_(OFFICER), file["original_url"])[1] == data


def test_the_same_key_finds_the_upload_again_and_no_other_file(world: World):
    data = photo()
    finding = find(world, started_patrol(world))
    first = announce(world, finding["id"], data, key="photo-key-1")
    put(world, first.body["id"], 0, data[:10])
    again = announce(world, finding["id"], data, key="photo-key-1")
    assert again.body == first.body | {"received": 10}
    other = announce(world, finding["id"], data + b"x", key="photo-key-1")
    assert other.body["rule"] == "upload.key"


def test_a_file_damaged_on_the_way_begins_anew(world: World):
    data = photo()
    finding, upload = begun(world, data)
    wrong = put(world, upload, 0, b"\x00" * len(data))
    assert (wrong.body["rule"], wrong.body["received"]) == ("upload.digest", 0)
    assert files_of(world, finding) == []
    assert put(world, upload, 0, data).body["file_id"]
    assert len(files_of(world, finding)) == 1


def test_what_the_disk_lost_is_asked_for_again(world: World):
    data = photo()
    finding, upload = begun(world, data)
    put(world, upload, 0, data[:100])
    part = Path(world.data_dir) / "uploads" / f"{upload}.part"
    part.write_bytes(data[:40])
    assert world.as_(OFFICER).get(f"/uploads/{upload}").body["received"] == 40
    assert put(world, upload, 100, data[100:]).body["received"] == 40
    assert put(world, upload, 40, data[40:]).body["file_id"]
    assert len(files_of(world, finding)) == 1


def test_uploads_belong_to_who_announced_them(world: World):
    data = photo()
    finding, upload = begun(world, data)
    for who in ("wuxing-officer2", PARTNER, "nanxun-officer1"):
        assert put(world, upload, 0, data, who).status == 404
        assert world.as_(who).get(f"/uploads/{upload}").status == 404
    assert announce(world, finding["id"], data, who=PARTNER).status == 403
    assert announce(world, finding["id"], data, who="nanxun-officer1").status == 404


def test_pieces_and_files_have_their_limits(world: World):
    data = photo()
    finding, upload = begun(world, data)
    assert put(world, upload, 0, b"").status == 422
    assert put(world, upload, 0, data + b"x").status == 422
    assert put(world, upload, 0, b"x" * 1_048_577).status == 413
    assert announce(world, finding["id"], data, size=21 * 1_048_576).status == 413


def test_an_upload_that_nobody_finished_is_forgotten(world: World):
    data = photo()
    _finding, upload = begun(world, data)
    put(world, upload, 0, data[:100])
    part = Path(world.data_dir) / "uploads" / f"{upload}.part"
    database = world.app.extensions["hub.db"]
    assert part.exists()
    Runner(world.app, database).run_due()
    assert part.exists()
    late = lambda: utc_now() + KEPT + timedelta(hours=1)  # noqa: E731
    Runner(world.app, database, clock=late).run_due()
    assert not part.exists()
    with world.unit_of_work() as session:
        assert session.get(Upload, upload) is None


def test_a_photo_announced_again_when_its_upload_was_forgotten_is_recognised(world: World):
    data = photo()
    finding, upload = begun(world, data)
    key = uuid.uuid4().hex
    assert put(world, upload, 0, data).body["file_id"]
    with world.unit_of_work() as session:
        session.delete(session.get_one(Upload, upload))
    again = announce(world, finding["id"], data, key=key)
    assert again.body["file_id"] == files_of(world, finding)[0]["id"]
    assert len(files_of(world, finding)) == 1


def test_an_unfinished_upload_that_was_forgotten_begins_anew_under_its_key(world: World):
    data = photo()
    finding = find(world, started_patrol(world))
    key = uuid.uuid4().hex
    first = announce(world, finding["id"], data, key=key)
    with world.unit_of_work() as session:
        session.delete(session.get_one(Upload, first.body["id"]))
    again = announce(world, finding["id"], data, key=key)
    assert again.body["id"] != first.body["id"]
    assert put(world, again.body["id"], 0, data).body["file_id"]
