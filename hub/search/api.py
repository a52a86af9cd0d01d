"""Search over JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.search import schemas, services
from hub.web.doors import reading
from hub.web.list_doors import file_doors

bp = APIBlueprint("search_api", __name__, url_prefix="/api/v1", tag="search")
COLUMNS = (
    ("kind_name", _l("种类")),
    ("number", _l("编号")),
    ("title", _l("名称")),
    ("bureau_name", _l("单位")),
    ("stage_name", _l("阶段")),
    ("year", _l("年度")),
    ("snippet", _l("摘录")),
    ("url", _l("地址")),
)


def wanted_of(query: schemas.Filters) -> services.Wanted:
    """What is searched for, without the paging."""
    return services.Wanted(**query.model_dump(exclude={"limit", "cursor"}))


@bp.get("/search")
@bp.input(schemas.SearchQuery, location="query", arg_name="query")
@bp.output(schemas.SearchOut)
@bp.doc(summary="Search everything you may see, Chinese and Latin, newest first")
@reading
def search(session: Session, actor: Actor, query: schemas.SearchQuery) -> dict[str, Any]:
    """Every word must be found in what the caller may see of a record."""
    return services.search(session, actor, wanted_of(query), query.limit, query.cursor)


@bp.get("/search/suggestions")
@bp.input(schemas.SuggestQuery, location="query", arg_name="query")
@bp.output(schemas.SuggestOut)
@bp.doc(summary="The newest few that the words typed so far find")
@reading
def suggestions(session: Session, actor: Actor, query: schemas.SuggestQuery) -> dict[str, Any]:
    """For the box in the top bar."""
    return {"items": services.suggest(session, actor, query.q, query.limit)}


def _rows(session: Session, actor: Actor, query: schemas.Filters) -> list[dict[str, Any]]:
    found = services.exported(session, actor, wanted_of(query))
    return [item | {"snippet": _plain(item["snippets"])} for item in found]


def _plain(snippets: list[dict[str, Any]]) -> str:
    texts = ("".join(part["text"] for part in snippet["parts"]) for snippet in snippets)
    return " / ".join(texts)


file_doors(bp, "/search", query=schemas.Filters, rows=_rows, columns=COLUMNS)
