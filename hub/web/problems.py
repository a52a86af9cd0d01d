"""The one renderer of errors: a problem document for programs, a page for people."""

from __future__ import annotations

import errno
import secrets
import sqlite3
from typing import Any

import orjson
import structlog
from apiflask import APIFlask, HTTPError
from flask import Response, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response as BaseResponse

from geo.errors import GeoError
from hub.errors import Conflict, HubError, Invalid, NotFound, Unauthenticated, Unavailable
from hub.field_texts import field_text
from hub.web import refusals
from hub.web.geo_texts import geo_text
from sharing.errors import SharingError

log = structlog.get_logger()

# The disk is full, its quota is, it is read-only, or takes no longer file.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG})

# What werkzeug's own refusals mean to the reader.
HTTP_TEXTS = {
    400: _l("请求无法读懂。"),
    404: _l("没有这个页面或接口。"),
    405: _l("此地址不支持该方法。"),
    406: _l("无法提供所要求的格式。"),
    408: _l("请求超时。"),
    413: _l("提交的内容过大。"),
    414: _l("地址过长。"),
    415: _l("不支持的内容类型；请使用 application/json。"),
    431: _l("请求头过大。"),
}


def wants_json() -> bool:
    """Whether the caller is a program: the API, a socket, or whoever asks for JSON."""
    if request.path.startswith(("/api/", "/ogc/", "/i18n/", "/openapi.json")):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def render(problem: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    """Answer with a problem, as JSON or as a page."""
    status = int(problem["status"])
    problem.setdefault("request_id", request_id())
    if wants_json():
        body: str | bytes = orjson.dumps(problem, default=str)
        kind = "application/problem+json"
    else:
        body = render_template("errors/problem.html", problem=problem)
        kind = "text/html"
    return Response(body, status, headers, mimetype=kind)


def request_id() -> str:
    """The id that ties the answer to the log line."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(8)
    return str(g.request_id)


def _hub_error(error: HubError) -> BaseResponse:
    refusals.note(error)
    if isinstance(error, Unauthenticated) and not wants_json() and request.method == "GET":
        return redirect(url_for("accounts.login", next=request.full_path.rstrip("?")))
    headers = {"Retry-After": "2"} if error.status == 503 else {}
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="lianfang"'
    return render(error.to_problem(), headers)


def _geo_error(error: GeoError) -> Response:
    problem = Invalid(geo_text(error)).to_problem()
    return render(problem | {"code": error.code, "params": dict(error.params)})


def _sharing_error(error: SharingError) -> Response:
    return render(Conflict(_("共享引擎拒绝：%(code)s", code=error.code)).to_problem())


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    title = error.name
    detail = str(HTTP_TEXTS.get(status, error.description or ""))
    problem = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    methods = getattr(error, "valid_methods", None) or ()
    headers = {"Allow": ", ".join(methods)} if methods else {}
    return render(problem, headers)


def _validation_error(error: HTTPError) -> tuple[bytes, int, dict[str, str]]:
    """APIFlask's refusals (422 of a schema among them) in our shape."""
    fields = [
        {"field": where, "message": message} for where, message in _flatten(error.detail or {})
    ]
    invalid = error.status_code in (400, 422)
    source = Invalid(_("请检查标出的各项。")) if invalid else NotFound()
    problem = source.to_problem() | {"status": error.status_code}
    if not invalid:
        problem |= {"title": error.message, "type": "about:blank", "detail": error.message}
    if fields:
        problem["errors"] = fields
    problem["request_id"] = request_id()
    return (
        orjson.dumps(problem, default=str),
        error.status_code,
        {"Content-Type": "application/problem+json"},
    )


def _flatten(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [item for key, sub in value.items() for item in _flatten(sub, (*path, str(key)))]
    if isinstance(value, list):
        return [item for sub in value for item in _flatten(sub, path)]
    # The first step is where the value came from (json, query), which the reader knows.
    return [(".".join(path[1:] or path), field_text(str(value)))]


def _database_down(error: OperationalError | sqlite3.OperationalError) -> Response:
    log.error("database.unavailable", error=str(getattr(error, "orig", error)))
    text = _("数据库暂时不可用，未作任何更改，请稍后再试。")
    return render(Unavailable(text).to_problem(), {"Retry-After": "2"})


def _integrity(error: IntegrityError | StaleDataError) -> Response:
    # Two requests raced for something unique; the database let one through.
    log.warning("database.conflict", error=str(error))
    return render(Conflict(_("他人刚刚做了同样的操作，请刷新后再试。")).to_problem())


def _unstorable(error: DataError | UnicodeEncodeError) -> Response:
    # PostgreSQL stores no NUL, and no database a lone surrogate.
    log.info("input.unstorable", error=str(error))
    return render(Invalid(_("内容含有不能保存的字符。")).to_problem())


def _no_room(error: OSError) -> Response:
    if error.errno not in NO_ROOM:
        return _unexpected(error)
    log.error("disk.full", error=str(error.strerror), path=_logged_path())
    text = _("存储空间不足，未作任何更改。请告知系统管理员，稍后再试。")
    return render(Unavailable(text).to_problem(), {"Retry-After": "2"})


def _foreign_name(_error: SecurityError) -> Response:
    # Under a name that is not the hub's there are no addresses, so no page can be made either.
    text = _("本系统不以这个地址提供服务，请使用管理员告知的地址。")
    problem = Invalid(text).to_problem() | {"status": 400, "request_id": request_id()}
    return Response(orjson.dumps(problem, default=str), 400, mimetype="application/problem+json")


def _too_deep(_error: RecursionError) -> Response:
    # The JSON reader gives up on nesting; no input of ours is a fraction as deep.
    return render(Invalid(_("内容嵌套过深。")).to_problem())


def _logged_path() -> str:
    """The path of the request as a log may keep it: a secret address is named by its rule."""
    rule = str(request.url_rule)
    return rule if "<token>" in rule else request.path


def _unexpected(_error: Exception) -> Response:
    log.exception("unexpected", request_id=request_id(), path=_logged_path())
    problem = {
        "type": "about:blank",
        "title": _("系统错误"),
        "status": 500,
        "detail": _("出错了，未作任何更改。请把编号告诉管理员。"),
    }
    return render(problem)


def install(app: APIFlask) -> None:
    """Register the renderers."""
    app.error_processor(_validation_error)
    app.register_error_handler(HubError, _hub_error)
    app.register_error_handler(SecurityError, _foreign_name)
    app.register_error_handler(GeoError, _geo_error)
    app.register_error_handler(SharingError, _sharing_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_down)
    # What opening a connection meets is not wrapped by SQLAlchemy.
    app.register_error_handler(sqlite3.OperationalError, _database_down)
    app.register_error_handler(IntegrityError, _integrity)
    app.register_error_handler(StaleDataError, _integrity)
    app.register_error_handler(DataError, _unstorable)
    app.register_error_handler(UnicodeEncodeError, _unstorable)
    app.register_error_handler(OSError, _no_room)
    app.register_error_handler(RecursionError, _too_deep)
    app.register_error_handler(Exception, _unexpected)
