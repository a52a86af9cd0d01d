"""The shell of the field app: the files that open it without a network, and their version."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from hub.web.assets import asset_digest
from hub.web.i18n import CATALOGUES

HUB = Path(__file__).resolve().parent.parent
STATIC = HUB / "static"
TEMPLATE = HUB.parent / "templates" / "field" / "shell.html"
ENTRY = "js/field/app.js"
HOME = "/field/"
STYLES = ("tokens", "base", "components", "map", "field", "field-app", "planning")
IMAGES = ("favicon.svg", "icons.svg", "icon-192.png", "icon-512.png", "icon-apple.png")
ASSETS = ("leaflet/leaflet.js", "leaflet/leaflet.css")
_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](\.{1,2}/[^"']+)["']""")


@dataclass(frozen=True)
class Shell:
    """`version` changes with any file of the shell; `urls` are all that it needs."""

    version: str
    urls: tuple[str, ...]


def modules(entry: str = ENTRY) -> list[str]:
    """A module and all that it imports, by their names under static/."""
    found: list[str] = []
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.append(name)
        text = (STATIC / name).read_text(encoding="utf-8")
        for target in _IMPORT.findall(text):
            path = (STATIC / name).parent.joinpath(target).resolve()
            waiting.append(path.relative_to(STATIC).as_posix())
    return sorted(found)


def shell() -> Shell:
    """The shell as it lies on the disk now; kept until a file changes."""
    files = [STATIC / name for name in _names()]
    files += [TEMPLATE, CATALOGUES / "en" / "LC_MESSAGES" / "messages.po", Path(__file__)]
    return _shell(tuple((path, path.stat().st_mtime_ns) for path in files))


def _names() -> list[str]:
    return [
        *modules(),
        "js/field/worker.js",
        *(f"css/{name}.css" for name in STYLES),
        *(f"img/{name}" for name in IMAGES),
    ]


@lru_cache(maxsize=2)
def _shell(stamps: tuple[tuple[Path, int], ...]) -> Shell:
    digest = hashlib.sha256()
    for path, _changed in stamps:
        digest.update(path.name.encode() + path.read_bytes())
    assets = [f"/assets/{name}?v={asset_digest(name)}" for name in ASSETS]
    digest.update("".join(assets).encode())
    own = [f"/static/{name}" for name in _names() if name != "js/field/worker.js"]
    urls = (HOME, "/field/manifest.webmanifest", "/i18n/en.json", *own, *assets)
    return Shell(digest.hexdigest()[:16], urls)
