"""Accounts over JSON: who am I, own tokens, people of the own bureau."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts import passwords, schemas, services
from hub.accounts.access import access_user
from hub.db import unit_of_work, utc_now
from hub.web.doors import reading, writing
from hub.web.identity import current_actor

bp = APIBlueprint("accounts_api", __name__, url_prefix="/api/v1", tag="accounts")


@bp.get("/me")
@bp.output(schemas.MeOut)
@bp.doc(summary="Who the caller is")
@reading
def me(_session: Session, actor: Actor) -> dict[str, Any]:
    """Who the caller is and what his roles allow."""
    return {
        "user_id": actor.user_id,
        "name": actor.name,
        "bureau_id": actor.bureau_id,
        "bureau_name": actor.bureau_name,
        "roles": sorted(actor.roles),
        "rights": sorted(actor.rights),
        "clearance": actor.clearance,
    }


@bp.put("/me/password")
@bp.input(schemas.PasswordIn, arg_name="body")
@bp.output({}, status_code=204)
@bp.doc(summary="Set a new password; all that is signed in with the old one ends, but this browser")
def set_password(body: schemas.PasswordIn) -> tuple[dict[str, Any], int]:
    """Other sessions, access tokens and calendar addresses end. Not by an access token."""
    actor = current_actor()
    with unit_of_work() as session:
        refusal = passwords.change_own(session, actor, body.current, body.new)
    if refusal is not None:
        raise refusal
    return {}, 204


@bp.get("/tokens")
@bp.output(schemas.TokensOut)
@bp.doc(summary="Own access tokens")
@reading
def tokens(session: Session, actor: Actor) -> dict[str, Any]:
    """Own tokens, without their secret."""
    return {"items": services.list_tokens(session, actor), "next": None}


@bp.post("/tokens")
@bp.input(schemas.TokenIn, arg_name="body")
@bp.output(schemas.NewTokenOut, status_code=201)
@bp.doc(summary="Make an access token; it is shown once")
@writing
def create_token(
    session: Session, actor: Actor, body: schemas.TokenIn
) -> tuple[dict[str, Any], int]:
    """Make a token that can do no more than its owner."""
    user = access_user(session, actor, actor.user_id)
    expires = utc_now() + timedelta(days=body.days) if body.days else None
    row, raw = services.create_token(
        session, actor, user, name=body.name, scopes=body.scopes, expires_at=expires
    )
    return services.token_view(row) | {"token": raw}, 201


@bp.delete("/tokens/<token_id>")
@bp.output({}, status_code=204)
@bp.doc(summary="Revoke an own token")
@writing
def revoke_token(session: Session, actor: Actor, token_id: str) -> tuple[dict[str, Any], int]:
    """Revoke at once, open sockets included."""
    services.revoke_token(session, actor, token_id)
    return {}, 204


@bp.get("/people")
@bp.output(schemas.PeopleOut)
@bp.doc(summary="People of the own bureau (administrators)")
@reading
def people(session: Session, actor: Actor) -> dict[str, Any]:
    """People of the own bureau."""
    return {"items": services.list_people(session, actor), "next": None}


@bp.post("/people")
@bp.input(schemas.PersonIn, arg_name="body")
@bp.output(schemas.PersonOut, status_code=201)
@bp.doc(summary="Add a disabled account (system administrator)")
@writing
def create_person(
    session: Session, actor: Actor, body: schemas.PersonIn
) -> tuple[dict[str, Any], int]:
    """Roles, clearance and a way to sign in are given by others."""
    return services.person_view(services.add_disabled(session, actor, **body.model_dump())), 201


@bp.put("/people/<user_id>/license")
@bp.input(schemas.LicenseIn, arg_name="body")
@bp.output(schemas.PersonOut)
@bp.doc(summary="Enter, renew or take back an enforcement certificate (system administrator)")
@writing
def set_license(
    session: Session, actor: Actor, user_id: str, body: schemas.LicenseIn
) -> dict[str, Any]:
    """The certificate counts from now on, in planning and when a patrol starts."""
    user = services.set_license(session, actor, user_id, body.license_no, body.license_until)
    return services.person_view(user)


@bp.put("/people/<user_id>/active")
@bp.input(schemas.ActiveIn, arg_name="body")
@bp.output(schemas.PersonOut)
@bp.doc(summary="Enable or disable a person (security administrator)")
@writing
def set_active(
    session: Session, actor: Actor, user_id: str, body: schemas.ActiveIn
) -> dict[str, Any]:
    """Enable or disable; disabling ends every session and socket."""
    return services.person_view(services.set_active(session, actor, user_id, body.active))
