"""The scales of a review, in their order, and what the ends of each mean."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

KIND = "patrol_review"
SCALES = {
    "preparation": _l("准备"),
    "cooperation": _l("配合"),
    "communications": _l("通信"),
    "results": _l("成效"),
    "safety": _l("安全"),
}
POINTS = range(1, 6)
