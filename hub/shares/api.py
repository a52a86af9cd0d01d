"""Shares over JSON: recall, and the answers of the partner."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.errors import NotFound
from hub.shares import listing, onward, requests, schemas, services
from hub.shares.access import access_share
from hub.shares.onward_schemas import OnwardPreview
from hub.shares.opened import opened_by_partner
from hub.shares.views import share_view
from hub.web.doors import reading, writing
from sharing.models import Rung

bp = APIBlueprint("shares_api", __name__, url_prefix="/api/v1", tag="shares")


@bp.get("/shares")
@bp.input(schemas.SharesQuery, location="query", arg_name="query")
@bp.output(schemas.SharesOut)
@bp.doc(summary="Shares given and received, with their receipts")
@reading
def shares(session: Session, actor: Actor, query: schemas.SharesQuery) -> dict[str, Any]:
    """Shares of the caller's bureau."""
    found = listing.shares(session, actor, direction=query.direction, state=query.state)
    return found.page(session, query.limit, query.cursor)


@bp.get("/shares/<share_id>")
@bp.output(schemas.ShareOut)
@bp.doc(summary="One share and its ladder of receipts")
@reading
def share(session: Session, actor: Actor, share_id: str) -> dict[str, Any]:
    """One share, for its owner and its partner."""
    return share_view(session, access_share(session, actor, share_id))


@bp.get("/shares/<share_id>/opened")
@bp.output(schemas.OpenedOut)
@bp.doc(summary="What the partner opened and which copies it took, also after the end (owner)")
@reading
def opened(session: Session, actor: Actor, share_id: str) -> dict[str, Any]:
    """Readings and copies, newest first."""
    share = access_share(session, actor, share_id)
    if share.owner_bureau_id != actor.bureau_id:
        raise NotFound
    return {"items": opened_by_partner(session, share), "next": None}


@bp.post("/shares/<share_id>/recall")
@bp.input(schemas.ReasonIn, arg_name="body")
@bp.output(schemas.ShareOut)
@bp.doc(summary="Take a share back; it bites at once (official of the owner)")
@writing
def recall(session: Session, actor: Actor, share_id: str, body: schemas.ReasonIn) -> dict[str, Any]:
    """Take it back."""
    return share_view(session, services.recall(session, actor, share_id, body.reason))


def _answer(
    session: Session, actor: Actor, share_id: str, rung: Rung, reason: str | None = None
) -> dict[str, Any]:
    return share_view(session, services.answer(session, actor, share_id, rung, reason))


@bp.post("/shares/<share_id>/acknowledge")
@bp.input(schemas.Nothing, arg_name="body")
@bp.output(schemas.ShareOut)
@bp.doc(summary="The same as accept")
@writing
def acknowledge(
    session: Session,
    actor: Actor,
    share_id: str,
    body: schemas.Nothing,  # noqa: ARG001
) -> dict[str, Any]:
    """Sign for it."""
    return _answer(session, actor, share_id, Rung.ACCEPTED)


@bp.post("/shares/<share_id>/accept")
@bp.input(schemas.Nothing, arg_name="body")
@bp.output(schemas.ShareOut)
@bp.doc(summary="Accept what was received (liaison or official of the partner)")
@writing
def accept(
    session: Session,
    actor: Actor,
    share_id: str,
    body: schemas.Nothing,  # noqa: ARG001
) -> dict[str, Any]:
    """Sign for it."""
    return _answer(session, actor, share_id, Rung.ACCEPTED)


@bp.post("/shares/<share_id>/refuse")
@bp.input(schemas.ReasonIn, arg_name="body")
@bp.output(schemas.ShareOut)
@bp.doc(summary="Refuse with a reason")
@writing
def refuse(session: Session, actor: Actor, share_id: str, body: schemas.ReasonIn) -> dict[str, Any]:
    """Refuse with a reason."""
    return _answer(session, actor, share_id, Rung.REFUSED, body.reason)


@bp.post("/shares/<share_id>/act")
@bp.input(schemas.ActedIn, arg_name="body")
@bp.output(schemas.ShareOut)
@bp.doc(summary="Report what was done with it")
@writing
def act(session: Session, actor: Actor, share_id: str, body: schemas.ActedIn) -> dict[str, Any]:
    """Report what was done."""
    return _answer(session, actor, share_id, Rung.ACTED, body.reason)


@bp.post("/shares/<share_id>/purge")
@bp.input(schemas.Nothing, arg_name="body")
@bp.output(schemas.ShareOut)
@bp.doc(summary="Confirm that a recalled share was purged on your side")
@writing
def purge(
    session: Session,
    actor: Actor,
    share_id: str,
    body: schemas.Nothing,  # noqa: ARG001
) -> dict[str, Any]:
    """Confirm the purge."""
    return _answer(session, actor, share_id, Rung.PURGED)


@bp.get("/shares/<share_id>/onward/preview")
@bp.input(schemas.OnwardQuery, location="query", arg_name="query")
@bp.output(OnwardPreview)
@bp.doc(summary="What a third bureau would get, were the share passed on to it (both sides)")
@reading
def onward_preview(
    session: Session, actor: Actor, share_id: str, query: schemas.OnwardQuery
) -> dict[str, Any]:
    """View as the third bureau."""
    return onward.preview(session, actor, share_id, query.bureau)


@bp.post("/shares/<share_id>/onward")
@bp.input(schemas.OnwardIn, arg_name="body")
@bp.output(schemas.ShareOut)
@bp.doc(summary="Pass a received case on, or ask the owner's consent where the terms want it")
@writing
def pass_on(
    session: Session, actor: Actor, share_id: str, body: schemas.OnwardIn
) -> dict[str, Any]:
    """Pass on, or ask."""
    share = onward.ask(session, actor, share_id, body.bureau_id, body.reason)
    return share_view(session, share)


@bp.post("/shares/<share_id>/onward/<wish_id>/consent")
@bp.input(schemas.ConsentIn, arg_name="body")
@bp.output(schemas.ShareOut)
@bp.doc(summary="Consent that it is passed on; it is open there at once (official of the owner)")
@writing
def consent(
    session: Session, actor: Actor, share_id: str, wish_id: str, body: schemas.ConsentIn
) -> dict[str, Any]:
    """Consent."""
    return share_view(session, onward.consent(session, actor, share_id, wish_id, body.until))


@bp.post("/shares/<share_id>/onward/<wish_id>/refuse")
@bp.input(schemas.ReasonIn, arg_name="body")
@bp.output(schemas.ShareOut)
@bp.doc(summary="Refuse that it is passed on, with a reason (official of the owner)")
@writing
def refuse_onward(
    session: Session, actor: Actor, share_id: str, wish_id: str, body: schemas.ReasonIn
) -> dict[str, Any]:
    """Refuse."""
    return share_view(session, onward.refuse(session, actor, share_id, wish_id, body.reason))


@bp.post("/shares/<share_id>/access-request")
@bp.input(schemas.AskIn, arg_name="body")
@bp.output(schemas.ShareOut)
@bp.doc(summary="Ask to see what the terms only announce (liaison or official of the partner)")
@writing
def ask_access(
    session: Session, actor: Actor, share_id: str, body: schemas.AskIn
) -> dict[str, Any]:
    """Ask for access."""
    return share_view(session, requests.ask(session, actor, share_id, body.purpose, body.reason))


@bp.post("/shares/<share_id>/access-request/grant")
@bp.input(schemas.GrantIn, arg_name="body")
@bp.output(schemas.ShareOut)
@bp.doc(summary="Open named field groups until a moment, within the terms (official of the owner)")
@writing
def grant_access(
    session: Session, actor: Actor, share_id: str, body: schemas.GrantIn
) -> dict[str, Any]:
    """Grant access."""
    share = requests.grant(session, actor, share_id, body.field_groups, body.until)
    return share_view(session, share)


@bp.post("/shares/<share_id>/access-request/refuse")
@bp.input(schemas.ReasonIn, arg_name="body")
@bp.output(schemas.ShareOut)
@bp.doc(summary="Refuse a request for access with a reason (official of the owner)")
@writing
def refuse_access(
    session: Session, actor: Actor, share_id: str, body: schemas.ReasonIn
) -> dict[str, Any]:
    """Refuse access."""
    return share_view(session, requests.refuse(session, actor, share_id, body.reason))


@bp.post("/shares/<share_id>/access-request/withdraw")
@bp.input(schemas.ReasonIn, arg_name="body")
@bp.output(schemas.ShareOut)
@bp.doc(summary="Take a grant back; it bites at once (official of the owner)")
@writing
def withdraw_access(
    session: Session, actor: Actor, share_id: str, body: schemas.ReasonIn
) -> dict[str, Any]:
    """Withdraw a grant."""
    return share_view(session, requests.withdraw(session, actor, share_id, body.reason))
