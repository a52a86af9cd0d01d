"""flask_babel's gettext with its type: sentences are put together here from many of its answers."""

from __future__ import annotations

import flask_babel


def gettext(text: str, /, **values: object) -> str:
    """The text in the reader's language, with the values filled in."""
    return str(flask_babel.gettext(text, **values))
