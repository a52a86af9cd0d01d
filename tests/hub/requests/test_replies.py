"""Letters that answer: numbered in the answering bureau's series, sealed, the same for both."""

from __future__ import annotations

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.hub.requests.test_letters import text_of_pdf, text_of_word
from tests.hub.requests.test_other_kinds import joint, lead, transfer, user_id
from tests.support.cases import new_case
from tests.support.requests import (
    LIAISON,
    OFFICER,
    OFFICIAL,
    THEIR_LIAISON,
    THEIR_OFFICER,
    THEIR_OFFICIAL,
    act,
    document,
    done,
    fetched,
    handed_over,
    sent,
    upload,
)

ANSWERS = ["当日未排水", "有，日均值未超标"]


def replied(world, **given):
    row = sent(world)
    done(world, row["id"], (THEIR_LIAISON, "accept", {}))
    return done(world, row["id"], (THEIR_LIAISON, "reply", {"answers": ANSWERS} | given))


def letters_of(row, name):
    return [letter for letter in row["letters"] if letter["act"] == name]


def said(world, who, letter):
    status, data = fetched(world, who, letter["url"])
    assert status == 200
    assert hashlib.sha256(data).hexdigest() == letter["sha256"]
    text = text_of_pdf(data) if letter["name"].endswith("pdf") else text_of_word(data)
    return re.sub(r"\s", "", text)


def test_a_reply_goes_out_as_a_numbered_letter_that_both_read(world):
    row = replied(world, text="已现场核查。")
    word, pdf = letters_of(row, "reply")
    assert re.fullmatch(r"宜兴环复〔\d{4}〕[1-9]\d*号", word["number"])
    assert word["number"] == pdf["number"]
    for letter in (word, pdf):
        ours, theirs = said(world, LIAISON, letter), said(world, THEIR_LIAISON, letter)
        assert ours == theirs
        for part in (row["document_number"], word["number"], *ANSWERS, "已现场核查。"):
            assert part in ours
    step = next(step for step in row["steps"] if step["act"] == "reply")
    assert step["document_number"] == word["number"]


def test_its_attachments_are_those_that_go_out_with_it(world):
    row = sent(world)
    done(world, row["id"], (THEIR_LIAISON, "accept", {}))
    upload(world, THEIR_OFFICER, row["id"], "监测日报.pdf")
    done(world, row["id"], (THEIR_LIAISON, "reply", {"answers": ANSWERS}))
    done(world, row["id"], (OFFICER, "supplement", {"text": "请补充流量"}))
    upload(world, THEIR_OFFICER, row["id"], "流量记录.pdf")
    after = done(world, row["id"], (THEIR_LIAISON, "reply", {"answers": ANSWERS}))
    first, second = (one for one in letters_of(after, "reply") if one["name"].endswith("docx"))
    assert first["number"] != second["number"]
    assert "监测日报.pdf" in said(world, LIAISON, first)
    later = said(world, LIAISON, second)
    assert "流量记录.pdf" in later
    assert "监测日报.pdf" not in later


def test_a_refused_reply_takes_no_number(world):
    first = replied(world)
    row = sent(world)
    done(world, row["id"], (THEIR_LIAISON, "accept", {}))
    refused = act(world.as_(THEIR_LIAISON), row["id"], "reply", answers=["只答一个"])
    assert refused.status == 422
    secret = act(world.as_(THEIR_LIAISON), row["id"], "reply", answers=["机密★10年", "有"])
    assert secret.status == 422
    second = done(world, row["id"], (THEIR_LIAISON, "reply", {"answers": ANSWERS}))
    numbers = [
        int(re.search(r"〕(\d+)号", letters_of(one, "reply")[0]["number"])[1])
        for one in (first, second)
    ]
    assert numbers[1] == numbers[0] + 1


def test_replies_of_one_moment_get_numbers_of_their_own(world):
    rows = [sent(world) for _ in range(3)]
    for row in rows:
        done(world, row["id"], (THEIR_LIAISON, "accept", {}))
    caller = world.as_(THEIR_LIAISON)

    def answer(row):
        return act(caller, row["id"], "reply", answers=ANSWERS)

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(answer, rows))
    assert [one.status for one in answers] == [200] * 3, [one.body for one in answers]
    numbers = {letters_of(one.body, "reply")[0]["number"] for one in answers}
    assert len(numbers) == 3
    for one in answers:
        letter = letters_of(one.body, "reply")[0]
        assert letter["number"] in said(world, LIAISON, letter)


@pytest.mark.parametrize("kind", ["assistance", "referral", "transfer", "joint_handling"])
def test_who_declines_says_so_in_a_letter_with_the_ground(world, kind):
    bodies = {
        "assistance": lambda: None,
        "referral": lambda: lead(world),
        "transfer": lambda: transfer(world, new_case(world).body),
        "joint_handling": lambda: joint(world, new_case(world).body),
    }
    row = sent(world, bodies[kind]())
    given = {"code": "not_in_powers", "text": "应由水利部门处理"}
    after = done(world, row["id"], (THEIR_OFFICIAL, "decline", given))
    text = said(world, LIAISON, letters_of(after, "decline")[0])
    assert "不属于本单位职权范围" in text
    assert "应由水利部门处理" in text


def test_accepting_gives_a_receipt(world):
    row = sent(world, transfer(world, new_case(world).body))
    after = done(world, row["id"], (THEIR_OFFICIAL, "accept", {}))
    letter = letters_of(after, "accept")[0]
    assert letter["number"].startswith("宜兴环回〔")
    assert "决定受理" in said(world, OFFICER, letter)


def test_a_dispute_is_laid_before_the_superior_in_a_letter(world):
    row = sent(world, transfer(world, new_case(world).body))
    after = done(world, row["id"], (THEIR_OFFICIAL, "dispute", {"text": "先立案者管辖"}))
    text = said(world, THEIR_OFFICIAL, letters_of(after, "dispute")[0])
    assert "生态环境部：" in text
    assert "先立案者管辖" in text
    assert "妥否，请批示。" in text


def test_who_joins_names_his_handlers_in_the_letter(world):
    row = sent(world, joint(world, new_case(world).body))
    them = [user_id(world, THEIR_OFFICER)]
    after = done(world, row["id"], (THEIR_LIAISON, "accept", {"handlers": them}))
    name = after["handlers"][world.bureau_id("yixing")][0]["name"]
    assert f"我单位指定办案人员：{name}。" in said(world, OFFICER, letters_of(after, "accept")[0])


def test_the_police_and_the_prosecutor_are_asked_by_letter(world):
    request_id = handed_over(world)
    done(world, request_id, (OFFICER, "receipt", document(world, request_id, "回执.pdf")))
    no = document(world, request_id, "不予立案.pdf") | {"text": "证据不足"}
    done(world, request_id, (OFFICER, "not_file", no))
    after = done(world, request_id, (OFFICIAL, "ask_review", {"text": "已补充证据"}))
    text = said(world, OFFICER, letters_of(after, "ask_review")[0])
    assert "长兴县公安局：" in text
    assert "提请复议" in text


def test_a_request_is_found_by_the_number_of_its_answer(world):
    row = replied(world)
    number = letters_of(row, "reply")[0]["number"]
    found = world.as_(OFFICER).get("/requests", q=number).body["items"]
    assert [one["id"] for one in found] == [row["id"]]
    page = world.as_(OFFICER).page(f"/requests/{row['id']}").body
    assert page.count(number) >= 3
