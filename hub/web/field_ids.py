"""Ids of form fields: each once on a page, so that a label leads to its own field."""

from __future__ import annotations

from flask import Flask, g


def field_id(name: str) -> str:
    """The id of a field: `f-name`; `f-name-2` where another form of the page has that already."""
    counts: dict[str, int] = g.setdefault("field_ids", {})
    counts[name] = counts.get(name, 0) + 1
    return f"f-{name}" if counts[name] == 1 else f"f-{name}-{counts[name]}"


def install(app: Flask) -> None:
    """Give the form macros `field_id`."""
    app.add_template_global(field_id, "field_id")
