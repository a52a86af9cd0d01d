"""Steps of evidence and data exchange."""

from __future__ import annotations

import io
import uuid

from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.support.world import Answer, Caller


def send_file(caller: Caller, path: str, data: bytes, name: str, key: str | None = None) -> Answer:
    """Send a file as a browser does, to `/api/v1` + path, in the field `file`."""
    # Encoded here: the client itself would leave a temporary file open.
    boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(data), name)})
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
