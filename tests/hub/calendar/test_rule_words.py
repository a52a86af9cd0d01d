"""A rule of recurrence in words says all of it, or is left as it stands."""

from __future__ import annotations

import pytest
from flask_babel import force_locale

from hub.calendar.rule_words import words


@pytest.mark.once
@pytest.mark.parametrize(
    ("rule", "chinese", "english"),
    [
        ("FREQ=WEEKLY;INTERVAL=2", "每两周", "Every two weeks"),
        ("FREQ=WEEKLY;BYDAY=TU,FR", "每周 · 星期二、星期五", "Weekly · Tuesday, Friday"),
        ("FREQ=MONTHLY;BYDAY=2TU", "每月 · 第二个星期二", "Monthly · second Tuesday"),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR;COUNT=6", "每季度 · 最后一个星期五 · 共6次",
         "Quarterly · last Friday · 6 times"),
        ("FREQ=MONTHLY;BYMONTHDAY=25;UNTIL=20270630T170000Z", "每月 · 25日 · 至2027-07-01",
         "Monthly · day 25 · until 2027-07-01"),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=-1", "每年 · 三月 · 当月最后一日",
         "Yearly · March · last day of the month"),
        *((rule, rule, rule) for rule in (
            "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", "FREQ=WEEKLY;INTERVAL=5",
            "FREQ=MONTHLY;BYDAY=5MO", "FREQ=MONTHLY;BYMONTHDAY=-3",
        )),
    ],
)  # fmt: skip
def test_all_of_a_rule_is_said_or_nothing(world, rule, chinese, english):
    with world.app.test_request_context():
        for language, said in (("zh", chinese), ("en", english)):
            with force_locale(language):
                assert words(rule) == said
