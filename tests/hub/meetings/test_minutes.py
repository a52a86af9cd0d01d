"""Minutes by section, decisions by two keys, countersigning, the sealed documents."""

from __future__ import annotations

import hashlib
import io

import docx
import pypdf
from hypothesis import given
from hypothesis import strategies as st

from hub.meetings.merging import merge
from tests.support.meetings import (
    GUEST,
    GUEST_OFFICER,
    GUEST_OFFICIAL,
    HOST,
    HOST_OFFICIAL,
    STRANGER,
    act,
    convened,
    countersign,
    ended,
    lay,
    write,
)
from tests.support.requests import fetched


def url_of(row):
    return f"/meetings/{row['id']}/sections/{row['sections'][0]['id']}"


def test_the_minutes_are_laid_out_by_the_agenda(world):
    row = convened(world)
    assert [one["heading"] for one in row["sections"]] == ["界河共管"]
    added = world.as_(GUEST).post(f"/meetings/{row['id']}/sections", {"heading": "其他事项"})
    assert added.status == 201
    shown = world.as_(HOST).get(f"/meetings/{row['id']}").body["sections"]
    assert [one["heading"] for one in shown] == ["界河共管", "其他事项"]


def test_two_writers_of_one_section_never_overwrite_each_other(world):
    row = convened(world)
    host, guest = world.as_(HOST), world.as_(GUEST)
    base = write(host, row, "水质达标。无异议。巡查两次。").version
    assert write(guest, row, "水质全部达标。无异议。巡查两次。", base).status == 200
    late = write(host, row, "水质达标。无异议。巡查四次。", base)
    assert late.status == 409
    assert (late.body["merged"], late.body["conflict"]) == (
        "水质全部达标。无异议。巡查四次。",
        False,
    )
    kept = host.get(url_of(row)).body["text"]
    assert late.body["current"]["text"] == kept == "水质全部达标。无异议。巡查两次。"
    assert write(host, row, late.body["merged"], late.body["current_version"]).status == 200
    both = write(guest, row, "水质全部达标。无异议。巡查六次。", base + 1).body
    assert both["conflict"]
    assert "巡查四次" in both["merged"]
    assert "巡查六次" in both["merged"]


def test_every_text_of_a_section_is_kept(world):
    row = convened(world)
    for text in ("一稿", "二稿"):
        write(world.as_(HOST), row, text)
    kept = world.as_(GUEST).get(f"{url_of(row)}/revisions").body["items"]
    assert [one["text"] for one in kept] == ["二稿", "一稿", ""]
    assert world.as_(STRANGER).get(f"{url_of(row)}/revisions").status == 404


def test_minutes_are_written_by_those_who_work_on_meetings(world):
    row = convened(world)
    assert write(world.as_(GUEST_OFFICER), row, "试").status == 403
    assert world.as_(HOST).put(url_of(row), {"text": "无版本"}).status == 428
    assert world.as_(HOST).put(url_of(row), {"text": "机密"}, version=1).status == 422


@given(st.lists(st.sampled_from(["甲。", "乙。", "丙。", "丁\n"]), max_size=8), st.data())
def test_a_merge_keeps_what_only_one_side_wrote(base, data):
    where = data.draw(st.integers(0, len(base)))
    mine = "".join([*base[:where], "新的一句。", *base[where:]])
    text = "".join(base)
    assert merge(text, mine, text, "甲", "乙").text == mine
    assert merge(text, text, mine, "甲", "乙").text == mine
    assert not merge(text, mine, mine, "甲", "乙").conflict


def decision(world, row, who=HOST, text="夜间巡查每月两次。"):
    answer = world.as_(who).post(f"/meetings/{row['id']}/decisions", {"text": text})
    assert answer.status == 201, answer.body
    return answer.body["decisions"][-1]


def approve(world, row, one, who, content_hash=None):
    url = f"/meetings/{row['id']}/decisions/{one['id']}/approve"
    return world.as_(who).post(url, {"content_hash": content_hash or one["content_hash"]})


def test_a_decision_stands_when_the_officials_of_all_parties_approved_it(world):
    row = convened(world)
    one = decision(world, row)
    assert approve(world, row, one, GUEST).status == 403
    assert approve(world, row, one, HOST_OFFICIAL).body["decisions"][0]["state"] == "proposed"
    assert approve(world, row, one, HOST_OFFICIAL).status == 409
    done = approve(world, row, one, GUEST_OFFICIAL).body["decisions"][0]
    assert (done["state"], len(done["approved"])) == ("adopted", 2)
    url = f"/meetings/{row['id']}/decisions/{one['id']}"
    assert world.as_(HOST).put(url, {"text": "另一种说法"}).status == 409


def test_other_words_withdraw_the_approvals(world):
    row = convened(world)
    one = decision(world, row)
    approve(world, row, one, HOST_OFFICIAL)
    url = f"/meetings/{row['id']}/decisions/{one['id']}"
    changed = world.as_(GUEST).put(url, {"text": "每月四次。"}).body["decisions"][0]
    assert (changed["version"], changed["approved"]) == (2, [])
    assert approve(world, row, one, GUEST_OFFICIAL).status == 409
    dropped = world.as_(HOST).delete(url).body["decisions"][0]
    assert dropped["state"] == "dropped"


def test_a_decision_waits_on_the_overview_of_the_official(world):
    row = convened(world)
    decision(world, row, text="共建监测点位。")
    assert "共建监测点位" in world.as_(GUEST_OFFICIAL).page("/").body
    assert "共建监测点位" not in world.as_(GUEST).page("/").body


def test_minutes_with_open_decisions_are_not_signed(world):
    row = ended(world)
    one = decision(world, row)
    assert countersign(world, row["id"], HOST_OFFICIAL).body["rule"] == "meeting.decisions"
    world.as_(HOST).delete(f"/meetings/{row['id']}/decisions/{one['id']}")
    assert countersign(world, row["id"], HOST_OFFICIAL).status == 200


def test_a_change_withdraws_the_signatures(world):
    row = ended(world)
    signed = countersign(world, row["id"], HOST_OFFICIAL).body
    assert len(signed["signatures"]) == 1
    write(world.as_(GUEST), row, "补充一句。")
    now = world.as_(HOST).get(f"/meetings/{row['id']}").body
    assert now["signatures"] == []
    stale = act(
        world.as_(GUEST_OFFICIAL), row["id"], "countersign", content_hash=signed["content_hash"]
    )
    assert stale.status == 409


def texts(world, row):
    """The words of the sealed documents, as Word and PDF, by a partner."""
    files = {one["name"].rsplit(".", 1)[1]: one for one in row["documents"]}
    found = {}
    for kind, file in files.items():
        status, data = fetched(world, GUEST, file["url"])
        assert (status, hashlib.sha256(data).hexdigest()) == (200, file["sha256"])
        found[kind] = data
    word = "".join(p.text for p in docx.Document(io.BytesIO(found["docx"])).paragraphs)
    pdf = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(found["pdf"])).pages)
    return tuple("".join(text.split()) for text in (word, pdf))


def test_the_countersigned_minutes_are_sealed_as_word_and_pdf(world):
    row = ended(world)
    one = decision(world, row)
    for who in (HOST_OFFICIAL, GUEST_OFFICIAL):
        approve(world, row, one, who)
    lay(world, row["id"])
    done = countersign(world, row["id"]).body
    assert done["state"] == "actions_open"
    assert done["sealed_hash"] == done["content_hash"]
    for text in texts(world, done):
        for words in (
            "长兴—宜兴联席会议纪要", done["document_number"], "一、界河共管",
            "会议通报了界河水质情况。", "夜间巡查每月两次。", "排查界河南岸雨水口", "出席",
            "会签", "蒋建国", done["sealed_hash"],
        ):  # fmt: skip
            assert words in text, words
    assert fetched(world, STRANGER, done["documents"][0]["url"])[0] == 404


def test_sealed_minutes_are_changed_by_nobody(world):
    row = ended(world)
    assert countersign(world, row["id"]).body["state"] == "actions_closed"
    assert write(world.as_(HOST), row, "改写").status == 409
    assert world.as_(HOST).post(f"/meetings/{row['id']}/decisions", {"text": "补"}).status == 409
    assert act(world.as_(HOST_OFFICIAL), row["id"], "countersign").status == 409
