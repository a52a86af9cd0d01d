"""Natural persons as those see them who need not know who they are: 张*, first 6 and last 1."""

from __future__ import annotations

HEAD, TAIL = 6, 1


def masked_name(name: str) -> str:
    """The first character of a name and a star; nothing tells how long the rest was."""
    return f"{name[:1]}*" if name else ""


def masked_code(code: str | None) -> str | None:
    """First 6 (the place) and last 1 of an identity number, the rest stars; None stays None.

    A number too short to hide anything between its ends is hidden whole.
    """
    if not code:
        return None
    hidden = len(code) - HEAD - TAIL
    if hidden < HEAD:
        return "*" * len(code)
    return f"{code[:HEAD]}{'*' * hidden}{code[-TAIL:]}"
