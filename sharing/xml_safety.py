"""Tracks travel as GPX or KML, which are XML: refused where they could do more than be read."""

from __future__ import annotations

from typing import BinaryIO
from xml.parsers import expat

from sharing.errors import PackageRefused
from sharing.trees import chunks

DEEPEST = 64


def check_xml(stream: BinaryIO, path: str) -> None:
    """Refuse a document type, and with it entities of any sort; what is not XML; endless nesting.

    Raises PackageRefused ``xml_doctype``, ``xml_deep``, ``xml_broken``.
    """
    parser = expat.ParserCreate()
    depth = 0

    def refuse(*_declared: object) -> None:
        raise PackageRefused("xml_doctype", path=path)

    def start(_name: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise PackageRefused("xml_deep", path=path, limit=DEEPEST)

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        for piece in chunks(stream):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise PackageRefused("xml_broken", path=path) from error
