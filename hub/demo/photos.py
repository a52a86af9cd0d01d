"""Demo photos of findings: drawn here, with the words a camera writes into a picture."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

from PIL import ExifTags, Image, ImageDraw, ImageFilter
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.access import make_actor
from hub.accounts.models import User
from hub.clock import SHANGHAI
from hub.files import services as files
from hub.files.store import FileStore
from hub.patrols.findings import attach
from hub.patrols.models import Finding

COLOURS = {"water": "#2f6b3a", "litter": "#7c8a4a", "outfall": "#5a4632"}


def add_photos(session: Session, store: FileStore) -> None:
    """Give every finding of the demo a photo, taken and sent when it was found."""
    for finding in session.scalars(select(Finding).order_by(Finding.id)).all():
        actor = make_actor(session.get_one(User, finding.recorded_by))
        colour = COLOURS.get(finding.category, "#5a4632")
        picture = io.BytesIO(draw_photo(colour, finding.found_at, finding.lon, finding.lat))
        name = f"现场照片{finding.found_at.astimezone(SHANGHAI):%H%M}.jpg"
        prepared = files.prepare(store, name, picture, 5_000_000)
        row = attach(session, actor, finding.id, prepared)
        row.at = finding.found_at + timedelta(seconds=25)
    session.flush()


def draw_photo(colour: str, at: datetime, lon: float, lat: float) -> bytes:
    """A drawn scene, a pipe that lets something into a canal, as a JPEG with time and place."""
    image = Image.new("RGB", (1280, 960), "#b9cfdd")
    pen = ImageDraw.Draw(image)
    for y in range(330, 960):
        shade = int(90 + (y - 330) * 0.09)
        pen.line([(0, y), (1280, y)], fill=(shade - 30, shade + 8, shade + 4))
    pen.polygon([(0, 300), (1280, 250), (1280, 420), (0, 520)], fill="#7b6a4d")
    pen.polygon([(0, 290), (1280, 240), (1280, 270), (0, 330)], fill="#5d7c3f")
    pen.ellipse([520, 470, 980, 900], fill=colour)
    image = image.filter(ImageFilter.GaussianBlur(14))
    pen = ImageDraw.Draw(image)
    pen.rectangle([540, 330, 700, 440], fill="#8d8d88")
    pen.ellipse([650, 330, 750, 440], fill="#4c4c49")
    pen.polygon([(665, 395), (735, 395), (790, 620), (650, 620)], fill=colour)
    pen.rectangle([0, 905, 1280, 960], fill="#12283a")
    words = f"DEMO  {at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}  {lon:.5f}, {lat:.5f}"
    pen.text((24, 918), words, fill="white", font_size=28)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82, exif=_exif(at, lon, lat))
    return out.getvalue()


def _exif(at: datetime, lon: float, lat: float) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Lianfang demo"
    shot = exif.get_ifd(ExifTags.IFD.Exif)
    shot[ExifTags.Base.DateTimeOriginal] = f"{at.astimezone(SHANGHAI):%Y:%m:%d %H:%M:%S}"
    shot[ExifTags.Base.OffsetTimeOriginal] = "+08:00"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLongitudeRef] = "N", "E"
    for tag, value in ((ExifTags.GPS.GPSLatitude, lat), (ExifTags.GPS.GPSLongitude, lon)):
        minutes = value % 1 * 60
        gps[tag] = (float(int(value)), float(int(minutes)), minutes % 1 * 60)
    return exif
