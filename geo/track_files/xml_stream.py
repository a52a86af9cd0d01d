"""Walk through an XML file of a stranger: no declarations of types, no entities, bounded depth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn, Protocol
from xml.parsers import expat

from geo.errors import GeoError

MAX_DEPTH = 64
MAX_TEXT = 10_000
MAX_TAGS = 700_000
"""Beginnings and ends of elements: a hundred thousand fixes with height and time are 600,000."""


class Handler(Protocol):
    """Is told of each element by its local name, with the line it stands in."""

    def start(self, name: str, attributes: Mapping[str, str], line: int, /) -> None:
        """An element begins."""

    def end(self, name: str, text: str, line: int, /) -> None:
        """An element ends; its own text, stripped."""


def walk(data: bytes, handler: Handler) -> None:
    """Tell a handler all elements of a document in order.

    Raises GeoError ``track_xml`` (not well-formed, too many elements, or with a document type) and
    what the handler raises.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    texts: list[list[str]] = []

    def refuse(reason: str) -> NoReturn:
        raise GeoError("track_xml", line=parser.CurrentLineNumber, reason=reason)

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(texts) >= MAX_DEPTH:
            refuse("too deeply nested")
        texts.append([])
        handler.start(name.rpartition(" ")[2], attributes, parser.CurrentLineNumber)

    def add(piece: str) -> None:
        texts[-1].append(piece)

    def end(name: str) -> None:
        text = "".join(texts.pop()).strip()[:MAX_TEXT]
        handler.end(name.rpartition(" ")[2], text, parser.CurrentLineNumber)

    # Counted before it is walked, which takes a second for a million.
    if data.count(b"<") > MAX_TAGS:
        refuse("too many elements")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = add
    parser.StartDoctypeDeclHandler = lambda *_: refuse("a document type is not accepted")
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        reason = expat.errors.messages[error.code]
        raise GeoError("track_xml", line=error.lineno, reason=reason) from error
