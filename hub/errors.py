"""The hub's errors: one root, each with a status, a code and words for the reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

# str, or flask_babel's lazy string (which has no type of its own for the checker).
Text = Any


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field of the input, and what would be right."""

    field: str
    message: Text

    def to_dict(self) -> dict[str, str]:
        """Plain strings in the reader's language."""
        return {"field": self.field, "message": str(self.message)}


class HubError(Exception):
    """Root of the errors that are answers: rendered as a problem document or an error page."""

    status = 400
    code = "bad-request"
    title: Text = _l("请求有误")

    def __init__(
        self,
        detail: Text = "",
        *,
        errors: Sequence[FieldError] = (),
        extra: dict[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.extra = extra or {}

    def to_problem(self) -> dict[str, object]:
        """The RFC 9457 document, in the reader's language."""
        problem: dict[str, object] = {
            "type": f"/problems/{self.code}",
            "title": str(self.title),
            "status": self.status,
            "detail": str(self.detail),
        }
        if self.errors:
            problem["errors"] = [error.to_dict() for error in self.errors]
        return problem | self.extra


class Unauthenticated(HubError):
    """Nobody is signed in, or the session or token has ended."""

    status = 401
    code = "unauthenticated"
    title = _l("请先登录")


class Forbidden(HubError):
    """The person is known but his role does not include this act on a record that he may see."""

    status = 403
    code = "forbidden"
    title = _l("没有此项权限")


class NotFound(HubError):
    """Absent, or not the reader's to see: the two give the same answer."""

    status = 404
    code = "not-found"
    title = _l("没有找到")

    def __init__(self) -> None:
        super().__init__(_l("没有这条记录，或您无权查看。"))


class Conflict(HubError):
    """The record's state, or another record, forbids the act."""

    status = 409
    code = "conflict"
    title = _l("与现状冲突")


class StaleVersion(Conflict):
    """Somebody changed the record since it was read; carries both versions."""

    code = "stale-version"
    title = _l("记录已被他人修改")


class Invalid(HubError):
    """The input cannot be used; each field says why."""

    status = 422
    code = "invalid"
    title = _l("填写有误")


class TooLarge(HubError):
    """The input is larger than the hub accepts."""

    status = 413
    code = "too-large"
    title = _l("内容过大")


class PreconditionRequired(HubError):
    """A write to an existing record came without the version it was based on."""

    status = 428
    code = "precondition-required"
    title = _l("缺少版本号")


class TooManyRequests(HubError):
    """The caller must wait."""

    status = 429
    code = "too-many-requests"
    title = _l("请求过于频繁")


class Unavailable(HubError):
    """The hub cannot do this just now; nothing was changed and the caller may try again."""

    status = 503
    code = "unavailable"
    title = _l("暂时无法处理")


def field_error(field: str, message: Text) -> Invalid:
    """An `Invalid` about one field."""
    return Invalid(message, errors=[FieldError(field, message)])
