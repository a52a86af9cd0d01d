"""What a third bureau would get of a share that is passed on."""

from __future__ import annotations

from hub.cases.schemas import PreviewOut


class OnwardPreview(PreviewOut):
    """The case as a third bureau would see it; whether it may go there, and needs consent."""

    allowed: bool
    needs_consent: bool
