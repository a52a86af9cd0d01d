"""The API's description against the API: no server error, no undocumented answer."""

from __future__ import annotations

import json
import re

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
EXAMPLES = 5
# Three workers may take one each.
PARTS = 3


@pytest.mark.once
def test_the_description_is_openapi_3_1(world):
    with world.app.test_client() as client:
        spec = client.get("/openapi.json").get_json()
    assert spec["openapi"].startswith("3.1")
    assert "/api/v1/changes" in spec["paths"]


@pytest.mark.once
def test_every_reference_of_the_description_leads_somewhere(world):
    with world.app.test_client() as client:
        text = client.get("/openapi.json").get_data(as_text=True)
    there = set(json.loads(text)["components"]["schemas"])
    assert set(re.findall(r'"\$ref":"#/components/schemas/([^"]+)"', text)) - there == set()


@pytest.mark.once
def test_every_operation_says_what_it_is_for(world):
    with world.app.test_client() as client:
        spec = client.get("/openapi.json").get_json()
    silent = [
        f"{method} {path}"
        for path, item in spec["paths"].items()
        for method, operation in item.items()
        if path.startswith("/api/") and not operation.get("summary")
    ]
    assert not silent


@pytest.mark.once
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.timeout(600)
def test_generated_requests_get_documented_answers(world, part):
    callers = [world.as_("wuxing-planner"), world.as_("wuxing-secadmin")]
    schema = schemathesis.openapi.from_wsgi("/openapi.json", world.app)
    operations = [
        found.ok() for found in schema.get_all_operations() if found.ok().path.startswith("/api/")
    ]
    assert len(operations) > 20 * PARTS
    for operation in operations[part::PARTS]:
        _fuzz(operation, [caller.token for caller in callers])


def _fuzz(operation, tokens):
    """Everybody sends the same: to make a request takes longer than to answer it."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def probe(case):
        for token in tokens:
            case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)

    probe()
