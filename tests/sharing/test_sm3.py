"""SM3 (GB/T 32905) beside SHA-256 in the lists of a package."""

from __future__ import annotations

import io

import pytest
from cryptography.exceptions import UnsupportedAlgorithm

from sharing.digests import has_sm3, new_digest
from sharing.errors import PackageRefused
from sharing.packages import open_package
from sharing.zip_tree import ZipTree
from tests.support.packages import KEY, NOW, package, spoiled, unzipped

LISTING = "manifest-sm3.txt"


def opened(data):
    return open_package(ZipTree(io.BytesIO(data)), [KEY.public], now=NOW)


def sm3(data):
    digest = new_digest("sm3")
    digest.update(data)
    return digest.hexdigest()


def test_the_digests_are_those_of_the_standards_annex():
    assert sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm3(b"abcd" * 16) == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


def test_every_file_of_the_payload_is_listed_by_both():
    data = package(files={"a.gpx": b"<gpx/>"}, sm3=True)
    assert opened(data).algorithms == ("sha256", "sm3")
    files = unzipped(data)
    lines = dict(reversed(line.split("  ")) for line in files[LISTING].decode().splitlines())
    assert lines == {path: sm3(files[path]) for path in files if path.startswith("data/")}
    assert f"  {LISTING}\n" in files["tagmanifest-sha256.txt"].decode()


def test_without_being_asked_for_there_is_none():
    data = package()
    assert LISTING not in unzipped(data)
    assert opened(data).algorithms == ("sha256",)


def wrong(files):
    files[LISTING] = b"0" * 64 + files[LISTING][64:]


def short(files):
    files[LISTING] = files[LISTING].split(b"\n", 1)[1]


def alone(files):
    del files["manifest-sha256.txt"]


def also_tags(files):
    files["tagmanifest-sm3.txt"] = f"{sm3(files['bagit.txt'])}  bagit.txt\n".encode()


@pytest.mark.parametrize(
    ("change", "sealed", "code"),
    [
        (wrong, True, "digest_differs"),
        (short, True, "file_extra"),
        (wrong, False, "digest_differs"),
        (lambda files: files.pop(LISTING), False, "file_missing"),
        (alone, False, "file_missing"),
        (also_tags, False, "file_extra"),
    ],
)
def test_a_list_that_does_not_fit_is_refused(change, sealed, code):
    with pytest.raises(PackageRefused) as error:
        opened(spoiled(change, sealed=sealed, sm3=True))
    assert error.value.code == code


def test_a_list_that_the_signature_does_not_cover_is_refused():
    listing = unzipped(package(sm3=True))[LISTING]
    with pytest.raises(PackageRefused) as error:
        opened(spoiled(lambda files: files.update({LISTING: listing})))
    assert error.value.code == "tag_not_listed"


def test_a_machine_without_it_is_told(monkeypatch):
    """As OpenSSL answers where it was built without SM3."""

    def without(_algorithm):
        raise UnsupportedAlgorithm("sm3 is not supported")

    assert has_sm3()
    monkeypatch.setattr("cryptography.hazmat.primitives.hashes.Hash", without)
    assert not has_sm3()
