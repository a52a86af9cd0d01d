"""Rewrite a generated page for a strict Content-Security-Policy; refuse what cannot be."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from html.parser import HTMLParser

from geo.errors import GeoError

ASSETS: dict[str, str] = {
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js": "leaflet/dist/leaflet.js",
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.css": "leaflet/dist/leaflet.css",
}
"""What folium refers to, and the same file in the npm packages that the hub serves."""

_URL_ATTRIBUTES = frozenset({"src", "href", "action", "data", "poster", "srcset", "formaction"})
_ADDRESS = re.compile(r"""(?:https?:|wss?:)?//[\w.\[]|url\s*\(|@import|javascript:""", re.I)


class _Rewriter(HTMLParser):
    """Copies a page, with local addresses and nonces."""

    def __init__(self, asset_url: Callable[[str], str], nonce: str, lang: str) -> None:
        super().__init__(convert_charrefs=False)
        self.asset_url, self.nonce, self.lang = asset_url, nonce, lang
        self.out: list[str] = []

    def _local(self, url: str) -> str:
        if url not in ASSETS:
            raise GeoError("unknown_asset", url=url[:200])
        return self.asset_url(ASSETS[url])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        words = [tag]
        if tag == "html":
            attrs = [("lang", self.lang)]
        elif ("name", "viewport") in attrs:
            # folium's own forbids zooming, which people with weak sight need.
            attrs = [("name", "viewport"), ("content", "width=device-width, initial-scale=1")]
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                raise GeoError("unsafe_markup", what=f"a {name} attribute")
            text = self._local(value or "") if name in _URL_ATTRIBUTES else value
            words.append(name if text is None else f'{name}="{html.escape(text)}"')
        if tag in ("script", "style"):
            words.append(f'nonce="{html.escape(self.nonce)}"')
        self.out.append(f"<{' '.join(words)}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is not None and (found := _ADDRESS.search(data)):
            raise GeoError("unknown_asset", url=data[found.start() : found.start() + 80])
        self.out.append(data)

    def handle_decl(self, decl: str) -> None:
        self.out.append(f"<!{decl}>")

    def handle_entityref(self, name: str) -> None:
        self.out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.out.append(f"&#{name};")


def localise(page: str, asset_url: Callable[[str], str], nonce: str, lang: str) -> str:
    """The page with every script and style local and under ``nonce``.

    Raises GeoError ``unknown_asset`` for an address without a local file, in tags, scripts or
    styles, and ``unsafe_markup`` for attributes that the policy forbids.
    """
    rewriter = _Rewriter(asset_url, nonce, lang)
    rewriter.feed(page)
    rewriter.close()
    return "".join(rewriter.out)
