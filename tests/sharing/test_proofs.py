"""Proofs of records in packages, and checkpoints that partners keep."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest

from sharing.documents import write_document
from sharing.errors import Malformed, PackageRefused, SharingError, SignatureRefused
from sharing.packages import open_package
from sharing.proofs import check_proof, make_proof
from sharing.signing import Purpose, Signature, new_key
from sharing.verification import Checkpoint
from sharing.witness import read_witness, write_witness
from sharing.zip_tree import ZipTree
from tests.support.packages import KEY, NOW, WUJIANG, package, record, resealed, unzipped, zipped

CHECK = new_key("330502", Purpose.CHECKPOINT, NOW - timedelta(days=1))
POINT = Checkpoint("chain", 7, "a" * 64)


def opened(data: bytes) -> Any:
    return open_package(ZipTree(io.BytesIO(data)), [KEY.public], now=NOW)


@pytest.fixture(scope="module")
def proof() -> bytes:
    return make_proof(opened(package()), "case", "case-2")


def test_a_proof_shows_record_package_and_signer_without_the_package(proof):
    found = check_proof(proof, [KEY.public], NOW)
    assert (found.record, found.key) == (record(2), KEY.public)
    assert found.manifest.recipient.adcode == WUJIANG


def test_there_is_no_proof_of_what_is_not_in_the_package():
    with pytest.raises(PackageRefused) as error:
        make_proof(opened(package()), "case", "case-9")
    assert error.value.code == "proof_wrong"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("record", record(1).to_line().decode()),
        ("record", "{}"),
        ("index", 0),
        ("index", 9),
        ("path", []),
        ("path", ["zz"]),
        ("manifest", "{}"),
        ("listing", ""),
        ("tags", ""),
        ("signature", {}),
        ("version", 2),
        ("more", 1),
    ],
)
def test_a_proof_that_was_touched_does_not_hold(proof, field, value):
    data = json.dumps(json.loads(proof) | {field: value}).encode()
    with pytest.raises(SharingError):
        check_proof(data, [KEY.public], NOW)


def test_a_proof_from_a_package_of_somebody_elses_records_does_not_hold():
    """Such a package is refused, but a dishonest sender may cut a proof out of it himself."""
    foreign = package(records=[record(1, owner=WUJIANG)])
    files = resealed(unzipped(foreign))
    tree = ZipTree(io.BytesIO(zipped(files)))
    whole = opened(package())
    lying = type(whole)(tree, whole.manifest, whole.key, signature_of(files))
    with pytest.raises(PackageRefused) as error:
        check_proof(make_proof(lying, "case", "case-1"), [KEY.public], NOW)
    assert error.value.code == "proof_wrong"


def signature_of(files: dict[str, bytes]) -> Any:
    return Signature.from_dict(json.loads(files["signature.json"]))


def test_a_checkpoint_is_read_back_with_who_signed_it():
    found = read_witness(write_witness(CHECK, [POINT], NOW), [CHECK.public], NOW)
    assert (found.adcode, found.checkpoints, found.at) == ("330502", (POINT,), NOW)
    with pytest.raises(SignatureRefused):
        read_witness(write_witness(CHECK, [POINT], NOW), [KEY.public], NOW)


@pytest.mark.parametrize(
    "body",
    [
        {"adcode": "320509", "at": "2026-01-01T00:00:00Z", "checkpoints": []},
        {"adcode": "330502", "at": "2026-01-01T00:00:00Z", "checkpoints": [1]},
        {"adcode": "330502", "at": "2026-01-01T00:00:00Z", "checkpoints": [{"chain": "x"}]},
        {"adcode": "330502", "checkpoints": []},
    ],
)
def test_a_signed_file_that_is_no_checkpoint_is_refused(body):
    with pytest.raises(Malformed):
        read_witness(write_document(CHECK, body, NOW), [CHECK.public], NOW)
