"""Changes of accounts that take two persons, over JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts import change_views, changes, deciding, schemas, services
from hub.accounts.access import access_user
from hub.accounts.models import AccountChange
from hub.web.doors import reading, writing
from hub.web.identity import settings

bp = APIBlueprint("account_changes_api", __name__, url_prefix="/api/v1", tag="accounts")


def _view(session: Session, actor: Actor, row: AccountChange) -> dict[str, Any]:
    return change_views.change_view(row, access_user(session, actor, row.user_id), actor)


@bp.get("/account-changes")
@bp.output(schemas.ChangesOut)
@bp.doc(summary="Changes of accounts of the own bureau that wait for a second person")
@reading
def waiting(session: Session, actor: Actor) -> dict[str, Any]:
    """Oldest first."""
    return {"items": change_views.waiting(session, actor), "next": None}


@bp.put("/people/<user_id>/rights")
@bp.input(schemas.RightsIn, arg_name="body")
@bp.output(schemas.RightsOut)
@bp.doc(summary="Give exactly these roles and this clearance (security administrator)")
@writing
def set_rights(
    session: Session, actor: Actor, user_id: str, body: schemas.RightsIn
) -> dict[str, Any]:
    """What takes back holds at once; what adds waits until a second person confirms it."""
    user, row = changes.set_rights(session, actor, user_id, **body.model_dump())
    change = _view(session, actor, row) if row is not None else None
    return services.person_view(user) | {"change": change}


@bp.post("/people/<user_id>/sign-in-code")
@bp.input(schemas.SignInCodeIn, arg_name="body")
@bp.output(schemas.CodeHalfOut, status_code=201)
@bp.doc(summary="Propose a sign-in code (system or security administrator); its first half")
@writing
def propose_code(
    session: Session, actor: Actor, user_id: str, body: schemas.SignInCodeIn
) -> tuple[dict[str, Any], int]:
    """The second half is told to whoever confirms; the person needs both."""
    secret = settings().secret_key
    row, half = changes.propose_code(session, actor, user_id, secret=secret, **body.model_dump())
    return _view(session, actor, row) | {"code_half": half}, 201


@bp.post("/account-changes/<change_id>/confirm")
@bp.output(schemas.CodeHalfOut)
@bp.doc(summary="Confirm a change as its second person (official, or security administrator)")
@writing
def confirm(session: Session, actor: Actor, change_id: str) -> dict[str, Any]:
    """It holds from now on; of a sign-in code the second half is shown this once."""
    row, half = deciding.confirm(session, actor, change_id, secret=settings().secret_key)
    return _view(session, actor, row) | {"code_half": half}


@bp.post("/account-changes/<change_id>/refuse")
@bp.input(schemas.RefusalIn, arg_name="body")
@bp.output(schemas.ChangeOut)
@bp.doc(summary="Refuse a change as its second person")
@writing
def refuse(
    session: Session, actor: Actor, change_id: str, body: schemas.RefusalIn
) -> dict[str, Any]:
    """Nothing changes."""
    return _view(session, actor, deciding.refuse(session, actor, change_id, body.reason))


@bp.post("/account-changes/<change_id>/withdraw")
@bp.output(schemas.ChangeOut)
@bp.doc(summary="Take back a change that you proposed")
@writing
def withdraw(session: Session, actor: Actor, change_id: str) -> dict[str, Any]:
    """Nothing changes."""
    return _view(session, actor, deciding.withdraw(session, actor, change_id))
