"""`flask --app hub zone ...`: look at a shared line, build and propose a zone without the map."""

from __future__ import annotations

import json
from typing import Any, Literal

import click
from flask.cli import AppGroup
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.errors import GeoError
from hub.access import Actor
from hub.accounts.access import make_actor
from hub.accounts.models import User
from hub.agreements.access import access_agreement
from hub.agreements.models import Agreement
from hub.db import read_only, unit_of_work
from hub.errors import HubError
from hub.web.geo_texts import geo_text
from hub.zones import schemas, services
from hub.zones.geometry import Marked, draw, preview_view
from hub.zones.lines import line_view
from hub.zones.views import zone_view

zone_group = AppGroup("zone", help="Zones along the line that two jurisdictions share.")


@zone_group.command("line")
@click.argument("adcode_a")
@click.argument("adcode_b")
def zone_line(adcode_a: str, adcode_b: str) -> None:
    """Print length, parts and accuracy of the line that two jurisdictions share."""
    try:
        with read_only() as session:
            line = line_view(session, adcode_a, adcode_b)
    except (HubError, GeoError) as error:
        raise click.ClickException(_words(error)) from error
    click.echo(f"{line['a']['name']} - {line['b']['name']}: {line['length_m']:.1f} m")
    click.echo(f"accuracy: {line['accuracy_m']:.0f} m ({line['source']})")
    for part in line["parts"]:
        click.echo(f"part {part['part']}: {part['length_m']:.1f} m")


@zone_group.command("build")
@click.argument("adcode_a")
@click.argument("adcode_b")
@click.option("--part", default=0, show_default=True, help="part of the line, longest first")
@click.option("--from", "from_m", type=float, required=True, help="start, metres along the part")
@click.option("--to", "to_m", type=float, required=True, help="end, metres along the part")
@click.option("--width", "width_m", type=float, required=True, help="metres on each side")
@click.option("--cap", type=click.Choice(["flat", "round"]), default="flat", show_default=True)
@click.option(
    "--agreement", "number", default=None, help="number of the agreement to propose under"
)
@click.option("--name", default=None, help="name of the zone")
@click.option("--user", "username", default=None, help="the planner who proposes it")
@click.option("--note", default="", help="why")
def zone_build(
    adcode_a: str,
    adcode_b: str,
    part: int,
    from_m: float,
    to_m: float,
    width_m: float,
    cap: Literal["flat", "round"],
    number: str | None,
    name: str | None,
    username: str | None,
    note: str,
) -> None:
    """Cut the strips and print their GeoJSON; with --agreement, --name and --user propose them."""
    try:
        checked = schemas.MarkedIn(
            adcode_a=adcode_a,
            adcode_b=adcode_b,
            part=part,
            from_m=from_m,
            to_m=to_m,
            width_m=width_m,
            cap=cap,
        )
        marked = Marked(**checked.model_dump())
        if number is None:
            click.echo(_preview(marked))
        elif name is None or username is None:
            raise click.UsageError("--agreement needs --name and --user")
        else:
            click.echo(_propose(marked, number, name, username, note))
    except ValidationError as error:
        first = error.errors()[0]
        raise click.ClickException(f"{first['loc'][0]}: {first['msg']}") from error
    except (HubError, GeoError) as error:
        raise click.ClickException(_words(error)) from error


def _preview(marked: Marked) -> str:
    with read_only() as session:
        view = preview_view(draw(session, marked))
    features = [
        {
            "type": "Feature",
            "id": strip["adcode"],
            "properties": {"adcode": strip["adcode"], "area_m2": strip["area_m2"]},
            "geometry": strip["geometry"],
        }
        for strip in view["strips"]
    ]
    line = {
        "type": "Feature",
        "id": "line",
        "properties": {"length_m": view["line_length_m"], "error_m": view["error_m"]},
        "geometry": view["line"],
    }
    return json.dumps({"type": "FeatureCollection", "features": [*features, line]})


def _propose(marked: Marked, number: str, name: str, username: str, note: str) -> str:
    with unit_of_work() as session:
        actor = _actor(session, username)
        agreement_id = session.scalar(select(Agreement.id).where(Agreement.number == number)) or ""
        agreement = access_agreement(session, actor, agreement_id)
        zone = services.propose(
            session, actor, name=name, agreement_id=agreement.id, marked=marked, note=note
        )
        return _summary(zone_view(session, zone))


def _actor(session: Session, username: str) -> Actor:
    user = session.scalar(select(User).where(User.username == username))
    if user is None or not user.active:
        raise click.ClickException(f"no active person has the user name {username!r}")
    return make_actor(user)


def _summary(view: dict[str, Any]) -> str:
    version = view["current"]
    areas = ", ".join(f"{s['adcode']} {s['area_m2'] / 1e6:.3f} km2" for s in version["strips"])
    return (
        f"proposed {view['name']} ({view['id']})\n"
        f"line {version['line_length_m']:.1f} m; {areas}; error {version['error_m']:.1f} m\n"
        f"content {version['content_hash']}"
    )


def _words(error: HubError | GeoError) -> str:
    if isinstance(error, GeoError):
        return geo_text(error)
    return "; ".join(str(item.message) for item in error.errors) or str(error.detail or error.title)
