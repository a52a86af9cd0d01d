"""Fill an empty hub with the demo, in one transaction."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.boundaries import load
from hub.bureaus import services as bureaus
from hub.bureaus.models import Bureau
from hub.changes import SYSTEM
from hub.demo.agreements import add_agreements
from hub.demo.cases import add_cases
from hub.demo.closures import add_closures
from hub.demo.field import add_field
from hub.demo.inspections import add_inspections, add_reviews
from hub.demo.keys import add_keys
from hub.demo.meetings import add_meetings
from hub.demo.patrols import add_patrols
from hub.demo.people import add_people
from hub.demo.petitions import add_petitions
from hub.demo.photos import add_photos
from hub.demo.requests import add_requests
from hub.demo.rosters import add_rosters
from hub.demo.schedule import add_schedule
from hub.demo.stations import add_stations
from hub.demo.zones import add_zones
from hub.files.store import FileStore
from hub.web.identity import settings


def is_empty(session: Session) -> bool:
    """Whether no bureau has been set up yet."""
    return session.scalar(select(Bureau.id).limit(1)) is None


def build(session: Session, boundary_file: Path) -> None:
    """Add outlines, bureaus, people and what they have begun."""
    bureaus.import_boundaries(session, SYSTEM, load(boundary_file))
    add_people(session)
    add_keys(session)
    add_agreements(session)
    add_zones(session)
    add_stations(session)
    add_rosters(session)
    add_field(session)
    store = FileStore(Path(settings().data_dir) / "files")
    add_photos(session, store)
    add_patrols(session)
    add_schedule(session)
    add_cases(session)
    add_closures(session, store)
    add_inspections(session, store)
    add_reviews(session)
    add_requests(session, store)
    add_petitions(session)
    add_meetings(session, store)
