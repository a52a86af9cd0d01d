"""Files of findings: sealed, cleaned, refused when they are traps, opened by right alone."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import ExifTags, Image, ImageChops
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from hub.files.images import captured_of, media_type_of
from hub.files.store import FileStore
from tests.support.field import OFFICER, PARTNER, STRANGERS, fetch, find, photo, upload
from tests.support.patrols import started_patrol

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!doctype html><script>alert(1)</script>"
BROKEN_PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


def pdf(author: str = "SERIAL-4711", pages: int = 2) -> bytes:
    """A real PDF whose metadata say who wrote it."""
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.setAuthor(author)
    for number in range(pages):
        canvas.drawString(72, 720, f"page {number + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.fixture
def finding(world):
    return find(world, started_patrol(world))


def camera(lon: float = 120.45, lat: float = 30.87) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SERIAL-4711"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:03:05 08:30:00"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLongitudeRef] = "N", "E"
    gps[ExifTags.GPS.GPSLatitude] = (int(lat), int(lat % 1 * 60), lat * 60 % 1 * 60)
    gps[ExifTags.GPS.GPSLongitude] = (int(lon), int(lon % 1 * 60), lon * 60 % 1 * 60)
    return exif


def bomb_header(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of a few bytes that claims to be enormous."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def stored(world) -> set[str]:
    folder = Path(world.data_dir) / "files"
    return {path.name for path in folder.rglob("*") if path.is_file()} if folder.exists() else set()


def test_the_original_is_sealed_and_the_partner_gets_a_clean_copy(world, finding):
    data = photo(exif=camera())
    assert b"SERIAL-4711" in data
    sent = upload(world.as_(OFFICER), finding["id"], data)
    assert sent.status == 201, sent.body
    assert sent.body["sha256"] == hashlib.sha256(data).hexdigest()
    assert sent.body["captured_at"].startswith("2026-03-05T00:30:00")
    assert sent.body["captured_lon"] == pytest.approx(120.45, abs=1e-4)

    url = sent.body["url"]
    status, clean, headers = fetch(world.as_(PARTNER), url)
    assert status == 200
    assert Image.open(io.BytesIO(clean)).size == (640, 480)
    assert not Image.open(io.BytesIO(clean)).getexif()
    assert b"SERIAL-4711" not in clean
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"

    assert fetch(world.as_(PARTNER), f"{url}?copy=original")[0] == 404
    status, original, headers = fetch(world.as_(OFFICER), f"{url}?copy=original")
    assert (status, original) == (200, data)
    assert headers["Content-Disposition"].startswith("attachment")
    (seen,) = world.as_(PARTNER).get(f"/findings/{finding['id']}").body["files"]
    assert not any(key.startswith("captured") and seen[key] for key in seen)
    assert not seen.get("original_url")


def test_a_thumbnail_is_small(world, finding):
    sent = upload(world.as_(OFFICER), finding["id"], photo((3000, 1000)))
    _status, small, _headers = fetch(world.as_(PARTNER), sent.body["thumb_url"])
    assert Image.open(io.BytesIO(small)).size == (480, 160)


@pytest.mark.parametrize("who", STRANGERS)
def test_a_third_bureau_opens_no_file(world, finding, who):
    sent = upload(world.as_(OFFICER), finding["id"], photo())
    for query in ("", "?copy=thumb", "?copy=original"):
        assert fetch(world.as_(who), sent.body["url"] + query)[0] == 404


def test_nobody_opens_a_file_without_signing_in(world, finding):
    sent = upload(world.as_(OFFICER), finding["id"], photo())
    with world.app.test_client() as client:
        assert client.get(sent.body["url"]).status_code == 401


def test_the_partner_reads_but_does_not_add(world, finding):
    assert upload(world.as_(PARTNER), finding["id"], photo()).status == 403
    assert upload(world.as_("wuxing-planner"), finding["id"], photo()).status == 403
    assert stored(world) == set()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("photo.jpg", SVG),
        ("photo.svg", SVG),
        ("photo.png", HTML),
        ("photo.jpg", b"GIF89a" + b"\0" * 40),
        ("photo.jpg", b"PK\x03\x04" + b"\0" * 40),
        ("photo.jpg", b""),
        ("photo.jpg", b"\xff\xd8\xff" + b"\0" * 100),
        ("photo.png", bomb_header(100, 100)),
        ("photo.jpg", photo((2000, 2000))[:4000]),
    ],
)
def test_a_file_that_is_no_whole_picture_is_refused(world, finding, name, data):
    answer = upload(world.as_(OFFICER), finding["id"], data, name)
    assert answer.status == 422, answer.body
    assert stored(world) == set()


@pytest.mark.parametrize("side", [7_100, 10_000, 30_000])
def test_an_image_bomb_is_refused_by_its_header(world, finding, side):
    answer = upload(world.as_(OFFICER), finding["id"], bomb_header(side, side), "a.png")
    assert answer.status == 413, answer.body


def test_a_file_above_the_limit_is_refused(world, finding):
    data = photo() + b"\0" * (21 * 1024 * 1024)
    assert upload(world.as_(OFFICER), finding["id"], data).status == 413


def test_what_hides_behind_a_picture_stays_in_the_sealed_original(world, finding):
    sent = upload(world.as_(OFFICER), finding["id"], photo() + HTML, "photo.html")
    assert (sent.status, sent.body["name"]) == (201, "photo.html.jpg")
    _status, clean, headers = fetch(world.as_(PARTNER), sent.body["url"])
    assert b"<script>" not in clean
    assert headers["Content-Type"] == "image/jpeg"


def test_the_type_is_by_the_first_bytes(world, finding):
    sent = upload(world.as_(OFFICER), finding["id"], photo(form="PNG"), "photo.jpg")
    assert (sent.body["media_type"], sent.body["name"]) == ("image/png", "photo.jpg.png")


@pytest.mark.parametrize(
    "name", ["../../etc/x.jpg", "..\\..\\x.jpg", "x\u202egpj.exe", "", "a\tb.jpg"]
)
def test_a_name_leads_nowhere(world, finding, name):
    sent = upload(world.as_(OFFICER), finding["id"], photo(), name or "blob")
    assert sent.status == 201
    assert not {"/", "\\", "\0", "\n", "\u202e"} & set(sent.body["name"])


def test_a_pdf_is_a_download_that_runs_nothing(world, finding):
    sent = upload(world.as_(OFFICER), finding["id"], pdf(), "笔录.pdf")
    assert sent.status == 201
    status, data, headers = fetch(world.as_(PARTNER), sent.body["url"])
    assert (status, data[:5]) == (200, b"%PDF-")
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["Content-Disposition"].isascii()  # servers refuse other headers
    assert "sandbox" in headers["Content-Security-Policy"]
    assert sent.body["thumb_url"] is None


def test_the_same_upload_twice_is_one_file(world, finding):
    data = photo()
    first = upload(world.as_(OFFICER), finding["id"], data, key="photo-key-01")
    again = upload(world.as_(OFFICER), finding["id"], data, key="photo-key-01")
    third = upload(world.as_(OFFICER), finding["id"], data)
    assert first.body["id"] == again.body["id"] == third.body["id"]
    other = upload(world.as_(OFFICER), finding["id"], photo(colour="red"), key="photo-key-01")
    assert other.status == 422


def test_when_the_agreement_ends_the_partner_loses_the_file_at_once(world, finding):
    sent = upload(world.as_(OFFICER), finding["id"], photo())
    assert fetch(world.as_(PARTNER), sent.body["url"])[0] == 200
    patrol = world.as_(OFFICER).get(f"/patrols/{finding['patrol_id']}").body
    path = f"/agreements/{patrol['agreement_id']}"
    version = world.as_("wuxing-official").get(path).version
    world.as_("wuxing-official").post(f"{path}/suspend", {"reason": "演示"}, version=version)
    assert fetch(world.as_(PARTNER), sent.body["url"])[0] == 404
    assert world.as_(PARTNER).get(f"/findings/{finding['id']}").status == 404
    assert world.as_(PARTNER).get("/findings", patrol_id=patrol["id"]).body["items"] == []
    assert fetch(world.as_(OFFICER), sent.body["url"])[0] == 200


def test_opening_is_entered_in_both_audit_chains(world, finding):
    sent = upload(world.as_(OFFICER), finding["id"], photo())
    fetch(world.as_(PARTNER), sent.body["url"])
    for auditor in ("wuxing-auditor", "wujiang-auditor"):
        entries = world.as_(auditor).get("/audit", limit=200).body["items"]
        assert any(entry["action"] == "file.opened" for entry in entries)


def test_a_sweep_removes_what_no_record_names(world, finding):
    sent = upload(world.as_(OFFICER), finding["id"], photo())
    store = FileStore(Path(world.data_dir) / "files")
    orphan = store.put(b"an upload that was cut off")
    runner = world.app.test_cli_runner()
    assert "0 removed" in runner.invoke(args=["files", "sweep"]).output
    assert "1 removed" in runner.invoke(args=["files", "sweep", "--hours", "0"]).output
    assert not store.path(orphan).exists()
    assert fetch(world.as_(OFFICER), f"{sent.body['url']}?copy=original")[0] == 200
    assert fetch(world.as_(OFFICER), sent.body["thumb_url"])[0] == 200


@pytest.mark.parametrize("when", ["1999:01:01 00:00:00", "2099:01:01 00:00:00", "nonsense", ""])
def test_a_time_that_cannot_be_is_not_believed(when):
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = when
    assert captured_of(exif, datetime(2026, 11, 1, tzinfo=UTC)).at is None


@pytest.mark.parametrize("place", [(0.0, 0.0), (400.0, 10.0), (120.0, 95.0)])
def test_a_place_that_cannot_be_is_not_believed(place):
    exif = camera(*place)
    assert captured_of(exif, datetime(2026, 11, 1, tzinfo=UTC)).lon is None


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_pictures_are_known_by_their_first_bytes(form):
    assert media_type_of(photo(form=form)[:16]) == f"image/{form.lower()}"


def test_a_partners_pdf_names_its_reader_on_every_page_and_nothing_of_its_author(world, finding):
    data = pdf()
    sent = upload(world.as_(OFFICER), finding["id"], data, "笔录.pdf")
    _status, copy, _headers = fetch(world.as_(PARTNER), sent.body["url"])
    reader = world.as_(PARTNER).get("/me").body["name"]
    pages = PdfReader(io.BytesIO(copy)).pages
    assert len(pages) == 2
    for page in pages:
        assert reader in page.extract_text()
        # A viewer without Chinese fonts shows the mark too.
        drawn = [font.get_object() for font in page["/Resources"]["/Font"].values()]
        assert any("/FontFile2" in font.get("/FontDescriptor", {}) for font in drawn)
    assert b"SERIAL-4711" in data
    assert "SERIAL-4711" not in str(PdfReader(io.BytesIO(copy)).metadata)
    assert fetch(world.as_(PARTNER), sent.body["url"] + "?copy=original")[0] == 404
    _status, own, _headers = fetch(world.as_(OFFICER), sent.body["url"])
    assert own == data


@pytest.mark.parametrize("data", [BROKEN_PDF, pdf(pages=501)], ids=["broken", "endless"])
def test_what_cannot_be_marked_is_not_handed_out(world, finding, data):
    sent = upload(world.as_(OFFICER), finding["id"], data, "x.pdf")
    assert fetch(world.as_(PARTNER), sent.body["url"])[0] == 409
    assert fetch(world.as_(OFFICER), sent.body["url"])[1] == data


def test_a_partners_picture_is_marked_all_over_and_never_kept_by_browsers(world, finding):
    sent = upload(world.as_(OFFICER), finding["id"], photo((1200, 900)))
    for query in ("", "?copy=thumb"):
        _status, own, _headers = fetch(world.as_(OFFICER), sent.body["url"] + query)
        _status, copy, headers = fetch(world.as_(PARTNER), sent.body["url"] + query)
        assert headers["Cache-Control"] == "private, no-store"
        ours, theirs = (Image.open(io.BytesIO(data)).convert("L") for data in (own, copy))
        changed = ImageChops.difference(ours, theirs).point(lambda v: 255 if v > 20 else 0)
        width, height = changed.size
        for x in (0, width // 2):
            for y in (0, height // 2):
                assert changed.crop((x, y, x + width // 2, y + height // 2)).getbbox()


def test_an_altered_file_is_found_and_not_handed_out(world, finding):
    sent = upload(world.as_(OFFICER), finding["id"], photo())
    verify = world.app.test_cli_runner().invoke
    # The demo's own photos are not in a test's folder; only this file is looked at.
    assert sent.body["id"] not in verify(args=["files", "verify"]).output
    path = FileStore(Path(world.data_dir) / "files").path(sent.body["sha256"])
    assert path.stat().st_mode & 0o222 == 0
    path.chmod(0o640)
    path.write_bytes(photo(colour="red"))
    found = verify(args=["files", "verify"])
    assert found.exit_code == 1
    assert sent.body["id"] in found.output
    assert fetch(world.as_(OFFICER), sent.body["url"] + "?copy=original")[0] == 503
    assert world.as_(OFFICER).get(f"/files/{sent.body['id']}/passport").body["intact"] is False
    path.unlink()
    assert sent.body["id"] in verify(args=["files", "verify"]).output
    assert fetch(world.as_(OFFICER), sent.body["url"] + "?copy=original")[0] == 503


def test_the_passport_lists_everybody_who_had_a_copy(world, finding):
    sent = upload(world.as_(OFFICER), finding["id"], photo(exif=camera()))
    other = upload(world.as_(OFFICER), finding["id"], photo(colour="red"))
    path = f"/files/{sent.body['id']}/passport"
    assert world.as_(OFFICER).get(path).body["copies"] == []
    assert "还没有人打开过" in world.as_(OFFICER).page(f"/files/{sent.body['id']}").body
    fetch(world.as_(PARTNER), sent.body["url"])
    fetch(world.as_(OFFICER), sent.body["url"] + "?copy=original")
    fetch(world.as_(PARTNER), other.body["url"])
    found = world.as_(OFFICER).get(path).body
    names = [world.as_(who).get("/me").body["name"] for who in (OFFICER, PARTNER)]
    assert [(c["who"], c["copy"], c["marked"]) for c in found["copies"]] == [
        (names[0], "original", False),
        (names[1], "clean", True),
    ]
    assert (found["intact"], found["sha256"]) == (True, sent.body["sha256"])
    page = world.as_(OFFICER).page(f"/files/{sent.body['id']}")
    assert page.status == 200
    assert all(
        text in page.body for text in (*names, sent.body["sha256"], "带水印", "去除元数据的副本")
    )
    for who in (PARTNER, *STRANGERS):
        assert world.as_(who).get(path).status == 404
        assert world.as_(who).page(f"/files/{sent.body['id']}").status == 404
