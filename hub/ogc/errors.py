"""A query that the standard answers with 400 where the rest of the hub says 422."""

from __future__ import annotations

from collections.abc import Sequence

from hub.errors import FieldError, HubError


class BadQuery(HubError):
    """A parameter is unknown or cannot be used (OGC 17-069r4, 7.5: status 400)."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__(errors[0].message, errors=errors)
