"""Filling a hub with units under way for the benchmarks of live maps."""

from __future__ import annotations

from benchmarks.hubs import Prepared, settings_of
from hub.app import create_app
from hub.patrols.models import Patrol
from tests.support.patrols import started_patrol
from tests.support.units import BUREAUS, Unit, add_units
from tests.support.world import World


def fill(hub: Prepared, count: int) -> tuple[list[Unit], dict[str, str]]:
    """Units of patrols under way, and a token of each bureau's duty room."""
    app = create_app(settings_of(hub.folder, hub.database_url))
    world = World(app, "", hub.folder)
    patrol_id = str(started_patrol(world)["id"])
    rooms = {bureau: world.as_(f"{bureau}-planner").token for bureau in BUREAUS}
    database = app.extensions["hub.db"]
    with app.app_context(), database.unit_of_work() as session:
        units = add_units(session, session.get_one(Patrol, patrol_id), count)
    database.dispose()
    return units, rooms
