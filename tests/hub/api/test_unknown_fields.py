"""No write takes a field that its description does not name: nobody sets an owner, a state or an
author by adding it to the body."""

from __future__ import annotations

import re

import pytest

WRITES = ("post", "put", "patch", "delete")
UNKNOWN = "owner_bureau_id_of_mine"
# Takes GeoJSON, which may have members of others (RFC 7946, 6.1), and stores nothing.
FOREIGN_MEMBERS = "/api/v1/locate"


@pytest.fixture
def spec(world):
    with world.app.test_client() as client:
        return client.get("/openapi.json").get_json()


def operations(spec):
    for path, item in spec["paths"].items():
        for method in WRITES:
            body = item.get(method, {}).get("requestBody", {}).get("content", {})
            if "application/json" in body and path != FOREIGN_MEMBERS:
                yield method.upper(), path, body["application/json"]["schema"]


def resolved(spec, schema):
    while "$ref" in schema:
        schema = spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def open_objects(spec, schema, at, seen):
    """Where in a schema an object takes fields that it does not name."""
    if "$ref" in schema:
        if schema["$ref"] in seen:
            return
        seen = seen | {schema["$ref"]}
        schema = resolved(spec, schema)
    if "properties" in schema:
        if schema.get("additionalProperties") is not False:
            yield at or "(body)"
        for name, sub in schema["properties"].items():
            yield from open_objects(spec, sub, f"{at}.{name}", seen)
    for word in ("anyOf", "oneOf", "allOf"):
        for sub in schema.get(word, ()):
            yield from open_objects(spec, sub, at, seen)
    if isinstance(schema.get("items"), dict):
        yield from open_objects(spec, schema["items"], f"{at}[]", seen)
    if isinstance(schema.get("additionalProperties"), dict):
        yield from open_objects(spec, schema["additionalProperties"], f"{at}.*", seen)


def test_every_body_names_all_that_it_takes_down_to_its_last_part(spec):
    found = list(operations(spec))
    assert len(found) > 100
    lax = [
        f"{method} {path}: {at}"
        for method, path, schema in found
        for at in open_objects(spec, schema, "", frozenset())
    ]
    assert not lax


def test_an_unknown_field_is_refused_by_every_write_of_the_api(world, spec):
    caller = world.as_("wuxing-planner")
    taken = []
    for method, path, schema in operations(spec):
        if "properties" not in resolved(spec, schema):
            continue
        address = re.sub(r"\{[^}]+\}", "nothing-of-that-name", path)
        answer = caller.call(method, address, {UNKNOWN: "mine"})
        fields = [error["field"] for error in answer.body.get("errors", [])]
        if answer.status != 422 or UNKNOWN not in fields:
            taken.append((method, path, answer.status, fields))
    assert not taken
