"""Keys and signatures: what holds, and each way in which one does not."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sharing.documents import read_document, write_document
from sharing.errors import (
    KeyUnreadable,
    Malformed,
    SharingError,
    SignatureRefused,
    UnknownFormat,
)
from sharing.keyfile import read_keys, write_keys
from sharing.signing import PrivateKey, PublicKey, Purpose, Signature, new_key, seal, sign, unseal
from sharing.signing import verify as check
from sharing.wire import load_object, moment, optional, optional_moment

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SECRET = "a secret of the hub that is long enough"


def key(purpose: Purpose = Purpose.PACKAGE, adcode: str = "330502") -> PrivateKey:
    return new_key(adcode, purpose, NOW - DAY, NOW + DAY)


def refusal(keys: list[PublicKey], signature: Signature, **asked: Any) -> str:
    given = {"content": b"x", "purpose": Purpose.PACKAGE, "now": NOW} | asked
    with pytest.raises(SignatureRefused) as refused:
        check(keys, signature, given.pop("content"), **given)
    return refused.value.code


def test_a_signature_holds_for_its_content_and_names_its_key():
    own = key()
    signed = Signature.from_dict(json.loads(json.dumps(sign(own, b"x", NOW).to_dict())))
    assert check([key().public, own.public], signed, b"x", purpose=Purpose.PACKAGE, now=NOW) == (
        own.public
    )


@pytest.mark.parametrize(
    ("change", "asked", "code"),
    [
        ({}, {"content": b"y"}, "content_differs"),
        ({"digest": "0" * 64}, {}, "content_differs"),
        ({}, {"purpose": Purpose.RECEIPT}, "purpose_differs"),
        ({"purpose": Purpose.RECEIPT}, {}, "purpose_differs"),
        ({"adcode": "320509"}, {}, "signer_differs"),
        ({"fingerprint": "0" * 64}, {}, "signer_unknown"),
        ({"value": b"\0" * 64}, {}, "signature_wrong"),
        ({"signed_at": NOW + timedelta(seconds=1)}, {}, "signature_wrong"),
        ({"signed_at": NOW - 2 * DAY}, {}, "key_out_of_time"),
        ({"signed_at": NOW + DAY}, {}, "key_out_of_time"),
        ({}, {"now": NOW - timedelta(minutes=6)}, "signed_in_future"),
    ],
)
def test_a_signature_that_does_not_hold_is_refused_with_its_reason(change, asked, code):
    own = key()
    signed = replace(sign(own, b"x", NOW), **change)
    assert refusal([own.public], signed, **asked) == code


def test_a_revoked_key_counts_for_nothing_whatever_time_stands_in_the_signature():
    own = key()
    signed = sign(own, b"x", NOW - timedelta(hours=1))
    revoked = replace(own.public, revoked_at=NOW)
    assert refusal([revoked], signed) == "key_revoked"
    with pytest.raises(SignatureRefused) as refused:
        sign(replace(own, public=revoked), b"x", NOW)
    assert refused.value.code == "key_revoked"


def test_a_private_key_opens_with_the_secret_that_sealed_it_alone():
    own = key()
    sealed = seal(own, SECRET)
    again = unseal(own.public, sealed, SECRET)
    check([own.public], sign(again, b"x", NOW), b"x", purpose=Purpose.PACKAGE, now=NOW)
    with pytest.raises(KeyUnreadable):
        unseal(own.public, sealed, "another secret")
    with pytest.raises(KeyUnreadable):
        unseal(key().public, sealed, SECRET)


def test_a_key_file_brings_the_keys_of_one_bureau_back():
    keys = [key(purpose).public for purpose in Purpose]
    keys.append(replace(keys[0], valid_to=None, revoked_at=NOW))
    read = read_keys(write_keys("330502", "吴兴分局", keys))
    assert (read.adcode, read.name, list(read.keys)) == ("330502", "吴兴分局", keys)
    assert read.fingerprint == replace(read, keys=read.keys[::-1]).fingerprint
    assert read.fingerprint != replace(read, keys=read.keys[1:]).fingerprint


def changed(data: bytes, *path: str | int, to: Any) -> bytes:
    body = json.loads(data)
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return json.dumps(body).encode()


@pytest.mark.parametrize(
    ("path", "to", "error"),
    [
        (("format",), "other", UnknownFormat),
        (("version",), 2, UnknownFormat),
        (("more",), 1, Malformed),
        (("bureau",), "吴兴", Malformed),
        (("bureau", "name"), None, Malformed),
        (("keys",), [], Malformed),
        (("keys",), ["key"], Malformed),
        (("keys", 0, "algorithm"), "RSA", Malformed),
        (("keys", 0, "purpose"), "all", Malformed),
        (("keys", 0, "public_key"), "===", Malformed),
        (("keys", 0, "public_key"), base64.b64encode(b"short").decode(), Malformed),
        (("keys", 0, "fingerprint"), "0" * 64, Malformed),
        (("keys", 0, "fingerprint"), "F" * 64, Malformed),
        (("keys", 0, "valid_from"), "yesterday", Malformed),
        (("keys", 0, "valid_from"), "2026-01-01T00:00:00", Malformed),
        (("keys", 0, "restricted"), True, Malformed),
    ],
)
def test_a_key_file_with_anything_else_in_it_is_refused(path, to, error):
    data = write_keys("330502", "吴兴分局", [key().public])
    with pytest.raises(error):
        read_keys(changed(data, *path, to=to))


def test_a_document_tells_its_body_and_who_signed_it():
    own = key(Purpose.RECEIPT)
    data = write_document(own, {"package": "1", "n": 2}, NOW)
    read = read_document(data, [own.public], Purpose.RECEIPT, NOW)
    assert (read.body, read.key) == ({"package": "1", "n": 2}, own.public)


@pytest.mark.parametrize(
    ("path", "to", "error"),
    [
        (("body", "n"), 3, SignatureRefused),
        (("format",), "lianfang-checkpoints", UnknownFormat),
        (("version",), 2, UnknownFormat),
        (("extra",), 2, Malformed),
        (("signature",), None, Malformed),
        (("signature", "algorithm"), "none", Malformed),
        (("signature", "digest"), "0", Malformed),
        (("signature", "more"), "0", Malformed),
    ],
)
def test_a_document_that_was_touched_is_refused(path, to, error):
    own = key(Purpose.RECEIPT)
    data = write_document(own, {"n": 2}, NOW)
    with pytest.raises(error):
        read_document(changed(data, *path, to=to), [own.public], Purpose.RECEIPT, NOW)


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"\xff", b'{"a":1,"a":2}', b'{"a":NaN}', b"[" * 100_000, b'{"a":"' + b"x" * 99],
)
def test_json_that_could_be_read_in_two_ways_or_not_at_all_is_refused(data):
    with pytest.raises(SharingError):
        load_object(data, 200_000)


def test_json_longer_than_allowed_is_not_even_read():
    with pytest.raises(Malformed) as refused:
        load_object(b"{}" + b" " * 99, 100)
    assert refused.value.code == "json_too_long"


def test_what_may_be_absent_may_be_absent():
    assert optional({}, "a", str) is None
    assert optional({"a": "b"}, "a", str) == "b"
    assert optional_moment({"a": None}, "a") is None
    assert moment({"a": "2026-01-01T08:00:00+08:00"}, "a").utcoffset() == timedelta(hours=8)
