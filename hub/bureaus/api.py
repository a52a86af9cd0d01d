"""Bureaus, jurisdictions and the basemap over JSON: known to everybody who is signed in."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.bureaus import schemas, services
from hub.bureaus.basemap import basemap
from hub.web.doors import reading

bp = APIBlueprint("bureaus_api", __name__, url_prefix="/api/v1", tag="bureaus")


@bp.get("/bureaus")
@bp.output(schemas.BureausOut)
@bp.doc(summary="The bureaus that take part")
@reading
def list_bureaus(session: Session, _actor: Actor) -> dict[str, Any]:
    """All bureaus."""
    return {"items": [services.bureau_view(row) for row in services.bureaus(session)], "next": None}


@bp.get("/bureaus/<bureau_id>")
@bp.output(schemas.BureauOut)
@bp.doc(summary="One bureau")
@reading
def one_bureau(session: Session, _actor: Actor, bureau_id: str) -> dict[str, Any]:
    """One bureau."""
    return services.bureau_view(services.bureau(session, bureau_id))


@bp.get("/jurisdictions")
@bp.output(schemas.JurisdictionsOut)
@bp.doc(summary="The jurisdictions in use, without their outlines")
@reading
def list_jurisdictions(session: Session, _actor: Actor) -> dict[str, Any]:
    """All jurisdictions with source and accuracy; the outlines are in the basemap."""
    return {"items": services.jurisdiction_views(session), "next": None}


@bp.get("/basemap")
@bp.output(schemas.BasemapOut)
@bp.doc(summary="Outlines and boundary lines as GeoJSON, simplified; shared edges stay shared")
@reading
def get_basemap(session: Session, _actor: Actor) -> Response:
    """The map's ground; cached by the browser until the boundaries change."""
    made = basemap(session)
    response = Response(made.plain, mimetype="application/geo+json")
    response.vary.update({"Accept-Encoding", "Authorization", "Cookie"})
    if request.accept_encodings.quality("gzip") > 0:
        response.set_data(made.zipped)
        response.content_encoding = "gzip"
    response.set_etag(made.etag, weak=True)
    response.cache_control.private = True
    response.cache_control.no_cache = True
    return response.make_conditional(request)  # type: ignore[return-value]
