"""The notice of a meeting: what it says, whose it is, when another one goes out."""

from __future__ import annotations

import hashlib
import io

import docx
import pypdf

from tests.support.meetings import (
    GUEST,
    HOST,
    HOST_OFFICIAL,
    STRANGER,
    act,
    add_item,
    all_present,
    called,
    fixed,
)
from tests.support.requests import fetched

BRING = "上季度巡查台账\n界河断面水质月报"


def texts(world, row, who=GUEST):
    """The words of the newest notice, as Word and PDF, as a partner gets them."""
    found = {}
    for file in reversed(row["notices"]):
        status, data = fetched(world, who, file["url"])
        assert (status, hashlib.sha256(data).hexdigest()) == (200, file["sha256"])
        found[file["name"].rsplit(".", 1)[1]] = data
    word = "".join(p.text for p in docx.Document(io.BytesIO(found["docx"])).paragraphs)
    pdf = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(found["pdf"])).pages)
    return tuple("".join(text.split()) for text in (word, pdf))


def seen(world, row, who=HOST):
    return world.as_(who).get(f"/meetings/{row['id']}").body


def test_the_notice_goes_out_with_the_invitation_as_word_and_pdf(world):
    row = fixed(
        world,
        bring=BRING,
        note="会议期间请将手机静音。",
        starts_at="2027-03-04T09:00:00+08:00",
        ends_at="2027-03-04T11:30:00+08:00",
    )
    assert row["notice_number"].startswith("长兴环会通〔")
    for text in texts(world, seen(world, row, GUEST)):
        for words in (
            "湖州市生态环境局长兴分局", row["notice_number"], "关于召开第四季度联席会议的通知",
            "无锡市宜兴生态环境局：", "一、会议时间", "2027年3月4日（星期四）9:00至11:30。",
            "二、会议地点", "长兴县生态环境监测中心", "三、会议议程", "1.界河共管", "10分钟",
            "四、参加人员", "吴建国（主持）", "蒋建国", "每方到会人员不少于1人",
            "请携带：上季度巡查台账", "请携带：界河断面水质月报", "会议期间请将手机静音。",
            "联系人：丁晓燕",
        ):  # fmt: skip
            assert words in text, words


def test_a_notice_is_of_the_parties_alone(world):
    row = fixed(world)
    assert fetched(world, STRANGER, row["notices"][0]["url"])[0] == 404
    page = world.as_(GUEST).page(f"/meetings/{row['id']}").body
    assert row["notice_number"] in page
    assert "notify" not in page


def test_a_record_that_one_party_may_not_see_is_not_named_in_it(world):
    row = called(world)
    found = world.as_(HOST).get(f"/meetings/{row['id']}/proposals").body["items"]
    hidden = next(one for one in found if one["code"] == "petition_open")
    source = {name: hidden[name] for name in ("code", "kind", "id")}
    item = world.as_(HOST).post(f"/meetings/{row['id']}/agenda", {"source": source})
    assert item.status == 201, item.body
    done = act(world.as_(HOST), row["id"], "fix_agenda").body
    named = seen(world, done, GUEST)["agenda"][0]
    for text in texts(world, done):
        assert "尚未办结的共调信访件" in text
        assert not named["hidden"] or hidden["title"] not in text


def test_changed_arrangements_ask_for_another_notice_which_ends_the_first(world):
    row, host = fixed(world), world.as_(HOST)
    assert act(host, row["id"], "notify").body["rule"] == "meeting.notice"
    changed = host.patch(
        f"/meetings/{row['id']}", {"place": "夹浦镇政府"}, version=seen(world, row)["version"]
    ).body
    assert changed["notice_outdated"]
    assert not seen(world, row, GUEST)["notice_outdated"]
    assert act(world.as_(GUEST), row["id"], "notify").body["rule"] == "meeting.host"
    again = act(host, row["id"], "notify").body
    assert not again["notice_outdated"]
    assert again["notice_number"] != row["notice_number"]
    assert len(again["notices"]) == 4
    for text in texts(world, again):
        assert "夹浦镇政府" in text
        assert f"原通知（{row['notice_number']}）不再执行" in text


def test_who_comes_does_not_outdate_a_notice_but_another_point_does(world):
    row = fixed(world)
    all_present(world, row)
    assert not seen(world, row)["notice_outdated"]
    assert add_item(world, row["id"], "夜间巡查").status == 201
    assert seen(world, row)["notice_outdated"]
    act(world.as_(HOST_OFFICIAL), row["id"], "convene")
    assert not seen(world, row)["notice_outdated"]


def test_an_act_that_is_refused_leaves_no_number_behind(world):
    row = called(world)
    assert act(world.as_(HOST), row["id"], "fix_agenda").body["rule"] == "meeting.agenda"
    first = fixed(world)["notice_number"]
    assert fixed(world)["notice_number"] != first
    assert seen(world, row)["notices"] == []
