"""Keys over JSON: public halves for all who are signed in, making them for administrators."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.keys import partners, schemas, services
from hub.keys.views import import_view, key_view, keys_view
from hub.web.doors import reading, writing
from hub.web.identity import settings

bp = APIBlueprint("keys_api", __name__, url_prefix="/api/v1", tag="keys")


@bp.get("/keys")
@bp.output(schemas.KeysOut)
@bp.doc(summary="Public keys of the bureaus here, and of the partners your bureau brought in")
@reading
def keys(session: Session, actor: Actor) -> dict[str, Any]:
    """Keys and their fingerprints."""
    return keys_view(session, actor)


@bp.get("/keys/<bureau_id>/file")
@bp.doc(summary="The public keys of a bureau as a plain file, for checking elsewhere")
@reading
def key_file(session: Session, _actor: Actor, bureau_id: str) -> Response:
    """What `package verify` and partners need."""
    name, data = services.key_file(session, bureau_id)
    response = Response(data, mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/keys")
@bp.input(schemas.KeyIn, arg_name="body")
@bp.output(schemas.KeyOut, status_code=201)
@bp.doc(summary="Make a key; the one before signs no more (security administrator)")
@writing
def rotate(session: Session, actor: Actor, body: schemas.KeyIn) -> tuple[dict[str, Any], int]:
    """A new key for a purpose."""
    row = services.rotate(session, actor, body.purpose, settings().secret_key)
    key = services.public_keys(session, actor.bureau_id)[0]
    return key_view(key, id=row.id, reason=""), 201


@bp.post("/keys/<key_id>/revoke")
@bp.input(schemas.RevokeIn, arg_name="body")
@bp.output(schemas.KeysOut)
@bp.doc(summary="Declare a key lost: nothing it signed is believed again (security administrator)")
@writing
def revoke(session: Session, actor: Actor, key_id: str, body: schemas.RevokeIn) -> dict[str, Any]:
    """Revoke."""
    services.revoke(session, actor, key_id, body.reason)
    return keys_view(session, actor)


@bp.post("/keys/imports")
@bp.input(schemas.KeyFileIn, arg_name="body")
@bp.output(schemas.KeyImportOut, status_code=201)
@bp.doc(summary="Bring in a partner's key file; a second person confirms it")
@writing
def import_keys(
    session: Session, actor: Actor, body: schemas.KeyFileIn
) -> tuple[dict[str, Any], int]:
    """Pending until compared."""
    return import_view(partners.import_keys(session, actor, body.key_file.encode())), 201


@bp.post("/keys/imports/<import_id>/confirm")
@bp.input(schemas.ConfirmIn, arg_name="body")
@bp.output(schemas.KeyImportOut)
@bp.doc(summary="Confirm a partner's keys by the fingerprint he told (another person)")
@writing
def confirm(
    session: Session, actor: Actor, import_id: str, body: schemas.ConfirmIn
) -> dict[str, Any]:
    """From now on their signatures are believed."""
    return import_view(partners.confirm(session, actor, import_id, body.fingerprint))


@bp.post("/keys/imports/<import_id>/withdraw")
@bp.input(schemas.RevokeIn, arg_name="body")
@bp.output(schemas.KeyImportOut)
@bp.doc(summary="Refuse a partner's keys, or believe them no longer")
@writing
def withdraw(
    session: Session, actor: Actor, import_id: str, body: schemas.RevokeIn
) -> dict[str, Any]:
    """No signature by them is believed."""
    return import_view(partners.withdraw(session, actor, import_id, body.reason))
