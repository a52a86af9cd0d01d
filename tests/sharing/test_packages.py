"""Packages: what was packed comes out, and everything else is refused before it is read."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing import merkle
from sharing.bagit import check_bag
from sharing.canonical import canonical
from sharing.errors import PackageRefused, SharingError
from sharing.package_writer import PackageWriter
from sharing.packages import open_package
from sharing.signing import Purpose, new_key, sign
from sharing.trees import FolderTree, check_path
from sharing.zip_tree import Limits, ZipTree
from tests.support.packages import (
    FOLDER,
    KEY,
    NOW,
    WUJIANG,
    WUXING,
    Files,
    manifest,
    package,
    record,
    resealed,
    restated,
    spoiled,
    unzipped,
    zipped,
)

DAY = timedelta(days=1)
NOISE = Random(1).randbytes(1 << 20)  # noqa: S311 - no secret
GPX = b'<?xml version="1.0"?><gpx><trk><name>t</name></trk></gpx>'
ENTITY = b'<!DOCTYPE x [<!ENTITY a "b">]>'
OTHER = new_key(WUXING, Purpose.PACKAGE, NOW - DAY)


def opened(data: bytes, recipient: str | None = WUJIANG, **asked: Any) -> Any:
    given = {"keys": [KEY.public], "now": NOW} | asked
    tree = ZipTree(io.BytesIO(data), given.pop("limits", None))
    return open_package(tree, given.pop("keys"), recipient=recipient, **given)


def refused(data: bytes, **asked: Any) -> str:
    with pytest.raises(SharingError) as error:
        opened(data, **asked)
    return error.value.code


def test_what_was_packed_comes_out_with_who_signed_it():
    found = opened(package(files={"a.gpx": GPX}))
    assert [one.id for one in found.records()] == ["case-1", "case-2", "case-3"]
    assert (found.key, found.digest) == (KEY.public, found.signature.digest)
    (file,) = [entry for entry in found.manifest.files if entry.path.startswith("data/files")]
    with found.open(file.path) as stream:
        assert stream.read() == GPX
    assert (file.record, found.manifest.records) == ("case:case-1", 3)


def test_the_same_content_gives_the_same_package_to_the_byte():
    assert package() == package()
    assert package(records=[]) == package(records=[])
    assert opened(package(records=[])).manifest.root == merkle.EMPTY.hex()


def test_an_unpacked_package_is_checked_like_the_zip(tmp_path):
    zipfile.ZipFile(io.BytesIO(package())).extractall(tmp_path)
    tree = FolderTree(tmp_path / FOLDER)
    assert open_package(tree, [KEY.public], now=NOW).manifest.records == 3
    (tmp_path / FOLDER / "data" / "files").symlink_to("/etc")
    with pytest.raises(PackageRefused) as error:
        open_package(tree, [KEY.public], now=NOW)
    assert error.value.code == "link"


def put(path: str, data: bytes = b"x") -> Any:
    return lambda files: files.update({path: data})


def drop(path: str) -> Any:
    return lambda files: files.pop(path)


def edit(path: str, old: bytes, new: bytes) -> Any:
    def change(files: Files) -> None:
        assert old in files[path]
        files[path] = files[path].replace(old, new)

    return change


RECORDS = "data/records/case.jsonl"


def second_line(line: bytes) -> Any:
    return lambda files: files.update({RECORDS: files[RECORDS].splitlines(True)[0] + line})


def said(**fields: Any) -> bytes:
    """The line of a record whose fields say something else."""
    line = json.loads(record(2).to_line()) | fields
    return canonical(line) + b"\n"


UNSEALED: list[tuple[Any, str]] = [
    (put("data/files/../../evil.jpg"), "path_escapes"),
    (put("data/files/a\\b.jpg"), "path_unsafe"),
    (put("data/./a.jpg"), "path_unsafe"),
    (put("data//a.jpg"), "path_unsafe"),
    (put("data/files/a\u202eb.jpg"), "path_unsafe"),
    (put("data/files/a.exe"), "file_extra"),
    (put("run.sh"), "file_extra"),
    (put("fetch.txt", b"http://x - data/files/a.jpg\n"), "file_extra"),
    (put("data/files/extra.jpg"), "file_extra"),
    (put("DATA/manifest.json"), "duplicate_file"),
    (edit(RECORDS, "案件2".encode(), "案件9".encode()), "digest_differs"),
    (edit("data/manifest.json", WUJIANG.encode(), b"330503"), "digest_differs"),
    (edit("bag-info.txt", b"Payload", b"payload"), "digest_differs"),
    (edit("manifest-sha256.txt", b"data/records", b"data/Records"), "digest_differs"),
    (edit("tagmanifest-sha256.txt", b"bagit.txt", b"Bagit.txt"), "content_differs"),
    (edit("bagit.txt", b"1.0", b"1.1"), "no_bag"),
    (edit("bagit.txt", b"UTF-8", b"ASCII"), "no_bag"),
    (edit("bagit.txt", b"BagIt", b"Bag"), "no_bag"),
    (drop("bagit.txt"), "file_missing"),
    (drop("signature.json"), "file_missing"),
    (drop("tagmanifest-sha256.txt"), "file_missing"),
    (drop("manifest-sha256.txt"), "no_manifest"),
    (drop(RECORDS), "file_missing"),
    (put("signature.json", b"{}"), "field_wrong"),
    (put("bagit.txt", b"\xff"), "encoding"),
]


@pytest.mark.parametrize(("change", "code"), UNSEALED)
def test_a_package_changed_on_its_way_is_refused(change, code):
    assert refused(spoiled(change)) == code


def sized(size: int) -> Any:
    """A manifest that says that its first file is this large."""

    def change(files: Files) -> None:
        body = json.loads(files["data/manifest.json"])
        body["files"][0]["size"] = size
        restated(**body)(files)

    return change


SEALED: list[tuple[Any, str]] = [
    (restated(version=2), "future_version"),
    (restated(format="zip"), "field_wrong"),
    (restated(kind="all"), "field_wrong"),
    (restated(more=1), "field_unknown"),
    (restated(files=[1]), "field_wrong"),
    (restated(files=[]), "manifest_differs"),
    (restated(sender={"adcode": WUJIANG, "name": "x"}), "sender_differs"),
    (restated(recipient={"adcode": "330503", "name": "南浔"}), "wrong_recipient"),
    (restated(recipient=None), "wrong_recipient"),
    (restated(records=4), "root_differs"),
    (restated(root="0" * 64), "root_differs"),
    (restated(created_at="2026-11-27T08:00:00Z"), "from_the_future"),
    (restated(sequence=1 << 31), "field_wrong"),
    (restated(sequence=0), "field_wrong"),
    (restated(records=-1), "field_wrong"),
    (restated(id="x" * 65), "field_wrong"),
    (restated(id="a\nb"), "field_wrong"),
    (restated(context={"number": "x" * 70_000}), "field_wrong"),
    (sized(1), "manifest_differs"),
    (sized(1 << 62), "json_number"),
    (sized(-1), "field_wrong"),
    (put("data/manifest.json", b"[]"), "json_no_object"),
    (put("data/README.txt"), "manifest_differs"),
    (drop("bag-info.txt"), "tag_not_listed"),
]


@pytest.mark.parametrize(("change", "code"), SEALED)
def test_a_package_whose_own_sender_lies_is_refused(change, code):
    assert refused(spoiled(change, sealed=True)) == code


def test_a_manifest_that_names_a_file_twice_is_refused():
    def twice(files: Files) -> None:
        entries = opened(zipped(files)).manifest.files
        restated(files=[entry.to_dict() for entry in (*entries, *entries)])(files)

    assert refused(spoiled(twice, sealed=True)) == "manifest_differs"


LINES: list[tuple[list[Any], str]] = [
    ([record(1), record(1)], "record_twice"),
    ([record(1, owner=WUJIANG)], "owner_differs"),
]


@pytest.mark.parametrize(("records", "code"), LINES)
def test_records_that_are_not_the_senders_or_come_twice_are_refused(records, code):
    assert refused(package(records=records)) == code


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"kind": "case"}\n', "field_wrong"),
        (b"{}\n", "field_wrong"),
        (b"x\n", "json_unreadable"),
        (record(2).to_line(), "record_line_end"),
        (record(2).to_line().replace(b'"id"', b' "id"') + b"\n", "record_not_canonical"),
        (record(2).to_line()[:-1] + b',"x":1}\n', "field_unknown"),
        (NOISE.hex().encode() + b"\n", "record_line_end"),
        (said(id="x" * 65), "field_wrong"),
        (said(id=""), "field_wrong"),
        (said(id="a\x00b"), "json_control"),
        (said(id="a\nb"), "field_wrong"),
        (said(kind="../case"), "field_wrong"),
        (said(version=-1), "field_wrong"),
        (said(version=1 << 31), "field_wrong"),
        (said(version=True), "field_wrong"),
        (said(classification=5), "field_wrong"),
        (said(keep_until="for ever"), "field_wrong"),
        (said(keep_until="2026-11-27T08:00:00"), "field_wrong"),
        (said(view={"lon": 1 << 60}), "json_number"),
        (said(view={"text": "a\x00b"}), "json_control"),
        (said(view={"text": {"a": 1}}).replace(b'"a"', b'"a":1,"a"'), "json_duplicate_key"),
        (said(view={"x": 1}).replace(b'"x":1', b'"x":1e999'), "json_not_a_number"),
        (said(view={"x": 1}).replace(b'"x":1', b'"x":' + b"9" * 5000), "json_unreadable"),
        (said(view={"x": 1}).replace(b'"x":1', b'"x":"\\ud800"'), "json_unreadable"),
        (said(view={"x": 1}).replace(b'"x":1', b'"x":' + b"[" * 60 + b"]" * 60), "json_deep"),
        (said(view={"x": 1}).replace(b'"x":1', b'"x":' + b"[" * 800 + b"]" * 800), "json_deep"),
    ],
)
def test_lines_that_are_no_records_are_refused(line, code):
    def change(files: Files) -> None:
        second_line(line)(files)
        body = json.loads(files["data/manifest.json"])
        data = files[RECORDS]
        body["files"][0] |= {"sha256": sha256(data).hexdigest(), "size": len(data)}
        restated(**body)(files)

    assert refused(spoiled(change, sealed=True)) == code


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.gpx", ENTITY + GPX[21:], "xml_doctype"),
        ("a.kml", b'<?xml version="1.0"?>' + ENTITY + b"<kml/>", "xml_doctype"),
        ("A.gpx", b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'><gpx/>", "xml_doctype"),
        ("a.gpx", b"<g>" * 99, "xml_deep"),
        ("a.gpx", b"<gpx>", "xml_broken"),
        ("a.kml", b"PK\x03\x04", "xml_broken"),
    ],
)
def test_a_carried_track_that_could_do_harm_is_refused(name, data, code):
    assert refused(package(files={name: data})) == code


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"keys": []}, "signer_unknown"),
        ({"keys": [OTHER.public]}, "signer_unknown"),
        ({"keys": [replace(KEY.public, revoked_at=NOW)]}, "key_revoked"),
        ({"keys": [replace(KEY.public, valid_to=NOW)]}, "key_out_of_time"),
        ({"keys": [replace(KEY.public, adcode=WUJIANG)]}, "signer_differs"),
        ({"keys": [replace(KEY.public, purpose=Purpose.RECEIPT)]}, "purpose_differs"),
        ({"recipient": "330503"}, "wrong_recipient"),
        ({"now": NOW + 31 * DAY}, "expired"),
        ({"now": NOW - timedelta(minutes=6)}, "signed_in_future"),
        ({"limits": Limits(total=1000)}, "too_large"),
        ({"limits": Limits(entries=4)}, "too_many_files"),
    ],
)
def test_a_whole_package_is_refused_where_it_does_not_belong(asked, code):
    assert refused(package(), **asked) == code


def test_a_package_without_end_can_be_verified_for_ever():
    assert opened(package(expires_at=None), now=NOW + 80 * DAY).manifest.expires_at is None
    assert opened(package(), recipient=None, now=NOW + 80 * DAY).manifest.records == 3


def test_a_package_cut_anywhere_is_refused():
    whole = package(records=[record(1)])
    for length in range(len(whole)):
        with pytest.raises(SharingError):
            opened(whole[:length])


def test_a_package_with_a_wrong_byte_anywhere_is_refused_or_the_same():
    whole = package(records=[record(1)])
    same = opened(whole)
    for place in range(0, len(whole), 7):
        spoilt = whole[:place] + bytes([whole[place] ^ 0x15]) + whole[place + 1 :]
        try:
            assert opened(spoilt).manifest == same.manifest
        except SharingError:
            continue


def raw_zip(*entries: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bag:
        for info, data in entries:
            bag.writestr(info, data)
    return out.getvalue()


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info


def packed_by(name: str, method: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = method
    return info


def flagged(data: bytes, flags: int) -> bytes:
    """The same zip whose directory's first entry bears these flags."""
    place = data.index(b"PK\x01\x02") + 8
    return data[:place] + struct.pack("<H", flags) + data[place + 2 :]


def twice() -> bytes:
    with pytest.warns(UserWarning, match="Duplicate"):
        return raw_zip(("b/x", b"1"), ("b/x", b"2"))


LATIN = raw_zip(("b/x-e", b"1")).replace(b"x-e", b"x-\xe9")
ZIPS: list[tuple[Any, str]] = [
    (b"", "no_zip"),
    (b"PK\x05\x06" + b"\0" * 18, "no_zip"),
    (b"#!/bin/sh\n" + package(), "no_zip"),
    (package() + b"\0", "no_zip"),
    (b"x" * 2000, "no_zip"),
    (raw_zip(("b/bomb", b"\0" * 20_000_000)), "ratio"),
    (raw_zip((link("b/x"), b"/etc/passwd")), "link"),
    (raw_zip(("/etc/passwd", b"x")), "path_absolute"),
    (raw_zip(("C:/x", b"x")), "path_absolute"),
    (raw_zip(("~root/x", b"x")), "path_escapes"),
    (raw_zip(("b/../../x", b"x")), "path_escapes"),
    (raw_zip(("b/", b"")), "path_unsafe"),
    (raw_zip(("b/x", b"1"), ("B/X", b"2")), "duplicate_file"),
    (raw_zip(("b/x", b"1"), ("c/x", b"2")), "not_one_folder"),
    (raw_zip(("x", b"1")), "not_one_folder"),
    (raw_zip((packed_by("b/x", zipfile.ZIP_BZIP2), b"1" * 99)), "compression"),
    (flagged(raw_zip(("b/x", b"1")), 1), "encrypted"),
    (LATIN, "name_not_utf8"),
    (flagged(LATIN, 0x800), "no_zip"),
    (raw_zip(("b/x!y", b"1")).replace(b"x!y", b"x\0y"), "path_unsafe"),
    (raw_zip(*((f"b/{n}", b"") for n in range(2001))), "too_many_files"),
]


@pytest.mark.parametrize(("data", "code"), ZIPS)
def test_a_zip_that_is_a_trap_is_refused_by_its_directory(data, code):
    with pytest.raises(PackageRefused) as error:
        ZipTree(io.BytesIO(data))
    assert error.value.code == code


def test_a_zip_with_two_members_of_one_name_is_refused():
    with pytest.raises(PackageRefused) as error:
        ZipTree(io.BytesIO(twice()))
    assert error.value.code == "duplicate_file"


def test_an_end_record_for_large_zips_is_believed_only_as_far_as_it_says_more():
    whole = package()
    end = whole[-22:]
    size, offset = struct.unpack("<LL", end[12:20])
    record64 = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 8, 8, size, offset)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(whole) - 22, 1)
    assert opened(whole[:-22] + record64 + locator + end).manifest.records == 3
    lying = record64[:40] + struct.pack("<Q", 1 << 40) + record64[48:]
    with pytest.raises(PackageRefused) as error:
        ZipTree(io.BytesIO(whole[:-22] + lying + locator + end))
    assert error.value.code == "too_many_files"


def test_a_member_that_breaks_while_it_is_read_is_refused():
    whole = bytearray(zipped(unzipped(package())))
    place = whole.index(b"data/records/case.jsonl") + 60
    whole[place : place + 8] = b"\xff" * 8
    assert refused(bytes(whole)) in ("file_unreadable", "digest_differs")
    first = bytearray(zipped({"bagit.txt": b"BagIt-Version: 1.0\n" * 9}))
    first[60:64] = b"\xff" * 4
    assert refused(bytes(first)) == "file_unreadable"


def test_a_writer_refuses_what_a_reader_would():
    with PackageWriter(io.BytesIO(), FOLDER) as writer:
        writer.add("files/a.jpg", [b"x"], media_type="image/jpeg")
        for path in ("../x", "files/a.jpg"):
            with pytest.raises(PackageRefused):
                writer.add(path, [b"x"], media_type="image/jpeg")
    with pytest.raises(PackageRefused) as error:
        record(1, view={"text": "x" * (1 << 20)}).to_line()
    assert error.value.code == "record_too_long"


def test_a_file_too_large_for_every_zip_reader_is_not_packed(monkeypatch):
    monkeypatch.setattr("sharing.package_writer.MOST_FILE", 100)
    with pytest.raises(PackageRefused) as error:
        package(files={"a.jpg": b"x" * 100})
    assert error.value.code == "too_large"


def test_a_tag_file_without_end_is_not_read(monkeypatch):
    monkeypatch.setattr("sharing.bagit.MOST_TAG_BYTES", 10)
    assert refused(package()) == "too_large"


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"manifest-rot13.txt": b""}, "algorithm"),
        ({"manifest-md5.txt": b"no digest\n"}, "manifest_line"),
        ({"manifest-md5.txt": b"00 x\n"}, "path_outside"),
        ({"manifest-md5.txt": b"00  data/x%0Ay\n"}, "file_missing"),
        ({"manifest-md5.txt": b"00  data/../x\n"}, "path_escapes"),
        ({"manifest-md5.txt": b"", "tagmanifest-md5.txt": b"00  data/x\n"}, "path_outside"),
        ({"manifest-md5.txt": b"", "fetch.txt": b"nonsense\n"}, "path_outside"),
    ],
)
def test_a_bag_that_is_none_is_refused(files, code):
    declaration = {"bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"}
    with pytest.raises(PackageRefused) as error:
        check_bag(ZipTree(io.BytesIO(zipped(declaration | files))))
    assert error.value.code == code


def test_a_bag_is_untidy_where_a_partner_wrote_it_by_hand():
    files = unzipped(package())
    listing = files["manifest-sha256.txt"].replace(b"  data/manifest", b" *data/manifest")
    sealed = resealed(files) | {"manifest-sha256.txt": listing}
    old = sha256(files["manifest-sha256.txt"]).hexdigest().encode()
    new = sha256(listing).hexdigest().encode()
    tags = files["tagmanifest-sha256.txt"].replace(old, new)
    signed = canonical(sign(KEY, tags, NOW).to_dict())
    sealed |= {"tagmanifest-sha256.txt": tags, "signature.json": signed}
    assert refused(zipped(sealed)) == "bag_untidy"


@pytest.mark.parametrize("path", ["data/files/图 1.jpg", "a", "a/b.c"])
def test_a_plain_path_is_a_path(path):
    check_path(path)


@given(st.lists(st.binary(max_size=4), max_size=40), st.data())
def test_a_path_leads_from_each_leaf_to_the_root_and_from_no_other(leaves, data):
    running = merkle.MerkleRoot()
    for leaf in leaves:
        running.add(leaf)
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    root = merkle.root_of(hashes)
    assert running.root() == root
    if not leaves:
        return
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = merkle.path_of(hashes, index)
    size = len(leaves)
    assert merkle.root_by_path(hashes[index], index, size, path) == root
    assert merkle.root_by_path(merkle.leaf_hash(b"other"), index, size, path) != root
    assert merkle.root_by_path(hashes[index], index, size, [*path, root]) != root
    assert merkle.root_by_path(hashes[index], index, size, path[1:]) != root or not path
    assert merkle.root_by_path(hashes[index], size, size, path) is None


def test_there_is_no_path_from_a_leaf_that_is_not_there():
    with pytest.raises(IndexError):
        merkle.path_of([], 0)


def test_the_manifest_of_a_chain_names_the_package_before():
    found = opened(package(sequence=2, previous="a" * 64)).manifest
    assert (found.sequence, found.previous) == (2, "a" * 64)
    assert manifest().previous is None
