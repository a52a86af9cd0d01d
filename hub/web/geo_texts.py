"""What geometry refuses, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _

from geo.errors import GeoError


def geo_text(error: GeoError) -> str:
    """A sentence that says what is wrong with a geometry and what would be right."""
    return str(_("图形不能使用：%(reason)s", reason=str(error)))
