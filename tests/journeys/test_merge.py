"""Two officers change one case: the second sees both versions, chooses, and nothing is lost."""

from __future__ import annotations

import pytest

from tests.support.browser import Browsers, serious_faults
from tests.support.cases import new_case

pytestmark = pytest.mark.browser


@pytest.mark.once
def test_who_comes_second_sees_both_versions_and_chooses(browsers: Browsers, world):
    case = new_case(world).body
    first = browsers.person("changxing-officer1")
    page = first.open(f"/cases/{case['id']}")
    page.click('[data-dialog-open="#edit-case"]')
    page.fill("#edit-case [name=title]", "我改的案由")
    page.fill("#edit-case [name=pollutant]", "氨氮")
    theirs = {"title": "同事改的案由", "place": "界河西岸"}
    second = world.as_("changxing-officer2")
    assert second.patch(f"/cases/{case['id']}", theirs, version=1).status == 200
    page.click("#edit-case .btn--primary")
    page.wait_for_selector("[data-merge-field=title].merge__row--both")
    assert "同事改的案由" in page.inner_text("[data-merge-field=title]")
    assert page.locator("[data-merge-field=pollutant].merge__row--mine").count() == 1
    assert page.locator("[data-merge-field=place].merge__row--theirs").count() == 1
    assert serious_faults(page) == []
    page.fill(".merge__hand textarea", "合起来的案由")
    page.click("dialog[open]:has(.merge) .btn--primary")
    page.wait_for_selector("h1:has-text('合起来的案由')")
    saved = second.get(f"/cases/{case['id']}").body
    assert (saved["title"], saved["pollutant"], saved["place"]) == (
        "合起来的案由", "氨氮", "界河西岸",
    )  # fmt: skip
    browsers.check()
