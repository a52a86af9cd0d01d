"""What each category asks for: checked by one table, shown everywhere, opened by the terms."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from hub.patrols.finding_forms import FORMS, checked
from hub.patrols.finding_views import CATEGORIES
from tests.support.field import OFFICER, PARTNER, find, inside, seen, zone_of
from tests.support.patrols import started_patrol
from tests.support.world import Caller, World

WASTE = {"waste_code": "900-214-08", "amount_t": 1.25, "container": "drum", "leaking": "yes",
         "firm_name": "示例化工"}  # fmt: skip


def csv_of(caller: Caller, path: str) -> list[dict[str, str]]:
    """The rows of a list as a spreadsheet reads them."""
    text = caller.get(path).body.removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


def sample(one: Any) -> Any:
    """A value that its field takes."""
    if one.kind == "choice":
        return next(iter(one.choices))
    return one.most if one.kind == "number" else one.hint or "文字"


def test_every_category_has_its_form_and_takes_what_it_asks_for() -> None:
    assert set(FORMS) == set(CATEGORIES)
    for category, form in FORMS.items():
        given = {one.name: sample(one) for one in form}
        assert checked(category, given) == given
        assert len({one.name for one in form}) == len(form)


@pytest.mark.parametrize(
    ("category", "name", "value"),
    [
        ("outfall", "ph", 14.5),
        ("outfall", "ph", "7"),
        ("outfall", "ph", True),
        ("outfall", "colour", "pink"),
        ("outfall", "outlet", "dw1"),
        ("outfall", "firm_name", "不问"),
        ("hazardous_waste", "waste_code", "900-214-8"),
        ("hazardous_waste", "amount_t", -1),
        ("unlicensed", "trade", "很" * 121),
        ("unlicensed", "trade", "绝密★启用前"),
        ("other", "anything", "x"),
    ],
)
def test_a_fact_that_is_none_of_its_field_is_refused_by_name(
    world: World, category: str, name: str, value: Any
) -> None:
    patrol = started_patrol(world)
    place = inside(zone_of(world, patrol), "330502")
    body = seen(place, category=category, details={name: value})
    answer = world.as_(OFFICER).post(f"/patrols/{patrol['id']}/findings", body)
    assert answer.status == 422, answer.body
    assert answer.body["errors"][0]["field"] == f"details.{name}"


def test_facts_stand_in_view_kit_page_list_case_and_lead(world: World) -> None:
    patrol = started_patrol(world)
    officer = world.as_(OFFICER)
    made = find(world, patrol, category="hazardous_waste", details=WASTE | {"labelled": None})
    assert [(one["name"], one["text"]) for one in made["details"]] == [
        ("waste_code", "900-214-08"), ("amount_t", "1.25 t"), ("container", "桶"),
        ("leaking", "是"),
    ]  # fmt: skip
    assert made["details_text"] == "危废代码：900-214-08；数量：1.25 t；容器：桶；泄漏：是"
    assert made["firm_name"] == "示例化工"
    kit = officer.get(f"/patrols/{patrol['id']}/field-kit").body
    assert set(kit["forms"]) == set(kit["categories"])
    assert kit["forms"]["outfall"][3]["most"] == 14
    page = str(officer.page(f"/findings/{made['id']}").body)
    assert "900-214-08" in page
    assert "示例化工" in page
    (row,) = csv_of(officer, "/findings.csv")
    assert (row["现场要素"], row["涉及单位"]) == (made["details_text"], "示例化工")
    case_id = officer.post(f"/findings/{made['id']}/case").body["case_id"]
    case = officer.get(f"/cases/{case_id}").body
    assert (case["category"], case["party_name"]) == ("hazardous_waste", "示例化工")
    assert case["description"].endswith(made["details_text"])


def test_a_finding_without_facts_is_as_valid_as_before(world: World) -> None:
    made = find(world, started_patrol(world))
    assert (made["details"], made["details_text"], made["firm_name"]) == ([], "", None)


def test_a_partner_reads_the_facts_by_their_field_group(world: World) -> None:
    patrol = started_patrol(world)
    made = find(world, patrol, category="hazardous_waste", details=WASTE)
    read = world.as_(PARTNER).get(f"/findings/{made['id']}").body
    assert read["details"] == made["details"]
    # A firm's name stays home unless the terms open it.
    assert "firm_name" not in read
    assert "示例化工" not in str(read)
    (row,) = csv_of(world.as_(PARTNER), "/findings.csv")
    assert row["涉及单位"] == ""
