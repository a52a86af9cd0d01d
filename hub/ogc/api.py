"""OGC API Features under /ogc/ (OGC 17-069r4 core, GeoJSON, OpenAPI; 18-058r1 CRS)."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.errors import FieldError
from hub.ogc import answers, schemas
from hub.ogc.crs import checked
from hub.ogc.errors import BadQuery
from hub.ogc.layers import layer_named
from hub.ogc.window import window_of
from hub.web.doors import json_response, reading, witnessed

bp = APIBlueprint("ogc", __name__, url_prefix="/ogc", tag="ogc")


@bp.get("/")
@bp.doc(summary="Landing page of OGC API Features")
@reading
def landing(_session: Session, _actor: Actor) -> dict[str, Any]:
    """Where everything is."""
    return answers.landing()


@bp.get("/conformance")
@bp.doc(summary="What of the standard is kept")
@reading
def conformance(_session: Session, _actor: Actor) -> dict[str, Any]:
    """Conformance classes."""
    return {"conformsTo": answers.CONFORMANCE}


@bp.get("/collections")
@bp.doc(summary="The layers")
@reading
def collections(_session: Session, _actor: Actor) -> dict[str, Any]:
    """All layers."""
    return answers.collections()


@bp.get("/collections/<name>")
@bp.doc(summary="One layer")
@reading
def collection(_session: Session, actor: Actor, name: str) -> dict[str, Any]:
    """One layer."""
    return answers.collection(layer_named(name, actor))


@bp.get("/collections/<name>/items")
@bp.input(schemas.ItemsQuery, location="query", arg_name="_described")
@bp.doc(summary="Features of a layer that you may see")
@reading
def items(session: Session, actor: Actor, name: str, _described: schemas.ItemsQuery) -> Response:
    """A page of features as GeoJSON."""
    layer = layer_named(name, actor)
    query = request.args.to_dict()
    window = window_of(query)
    return _geojson(answers.page(session, actor, layer, window, query), window.crs)


@bp.get("/collections/<name>/items/<key>")
@bp.doc(summary="One feature; a partner's reading of a case is a receipt")
@witnessed
def item(session: Session, actor: Actor, name: str, key: str) -> Response:
    """One feature as GeoJSON."""
    layer = layer_named(name, actor)
    unknown = sorted(set(request.args) - {"crs", "f"})
    if unknown:
        raise BadQuery([FieldError(field, "crs, f") for field in unknown])
    crs = checked("crs", request.args.get("crs"))
    return _geojson(answers.one(layer, layer.one(session, actor, key), crs), crs)


def _geojson(body: dict[str, Any], crs: str) -> Response:
    response = json_response(body)
    response.mimetype = "application/geo+json"
    response.headers["Content-Crs"] = f"<{crs}>"
    return response
