"""JSON that a client sends is measured before it is parsed.

A body within the size of an upload can still be ten million small lists, which take fifty times
the memory of their text; nothing that the hub takes is a fraction of that.
"""

from __future__ import annotations

from typing import Any

from flask.json.provider import DefaultJSONProvider
from flask_babel import lazy_gettext as _l

from geo.json_shape import json_shape
from hub.errors import Invalid, TooLarge

# Sixty thousand vertices of guide lines, the largest that is taken, are 180,000.
MOST_VALUES = 500_000
MOST_LEVELS = 32


class MeasuredJson(DefaultJSONProvider):
    """Reads JSON of clients; fields keep the order in which they were written."""

    sort_keys = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Parse a body.

        Raises:
            TooLarge: it holds too many values.
            Invalid: it is nested too deep.
        """
        shape = json_shape(s if isinstance(s, bytes) else s.encode(errors="replace"))
        if shape.depth > MOST_LEVELS:
            raise Invalid(_l("内容嵌套过深，最多%(most)s层。", most=MOST_LEVELS))
        if shape.values > MOST_VALUES:
            raise TooLarge(_l("内容过多，一次最多%(most)s个值。", most=MOST_VALUES))
        return super().loads(s, **kwargs)
