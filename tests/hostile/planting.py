"""A world in which every free text that is written through the API is one that wants to run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from tests.hostile.payloads import PAYLOADS
from tests.support.world import Answer, Caller, World

WRITES = ("post", "put", "patch", "delete")
# Texts with a form of their own, which refuse anything else; each is tried by its feature's tests.
FORMED = frozenset({
    "username", "current", "new", "csv", "content", "key_file", "witness", "receipt", "proof",
    "rule", "party_uscc", "firm_uscc", "uscc", "code", "waste_code", "email", "line", "case",
    "fingerprint", "sha256", "key", "content_hash", "cursor", "adcode", "adcode_a", "adcode_b",
    "quiet_from", "quiet_to", "license_no", "act", "kind", "form", "id", "waypoint", "case_id",
    "category", "handlers", "officers", "guests", "photos", "recorder", "amount", "field_groups",
    "scopes", "purpose", "contact_phone",
})  # fmt: skip
LEAST_ROOM = 30


@dataclass
class Planter:
    """Puts a payload before each free text of a body, by the hub's own description of the body."""

    spec: Mapping[str, Any]
    planted: set[tuple[str, str]] = field(default_factory=set)
    _next: Iterator[str] = field(default_factory=lambda: cycle(PAYLOADS))

    def __post_init__(self) -> None:
        self._forms = [
            (method.upper(), re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(path))), path)
            for path, item in self.spec["paths"].items()
            for method in WRITES
            if method in item
        ]

    def spoil(self, method: str, url: str, body: Any) -> Any:
        """The body with a payload before each text that people type."""
        for verb, form, path in self._forms:
            if verb == method and form.fullmatch(url):
                operation = self.spec["paths"][path][method.lower()]
                content = operation.get("requestBody", {}).get("content", {})
                schema = content.get("application/json", {}).get("schema", {})
                return self._spoilt(schema, body, path, "")
        raise AssertionError(f"{method} {url} is not described")

    def text(self, room: int = 1000) -> str:
        """The next payload that fits."""
        return next(text for text in self._next if len(text) <= room)

    def _spoilt(self, schema: Mapping[str, Any], value: Any, path: str, at: str) -> Any:
        for kind in self.kinds(schema):
            if isinstance(value, dict) and "properties" in kind:
                known = kind["properties"]
                return {
                    name: self._spoilt(known.get(name, {}), one, path, f"{at}.{name}".strip("."))
                    for name, one in value.items()
                }
            if isinstance(value, list) and "items" in kind:
                return [self._spoilt(kind["items"], one, path, at + "[]") for one in value]
            if isinstance(value, str) and is_free(kind, at):
                room = kind.get("maxLength", 200) - len(value) - 1
                if room >= LEAST_ROOM:
                    self.planted.add((path, at))
                    return f"{self.text(room)} {value}"
        return value

    def kinds(self, schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """The forms that a schema allows, without references."""
        while "$ref" in schema:
            schema = self.spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        chosen = schema.get("anyOf") or schema.get("oneOf")
        for one in chosen or ():
            yield from self.kinds(one)
        if not chosen:
            yield schema

    def free_texts(self) -> set[tuple[str, str]]:
        """Every free text that the description of the API names: (path, field)."""
        found: set[tuple[str, str]] = set()
        for _verb, _form, path in self._forms:
            for method in WRITES:
                operation = self.spec["paths"][path].get(method, {})
                content = operation.get("requestBody", {}).get("content", {})
                schema = content.get("application/json", {}).get("schema")
                if schema is not None:
                    found |= {(path, at) for at in self._free(schema, "", 0)}
        return found

    def _free(self, schema: Mapping[str, Any], at: str, depth: int) -> Iterator[str]:
        for kind in self.kinds(schema) if depth < 8 else ():
            for name, sub in kind.get("properties", {}).items():
                yield from self._free(sub, f"{at}.{name}".strip("."), depth + 1)
            if isinstance(kind.get("items"), dict):
                yield from self._free(kind["items"], at + "[]", depth + 1)
            if is_free(kind, at) and kind.get("maxLength", 200) > LEAST_ROOM:
                yield at


def is_free(kind: Mapping[str, Any], at: str) -> bool:
    """Whether a schema is of a text that people type as they like."""
    name = at.rpartition(".")[2].removesuffix("[]")
    return (
        kind.get("type") == "string"
        and not kind.keys() & {"enum", "const", "format", "pattern"}
        and name not in FORMED
        and kind.get("maxLength") != 36
        and not name.endswith(("_id", "_ids", "ids", "_at", "_on"))
    )


@dataclass
class HostileCaller(Caller):
    """A person all of whose texts want to run."""

    planter: Planter | None = None

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        """Call with every free text spoilt."""
        if body and method != "GET" and self.planter is not None:
            url = path if path.startswith(("/api/", "/ogc/")) else "/api/v1" + path
            body = self.planter.spoil(method, url, body)
        return super().call(method, path, body, **options)


@dataclass
class HostileWorld(World):
    """A hub all of whose people write texts that want to run."""

    planter: Planter | None = None

    def _caller(self, username: str) -> Caller:
        made = super()._caller(username)
        return HostileCaller(**vars(made), planter=self.planter)


def hostile(world: World) -> HostileWorld:
    """The same hub, with such people; nothing of it comes from a snapshot."""
    with world.app.app_context():
        planter = Planter(world.app.spec)
    return HostileWorld(
        world.app, world.url, world.data_dir, world.passes, world.lent, planter=planter
    )
