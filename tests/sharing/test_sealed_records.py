"""A sealed record that its bureau signed and that is none all the same is refused by its field."""

from __future__ import annotations

from typing import Any

import pytest

from sharing.documents import write_document
from sharing.errors import Malformed
from sharing.sealed_records import verify_sealed
from sharing.signing import Purpose, new_key
from tests.sharing.factories import HOUR, NOON, WU

KEY = new_key(WU, Purpose.RECORD, NOON - HOUR)
SIGNED = {"name": "吴执法", "text_sha256": "a" * 64, "picture_sha256": "b" * 64}
BODY: dict[str, Any] = {
    "text": {"number": "吴检〔2026〕1号", "photos": []},
    "text_sha256": "a" * 64,
    "signatures": [SIGNED],
    "documents": [],
}


def _verified(body: dict[str, Any]) -> str:
    return verify_sealed(write_document(KEY, body, NOON), [KEY.public], NOON).key.adcode


def test_a_whole_record_is_read() -> None:
    assert _verified(BODY) == WU


@pytest.mark.parametrize(
    ("field", "value"),
    [("signatures", ["吴执法"]), ("signatures", [{"name": "吴执法"}]), ("documents", [7])],
)
def test_a_list_of_other_things_is_refused(field: str, value: list[Any]) -> None:
    with pytest.raises(Malformed):
        _verified(BODY | {field: value})
