"""The mediation agreement (调解协议书) and the reply (答复意见书) of a petition as letters.

The words below are the letters' own, in the language of the authorities, whoever reads the page.
Neither names who brought the petition: the reply begins 信访人, and whoever posts it writes the
name on the envelope by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.bureaus.services import bureau
from hub.db import utc_now
from hub.documents.letter import Letter
from hub.documents.pdf import can_draw, pdf
from hub.documents.word import MEDIA_TYPE, word
from hub.errors import NotFound, Unavailable
from hub.petitions.models import Petition
from hub.petitions.views import petition_view
from hub.requests.letters import chinese_date

DRAFT = "草稿，未编号，不得发出。"
BASIS = "《信访工作条例》"


@dataclass(frozen=True)
class Made:
    """A letter as a file."""

    name: str
    media_type: str
    data: bytes


def letter_of(session: Session, actor: Actor, row: Petition, which: str) -> Letter:
    """A letter of a petition whose text the reader is shown; without a number it is a draft.

    Raises:
        NotFound: there is no such text, or it is not shown to him.
    """
    view = petition_view(session, actor.reader, row) or {}
    if which not in _KINDS:
        raise NotFound
    make, number = _KINDS[which]
    # A draft is the owner's alone; the neighbour gets what was issued.
    if not view.get(which) or (not view["own"] and not view[number]):
        raise NotFound
    return make(session, row)


def made_file(letter: Letter, form: str) -> Made:
    """A letter as Word or PDF.

    Raises:
        NotFound: no such form.
        Unavailable: this machine has no Chinese font to draw a PDF with.
    """
    name = letter.number or letter.title
    if form not in ("docx", "pdf"):
        raise NotFound
    if form == "docx":
        return Made(f"{name}.docx", MEDIA_TYPE, word(letter))
    if not can_draw():
        raise Unavailable(_l("此服务器没有中文字体，不能生成PDF；请下载Word。"))
    return Made(f"{name}.pdf", "application/pdf", pdf(letter))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.split("\n") if line.strip())


def _matter(row: Petition) -> str:
    day = chinese_date(row.received_at)
    return f"{day}收到的“{row.title}”信访事项（编号：{row.number}）"


def _parties(session: Session, row: Petition) -> tuple[str, ...]:
    return tuple(bureau(session, one).name for one in (row.owner_bureau_id, row.shared_with) if one)


def _settlement(session: Session, row: Petition) -> Letter:
    parties = _parties(session, row)
    place = f"，地点：{row.place}" if row.place else ""
    firm = row.firm_name or "被反映单位"
    opening = (
        f"{'、'.join(parties)}就{_matter(row)}{place}，在查明事实的基础上组织调解。"
        f"信访人与{firm}自愿达成如下协议："
    )
    return Letter(
        authority=parties[0],
        number=row.settlement_number or "",
        title="信访事项调解协议书",
        addressee="",
        paragraphs=(opening, *_lines(row.settlement), "本协议一式数份，各方各执一份。"),
        attendance=(("信访人", ("（签名）",)), (firm, ("（盖章）",))),
        endorsements=tuple(f"{name}　（盖章）" for name in parties),
        date=_date(row.settled_at),
        remark="" if row.settlement_number else DRAFT,
    )


def _reply(session: Session, row: Petition) -> Letter:
    parties = _parties(session, row)
    together = f"，与{parties[1]}共同核查、调解" if len(parties) > 1 else ""
    return Letter(
        authority=parties[0],
        number=row.reply_number or "",
        title="信访事项答复意见书",
        addressee="信访人",
        paragraphs=(
            f"我单位对{_matter(row)}依法受理{together}。现答复如下：",
            *_lines(row.reply),
            f"如不服本答复意见，可以自收到本答复意见书之日起三十日内，依照{BASIS}向上一级机关、"
            "单位请求复查。",
        ),
        signer=parties[0],
        date=_date(row.answered_at),
        remark="" if row.reply_number else DRAFT,
    )


def _date(at: datetime | None) -> str:
    return chinese_date(at or utc_now())


_KINDS: dict[str, tuple[Callable[[Session, Petition], Letter], str]] = {
    "settlement": (_settlement, "settlement_number"),
    "reply": (_reply, "reply_number"),
}
