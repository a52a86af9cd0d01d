"""The API doors: a JSON view is `reading`, `witnessed` or `writing`; they open its transaction."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from flask import Response, request
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.models import IdempotencyKey
from hub.accounts.once import Once
from hub.db import read_only, unit_of_work, utc_now
from hub.errors import FieldError, Forbidden, Invalid, PreconditionRequired, StaleVersion
from hub.files.services import aside
from hub.web.identity import current_actor
from hub.web.replays import REPLAYED, facts_of, replay

View = Callable[..., Any]
KEY = re.compile(r"[\x21-\x7e]{8,100}")


def json_response(body: Any, status: int = 200, version: int | None = None) -> Response:
    """A JSON answer by orjson; `version` becomes the ETag that If-Match sends back."""
    response = Response(orjson.dumps(body), status, mimetype="application/json")
    if version is not None:
        response.headers["ETag"] = f'"{version}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _answer(result: Any) -> Response:
    """A view returns a body, or (body, status), or a Response; a body's `version` is its ETag."""
    if isinstance(result, Response):
        return result
    body, status = result if isinstance(result, tuple) else (result, 200)
    version = body.get("version") if isinstance(body, dict) else None
    response = json_response(body, status, version if isinstance(version, int) else None)
    if request.path.endswith(".geojson"):
        response.mimetype = "application/geo+json"
    return response


def reading(view: View) -> View:
    """A view `(session, actor, ...)` that only reads."""

    @wraps(view)
    def door(*args: Any, **kwargs: Any) -> Response:
        actor = current_actor()
        with read_only() as session:
            return _answer(view(session, actor, *args, **kwargs))

    return door


def witnessed(view: View) -> View:
    """A view `(session, actor, ...)` that reads content whose reading is itself entered (receipts,
    audit), so it runs in a unit of work."""

    @wraps(view)
    def door(*args: Any, **kwargs: Any) -> Response:
        actor = current_actor()
        with unit_of_work() as session:
            return _answer(view(session, actor, *args, **kwargs))

    return door


def writing(view: View) -> View:
    """A view `(session, actor, ...)` that writes, at most once per Idempotency-Key.

    Which record it was is stored in the same transaction as the change: whoever repeats the request
    after a lost answer makes no second record, and is answered with what he may read of it by then
    (hub/web/replays.py).
    """

    @wraps(view)
    def door(*args: Any, **kwargs: Any) -> Response:
        actor = current_actor()
        if actor.read_only:
            raise Forbidden(_l("此令牌只有读取权限。"))
        once = _once(actor)
        with unit_of_work() as session:
            stored = session.get(IdempotencyKey, (actor.user_id, once.key)) if once else None
            if stored is None or once is None:
                response = _answer(view(session, actor, *args, **kwargs))
                if once is not None:
                    _store(session, once, response)
                return response
            kept = once.same(stored)
            before = (kept.status, kept.facts, kept.etag)
        return replay(*before)

    return door


def joining(view: View) -> View:
    """A view `(actor, once, ...)` that writes through a group commit, whose transaction keeps the
    answer of an Idempotency-Key as `writing` does; it answers with (body, replayed)."""

    @wraps(view)
    def door(*args: Any, **kwargs: Any) -> Response:
        actor = current_actor()
        if actor.read_only:
            raise Forbidden(_l("此令牌只有读取权限。"))
        body, replayed = view(actor, _once(actor), *args, **kwargs)
        response = json_response(body)
        if replayed:
            response.headers[REPLAYED] = "true"
        return response

    return door


def _once(actor: Actor) -> Once | None:
    key = _idempotency_key()
    return Once(actor.user_id, key, _request_digest()) if key else None


def _idempotency_key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not KEY.fullmatch(key):
        raise Invalid(
            _l("Idempotency-Key 应为8至100个可见ASCII字符。"),
            errors=[FieldError("Idempotency-Key", _l("长度或字符不符"))],
        )
    return key


def _request_digest() -> str:
    parts = (request.method, request.full_path, request.headers.get("If-Match", ""))
    head = "\n".join(parts).encode()
    body = _form_digest() if request.mimetype == "multipart/form-data" else None
    return hashlib.sha256(head + b"\n" + (body or request.get_data(cache=True))).hexdigest()


def _form_digest() -> bytes:
    """A digest of what a form carries; its bytes differ at each sending, by their separator."""
    digest = hashlib.sha256()
    for name, value in sorted(request.form.items(multi=True)):
        digest.update(f"{name!r}={value!r}\n".encode())
    for name, part in sorted(request.files.items(multi=True), key=lambda item: item[0]):
        # From its start, whoever read it before, and ready for whoever reads it after.
        part.stream.seek(0)
        content = aside(hashlib.file_digest, part.stream, "sha256").hexdigest()  # type: ignore[arg-type]
        part.stream.seek(0)
        digest.update(f"{name!r}={part.filename!r} {content}\n".encode())
    return digest.digest()


def _store(session: Session, once: Once, response: Response) -> None:
    session.add(
        IdempotencyKey(
            user_id=once.user_id,
            key=once.key,
            request_hash=once.digest,
            status=response.status_code,
            facts=facts_of(response),
            etag=response.headers.get("ETag"),
            at=utc_now(),
        )
    )


def required_version() -> int:
    """The version that this write is based on, from If-Match.

    Raises:
        PreconditionRequired: the header is missing.
        Invalid: it is not a version.
    """
    header = request.headers.get("If-Match")
    if header is None:
        raise PreconditionRequired(_l("请用 If-Match 写明所依据的版本号。"))
    text = header.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Invalid(errors=[FieldError("If-Match", _l('应为版本号，例如 "3"'))])
    return int(text)


def check_version(expected: int, current: int, view: dict[str, Any] | None) -> None:
    """Refuse a write that is based on an older version.

    Raises:
        StaleVersion: carries the current version and view, so the caller can show both.
    """
    if expected != current:
        raise StaleVersion(
            _l("您依据的是第%(old)s版，现为第%(new)s版。", old=expected, new=current),
            extra={"your_version": expected, "current_version": current, "current": view},
        )
