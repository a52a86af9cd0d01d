"""Names in the reader's language, where the data give them."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from hub.accounts.models import User
from hub.db import Database
from tests.hub.requests.test_escalation import late
from tests.support.cases import new_case

pytestmark = pytest.mark.once


@pytest.fixture
def english(world):
    """A planner who reads English, signed in as browsers are."""
    database: Database = world.app.extensions["hub.db"]
    with world.app.app_context(), database.unit_of_work() as session:
        session.execute(update(User).values(locale="en"))
    client = world.app.test_client()
    with client.session_transaction() as session:
        session["locale"] = "en"
    caller = world.as_("changxing-planner")

    def read(path: str) -> str:
        headers = {"Authorization": f"Bearer {caller.token}", "Accept": "text/html"}
        answer = client.get(path, headers=headers)
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    return read


def test_english_pages_name_bureaus_and_agreements_in_english(world, english):
    patrol = world.as_("changxing-planner").get("/patrols").body["items"][0]
    page = english(f"/patrols/{patrol['id']}")
    main = page[page.index("<main") :]
    assert "Wuxi Yixing Ecology and Environment Bureau" in main
    assert "无锡市宜兴生态环境局" not in main[: main.index("page-data")]
    agreement = world.as_("changxing-planner").get("/agreements").body["items"][0]
    assert agreement["title_en"] in english("/agreements")
    assert "生态环境局" not in english("/patrols").partition("<main")[2].partition("page-data")[0]


def test_what_the_system_did_itself_is_told_in_the_language_of_the_page(world, english):
    row = late(world)
    steps = english(f"/requests/{row['id']}").partition("<main")[2].partition("page-data")[0]
    assert "Yixing System" in steps
    assert "系统" not in steps


def test_no_agreement_of_others_is_named(english):
    assert "Wuxing–Wujiang" not in english("/")


def test_chinese_pages_carry_no_names_for_translation(world):
    page = world.as_("changxing-planner").page("/").body
    assert "english-names" not in page
    assert "湖州市生态环境局长兴分局" in page


def test_paging_speaks_english(english):
    assert "on this page" in english("/patrols")


def test_stages_beside_search_results_have_the_colon_of_the_language(world, english):
    new_case(world, title="河岸废渣")
    page = english("/search?q=河岸废渣")
    assert "Case: Lead" in page
    assert "Case：" not in page
