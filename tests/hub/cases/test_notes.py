"""Notes on a case: who writes and reads which, corrections, and what never leaves the bureau."""

from __future__ import annotations

import pytest

from tests.support.cases import SECRET_WORDS, new_case, share_of

OFFICER, COLLEAGUE, PARTNER = "changxing-officer1", "changxing-liaison", "yixing-officer1"


def handled(world):
    """A case of the first officer, shared with the partner."""
    return new_case(world, handlers=[world.as_(OFFICER).user_id]).body["id"]


def write(world, who, case_id, text, **more):
    return world.as_(who).post(f"/cases/{case_id}/notes", {"text": text} | more)


def read(world, who, case_id):
    return [note["text"] for note in world.as_(who).get(f"/cases/{case_id}/notes").body["items"]]


def everything_of(world, who, case_id):
    """What a person gets of a case from page, detail, list and notes, as one text."""
    caller = world.as_(who)
    parts = [caller.get(p).body for p in (f"/cases/{case_id}", f"/cases/{case_id}/notes", "/cases")]
    return f"{parts} {caller.page(f'/cases/{case_id}').body}"


def test_each_kind_of_note_has_its_readers(world):
    case = handled(world)
    for kind, text in (
        ("opinion", SECRET_WORDS),
        ("memo", "已联系街道"),
        ("progress", "已封堵暗管"),
    ):
        assert write(world, OFFICER, case, text, kind=kind).status == 200
    assert read(world, OFFICER, case) == [SECRET_WORDS, "已联系街道", "已封堵暗管"]
    assert read(world, COLLEAGUE, case) == ["已联系街道", "已封堵暗管"]
    assert read(world, PARTNER, case) == ["已封堵暗管"]
    assert world.as_("nanxun-officer1").get(f"/cases/{case}/notes").status == 404


def test_opinions_and_memos_never_leave_the_bureau(world):
    case = handled(world)
    write(world, OFFICER, case, SECRET_WORDS)
    write(world, OFFICER, case, "已联系街道", kind="memo")
    seen = everything_of(world, PARTNER, case)
    assert SECRET_WORDS not in seen
    assert "已联系街道" not in seen
    assert SECRET_WORDS not in everything_of(world, COLLEAGUE, case)
    for word in (SECRET_WORDS, "已联系街道"):
        assert world.as_(PARTNER).get("/search", q=word).body["items"] == []
    found = world.as_(COLLEAGUE).get("/search", q="已联系街道").body["items"]
    assert [hit["id"] for hit in found] == [case]


@pytest.mark.parametrize(
    ("who", "kind", "status"),
    [
        ("changxing-officer2", "opinion", 409),
        ("changxing-officer2", "progress", 200),
        ("changxing-liaison", "progress", 403),
        ("changxing-official", "memo", 200),
        ("yixing-officer1", "memo", 404),
    ],
)
def test_who_writes_which_note(world, who, kind, status):
    assert write(world, who, handled(world), "记录", kind=kind).status == status


def test_a_correction_stands_in_place_of_the_note_and_keeps_it(world):
    case = handled(world)
    made = write(world, OFFICER, case, "排口一处", kind="progress").body["progress"][0]
    path = f"/cases/{case}/notes/{made['id']}/correct"
    assert world.as_("changxing-officer2").post(path, {"text": "二处"}).status == 403
    note = world.as_(OFFICER).post(path, {"text": "排口两处"}).body["progress"][0]
    assert note["text"] == "排口两处"
    assert [one["text"] for one in note["earlier"]] == ["排口一处"]
    assert world.as_(OFFICER).post(path, {"text": "三处"}).body["rule"] == "case.note_done"
    theirs = world.as_(PARTNER).get(f"/cases/{case}/notes").body["items"]
    assert [(one["text"], "earlier" in one, "by_name" in one) for one in theirs] == [
        ("排口两处", False, False)
    ]
    assert theirs[0]["corrected_at"]


def test_a_withdrawn_note_is_gone_for_partners_and_stays_for_the_bureau(world):
    case = handled(world)
    made = write(world, OFFICER, case, "写错案件", kind="progress").body["progress"][0]
    path = f"/cases/{case}/notes/{made['id']}/withdraw"
    assert world.as_(OFFICER).post(path, {"reason": " "}).status == 422
    assert world.as_(OFFICER).post(path, {"reason": "写错"}).status == 200
    assert read(world, PARTNER, case) == []
    kept = world.as_(COLLEAGUE).get(f"/cases/{case}/notes").body["items"][0]
    assert (kept["text"], kept["withdrawn_reason"]) == ("写错案件", "写错")
    assert "写错案件" not in everything_of(world, PARTNER, case)


def test_progress_ends_with_the_share(world):
    case = handled(world)
    write(world, OFFICER, case, "已封堵暗管", kind="progress")
    share = share_of(world, case)
    world.as_("changxing-official").post(f"/shares/{share['id']}/recall", {"reason": "收回"})
    assert world.as_(PARTNER).get(f"/cases/{case}/notes").status == 404


def test_state_secrets_are_refused_in_notes(world):
    answer = write(world, OFFICER, handled(world), "绝密★ 内容", kind="memo")
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "text")
