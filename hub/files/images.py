"""What a file is, by its first bytes; a picture's clean copy and what its camera wrote into it.

Pure: bytes in, values out. Nothing is decoded before its header has been judged.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from PIL import ExifTags, Image, ImageOps

from hub.clock import SHANGHAI
from hub.errors import Invalid, TooLarge, field_error

MAX_PIXELS = 50_000_000
MAX_EDGE = 4096
THUMB_EDGE = 480
EXTENSIONS = {
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "application/pdf": ("pdf",),
}
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_FIRST_CAMERA = datetime(2000, 1, 1, tzinfo=UTC)
# What Pillow raises on a picture that it cannot read to its end.
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, OverflowError)
_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Captured:
    """When (UTC) and where (EPSG:4326) the camera says a picture was taken; None: it does not."""

    at: datetime | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class CleanCopy:
    """A picture drawn anew: same content, upright, no metadata, nothing hidden behind it."""

    data: bytes
    thumbnail: bytes
    captured: Captured


def media_type_of(head: bytes) -> str:
    """The media type by the first bytes; the name and what the sender claims do not count.

    Raises:
        Invalid: none of JPEG, PNG, WebP, PDF (SVG and HTML are programs, not pictures).
    """
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    raise field_error("file", _l("只接受 JPEG、PNG、WebP 图片和 PDF 文件。"))


def clean_copy(data: bytes, media_type: str, now: datetime) -> CleanCopy:
    """Draw a picture anew.

    Args:
        data: the original's bytes, of a picture's `media_type`.
        now: later capture times are not believed.

    Raises:
        TooLarge: more than 50 million pixels, by the header, before anything is decoded.
        Invalid: it cannot be read to its end.
    """
    try:
        with Image.open(io.BytesIO(data), formats=[_FORMATS[media_type]]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise TooLarge(_too_many_pixels())
            captured = captured_of(image.getexif(), now)
            upright = ImageOps.exif_transpose(image)
            picture = _flat(upright)
    except _BOMB as error:
        raise TooLarge(_too_many_pixels()) from error
    except _BROKEN as error:
        raise _unreadable() from error
    picture.thumbnail((MAX_EDGE, MAX_EDGE))
    full = _encoded(picture, 88)
    picture.thumbnail((THUMB_EDGE, THUMB_EDGE))
    return CleanCopy(full, _encoded(picture, 80), captured)


def _too_many_pixels() -> Any:
    return _l("图片超过%(limit)s万像素。", limit=MAX_PIXELS // 10_000)


def _unreadable() -> Invalid:
    return field_error("file", _l("图片已损坏，无法读取。"))


def _flat(image: Image.Image) -> Image.Image:
    """The first frame as RGB on white; a transparent part would otherwise turn black."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        sheet = Image.new("RGB", layer.size, "white")
        sheet.paste(layer, mask=layer.getchannel("A"))
        return sheet
    return image.convert("RGB")


def _encoded(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    # A fresh picture from the pixels alone: no EXIF, no comment, no profile travels.
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    bare.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def captured_of(exif: Image.Exif, now: datetime) -> Captured:
    """When and where, as far as the camera's words can be true."""
    lon, lat = _place(exif.get_ifd(ExifTags.IFD.GPSInfo))
    return Captured(_moment(exif.get_ifd(ExifTags.IFD.Exif), now), lon, lat)


def _moment(tags: Mapping[int, Any], now: datetime) -> datetime | None:
    text = str(tags.get(ExifTags.Base.DateTimeOriginal, "")).strip("\x00 ")
    offset = str(tags.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\x00 ")
    try:
        if offset:
            moment = datetime.strptime(f"{text} {offset}", "%Y:%m:%d %H:%M:%S %z")
        else:
            naive = datetime.strptime(text, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - zone follows
            moment = naive.replace(tzinfo=SHANGHAI)
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if _FIRST_CAMERA <= moment <= now + timedelta(days=1) else None


def _place(tags: Mapping[int, Any]) -> tuple[float | None, float | None]:
    lat = _degrees(tags.get(ExifTags.GPS.GPSLatitude), tags.get(ExifTags.GPS.GPSLatitudeRef), "S")
    lon = _degrees(tags.get(ExifTags.GPS.GPSLongitude), tags.get(ExifTags.GPS.GPSLongitudeRef), "W")
    if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180 or (lat == 0 and lon == 0):
        return None, None
    return lon, lat


def _degrees(parts: Any, ref: Any, negative: str) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value):
        return None
    return -value if str(ref).strip("\x00 ").upper() == negative else value
