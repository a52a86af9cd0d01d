"""Links between cases over JSON."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.schemas import Strict
from hub.cases import links, schemas
from hub.cases.access import access_case
from hub.cases.link_models import LinkKind
from hub.cases.services import own_view
from hub.web.doors import reading, writing

bp = APIBlueprint("case_links_api", __name__, url_prefix="/api/v1", tag="cases")


class LinkIn(Strict):
    """A link from an own case to another that you may see, by its id or number."""

    case_id: str = Field(min_length=1, max_length=60, description="id or number")
    kind: Literal["related", "same_firm", "follow_up"] = "related"
    note: str | None = Field(default=None, max_length=300, description="for your own bureau")


class LinkOut(BaseModel):
    """A link as this reader may see it."""

    id: str
    kind: str
    kind_name: str
    outgoing: bool
    case_id: str
    number: str
    owner_name: str
    own: bool
    at: str
    title: str | None = None
    stage: str | None = None
    note: str | None = None
    by_name: str | None = None


class LinksOut(BaseModel):
    """The links of a case whose other ends this reader may see."""

    items: list[LinkOut]
    next: str | None


@bp.get("/cases/<case_id>/links")
@bp.output(LinksOut)
@bp.doc(summary="The links of a case, as far as you may see the other ends")
@reading
def list_links(session: Session, actor: Actor, case_id: str) -> dict[str, Any]:
    """None leads to a case that is not the caller's to see."""
    view = own_view(session, actor, access_case(session, actor, case_id)) or {}
    return {"items": view.get("links", []), "next": None}


@bp.post("/cases/<case_id>/links")
@bp.input(LinkIn, arg_name="body")
@bp.output(schemas.CaseOut, status_code=201)
@bp.doc(summary="Link an own case with another that you may see; the answer is the own case")
@writing
def draw(
    session: Session, actor: Actor, case_id: str, body: LinkIn
) -> tuple[dict[str, Any] | None, int]:
    """A new link."""
    case = links.draw_link(
        session, actor, case_id, body.case_id, LinkKind(body.kind), body.note or ""
    )
    return own_view(session, actor, case), 201


@bp.delete("/cases/<case_id>/links/<link_id>")
@bp.output(schemas.CaseOut)
@bp.doc(summary="Take away a link that was drawn from an own case")
@writing
def remove(session: Session, actor: Actor, case_id: str, link_id: str) -> dict[str, Any] | None:
    """One link less."""
    return own_view(session, actor, links.remove_link(session, actor, case_id, link_id))
