"""The page of search results."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from pydantic import ValidationError

from hub.access import Right
from hub.db import read_only
from hub.errors import FieldError, Invalid
from hub.field_texts import field_text
from hub.search import schemas, services
from hub.search.api import wanted_of
from hub.search.words import FACETS
from hub.web.identity import current_actor

bp = Blueprint("search", __name__)


@bp.get("/search")
def results() -> str:
    """What the words in the top bar find, narrowed by facets."""
    actor = current_actor()
    actor.require(Right.WORK_VIEW)
    query = _query()
    with read_only() as session:
        found = services.search(session, actor, wanted_of(query), query.limit, query.cursor)
    given = {
        name: value
        for name, value in query.model_dump(exclude={"limit", "cursor"}).items()
        if value not in (None, "")
    }
    chosen = {name: str(given[name]) for name in FACETS if name in given}
    links = {
        facet["name"]: {
            value["value"]: _link(given, facet["name"], value["value"], chosen)
            for value in facet["values"]
        }
        for facet in found["facets"]
    }
    return render_template(
        "search/results.html", found=found, given=given, chosen=chosen, links=links
    )


def _link(given: dict[str, Any], facet: str, value: str, chosen: dict[str, str]) -> str:
    """The query with a value chosen, or given up where it was chosen."""
    rest = {name: held for name, held in given.items() if name != facet}
    return urlencode(rest if chosen.get(facet) == value else rest | {facet: value})


def _query() -> schemas.SearchQuery:
    given: dict[str, Any] = {name: value for name, value in request.args.items() if value}
    given["q"] = str(given.get("q", ""))[: schemas.MAX_QUERY]
    try:
        return schemas.SearchQuery.model_validate(given)
    except ValidationError as error:
        raise Invalid(
            errors=[
                FieldError(".".join(map(str, e["loc"])), field_text(e["msg"]))
                for e in error.errors()
            ]
        ) from error
