"""Letters as Word and PDF: real characters, nobody's markup, nothing internal, sealed when sent."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from hub.documents import embedding, fonts
from hub.documents import pdf as pdf_module
from hub.documents.letter import Letter
from hub.documents.pdf import NoChineseFont, pdf
from hub.documents.word import word
from tests.support.requests import (
    LIAISON,
    OFFICER,
    OFFICIAL,
    THEIR_LIAISON,
    assistance,
    done,
    draft,
    fetched,
    sent,
)

pytestmark = pytest.mark.once


INJECTIONS = ["{{ 7*7 }}", "{% for x in ().__class__ %}", "<b>粗</b> & <w:t>", "{#注#}", "${1+1}"]
PRINTABLE = st.characters(exclude_categories=("Cs", "Cc", "Cf", "Co", "Cn"))


def test_no_line_of_a_pdf_begins_with_a_mark_that_belongs_to_the_line_before():
    for length in range(24, 30):
        said = ("汉" * length + "，" + "字" * 20 + "：" + "文" * 24 + "；终。",)
        text = PdfReader(io.BytesIO(pdf(letter(paragraphs=said)))).pages[0].extract_text()
        assert "汉，" in text.replace("\n", "")
        assert [line for line in text.splitlines() if line[:1] in embedding.NEVER_FIRST] == []


def test_what_opens_goes_with_the_word_that_it_opens():
    for length in range(22, 30):
        said = ("汉" * length + "《中华人民共和国行政处罚法》（以下简称“处罚法”）第二十五条" * 2,)
        text = PdfReader(io.BytesIO(pdf(letter(paragraphs=said)))).pages[0].extract_text()
        assert said[0] in text.replace("\n", "")
        assert [line for line in text.splitlines() if line.strip()[-1:] in ("《", "（", "“")] == []


def test_word_has_the_red_line_chinese_forms_and_one_label_for_all_who_countersigned():
    made = Document(io.BytesIO(word(letter(endorsements=("甲局　张", "乙局　李")))))
    head = made.paragraphs[0]._p.pPr
    assert [child.get(qn("w:color")) for child in head.find(qn("w:pBdr"))] == ["D90D0D"]
    lines = [paragraph.text for paragraph in made.paragraphs]
    assert "会签：甲局　张" in lines
    assert "乙局　李" in lines
    assert 'w:eastAsia="zh-CN"' in head.getparent().xml


def test_word_keeps_headings_and_the_signature_with_their_text():
    fine, parts = ("摘要：" + "a" * 64,), (("一、水质", ("双方通报。",)),)
    made = Document(io.BytesIO(word(letter(fine=fine, remark="以文件为准。", parts=parts))))
    kept = {one.text: one.paragraph_format.keep_with_next for one in made.paragraphs}
    assert kept["一、水质"]
    assert kept["请协助查明下列问题："]
    texts = [one.text for one in made.paragraphs]
    last_attached = next(n for n, one in enumerate(texts) if one.endswith("1. 照片.jpg"))
    ending = texts[last_attached:-1]
    assert all(kept[one] for one in ending), ending
    assert (texts[-2:], kept["双方通报。"]) == ([*fine, "以文件为准。"], None)
    assert made.settings.odd_and_even_pages_header_footer


def test_small_print_takes_a_line_each_in_pdf():
    fine = tuple(f"{name}：{'a1' * 32}" for name in ("签名摘要（SHA-256）", "回执签名密钥的指纹"))
    text = PdfReader(io.BytesIO(pdf(letter(fine=fine)))).pages[-1].extract_text()
    assert set(fine) <= set(text.splitlines())


def letter(**changes):
    fields = {
        "authority": "湖州市生态环境局长兴分局",
        "number": "长兴环协〔2026〕3号",
        "title": "关于协助核实废水来源的协查函",
        "addressee": "无锡市宜兴生态环境局",
        "paragraphs": ("界河南岸发现带色废水。",),
        "lists": (("请协助查明下列问题：", ("上游企业当日是否排水",)),),
        "attachments": ("照片.jpg",),
        "signer": "湖州市生态环境局长兴分局",
        "date": "2026年11月23日",
    }
    return Letter(**(fields | changes))


def text_of_word(data):
    document = Document(io.BytesIO(data))
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def text_of_pdf(data):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def test_the_pdf_carries_its_chinese_characters():
    data = pdf(letter())
    reader = PdfReader(io.BytesIO(data))
    page_fonts = reader.pages[0]["/Resources"]["/Font"].values()
    chinese = [font.get_object() for font in page_fonts if "Letter" in str(font.get_object())]
    assert len(chinese) >= 2
    for font in chinese:
        assert "/FontFile2" in font["/FontDescriptor"]
    text = re.sub(r"\s", "", text_of_pdf(data))
    for part in ("长兴环协〔2026〕3号", "关于协助核实废水来源的协查函", "带色废水", "—1—"):
        assert part in text


def test_word_and_pdf_say_the_same():
    one = letter()
    in_word, in_pdf = text_of_word(word(one)), re.sub(r"\s", "", text_of_pdf(pdf(one)))
    for part in (one.number, one.title, one.addressee, *one.paragraphs, one.date):
        assert part in in_word
        assert part in in_pdf


@pytest.mark.parametrize("text", INJECTIONS)
def test_what_looks_like_a_template_stays_text(text):
    one = letter(title=text, paragraphs=(text,), lists=((text, (text,)),), attachments=(text,))
    assert text_of_word(word(one)).count(text) == 5
    flat = re.sub(r"\s", "", text_of_pdf(pdf(one)))
    assert flat.count(re.sub(r"\s", "", text)) == 5


@settings(max_examples=40, deadline=None)
@given(st.text(PRINTABLE, min_size=1, max_size=60))
def test_any_text_makes_a_letter(text):
    one = letter(title=text, paragraphs=(text,))
    assert text.strip() in text_of_word(word(one))
    assert pdf(one).startswith(b"%PDF")


def test_a_long_letter_numbers_its_pages():
    data = pdf(letter(paragraphs=("一段很长的话。" * 40,) * 8))
    pages = PdfReader(io.BytesIO(data)).pages
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert f"— {number} —" in page.extract_text()


def test_a_title_of_twenty_characters_stands_on_one_line():
    title = "关于协助核实界河废水来源（演示）的协查函"
    assert title in text_of_pdf(pdf(letter(title=title)))


@pytest.mark.parametrize("lines", range(8, 16))
def test_the_signature_never_stands_alone_on_a_page(lines):
    one = letter(paragraphs=tuple(f"第{n}段。" for n in range(lines)), lists=(), attachments=())
    last = PdfReader(io.BytesIO(pdf(one))).pages[-1].extract_text()
    assert one.date in last
    assert f"第{lines - 1}段。" in last


@pytest.mark.parametrize("lines", range(9, 15))
def test_the_last_heading_goes_with_what_it_heads(lines):
    made = letter(
        paragraphs=("文" * 20,) * lines,
        lists=(),
        attachments=(),
        parts=(("一、情况", ("双方通报了情况。",)),),
        attendance=(("出席", ("某某",)), ("列席", ("某某",))),
    )
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf(made))).pages]
    (there,) = [page for page in pages if "一、情况" in page]
    assert "双方通报了情况" in there


def test_in_word_the_signature_is_kept_with_the_last_line_and_headings_with_theirs():
    made = letter(
        contact="联系人：某某",
        attendance=(("出席", ("某某",)),),
        endorsements=("甲", "乙"),
        remark="存档",
    )
    paragraphs = Document(io.BytesIO(word(made))).paragraphs
    texts = [one.text for one in paragraphs]
    last = next(n for n, text in enumerate(texts) if text.startswith("附件：1. 照片.jpg"))
    kept = [bool(one.paragraph_format.keep_with_next) for one in paragraphs]
    assert kept[last:] == [True] * (len(kept) - last - 1) + [False]
    assert kept[texts.index("请协助查明下列问题：")]
    assert not any(kept[: texts.index("请协助查明下列问题：")])
    assert texts[-1] == "存档"


def test_word_numbers_its_pages_at_the_outer_edge():
    made = Document(io.BytesIO(word(letter())))
    (section,) = made.sections
    assert made.settings.odd_and_even_pages_header_footer
    sides = [foot.paragraphs[0].alignment for foot in (section.footer, section.even_page_footer)]
    assert sides == [WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT]


def test_a_long_title_stands_in_even_lines_in_both():
    title = "关于《关于协助核实废水来源的协查函》的复函"
    lines = ["关于《关于协助核实废", "水来源的协查函》的复函"]
    data = letter(title=title)
    assert "\n".join(lines) in [one.text for one in Document(io.BytesIO(word(data))).paragraphs]
    drawn = PdfReader(io.BytesIO(pdf(data))).pages[0].extract_text().splitlines()
    assert [line.strip() for line in drawn if line.strip() in lines] == lines


def test_properties_name_nobody():
    data = pdf(letter())
    assert not any(PdfReader(io.BytesIO(data)).metadata.get(k) for k in ("/Author", "/Title"))
    with zipfile.ZipFile(io.BytesIO(word(letter()))) as archive:
        core = archive.read("docProps/core.xml").decode()
    assert "python-docx" not in core
    assert re.search(r"<dc:creator>[^<]+</dc:creator>", core) is None


def test_without_a_chinese_font_word_still_works(monkeypatch):
    monkeypatch.setattr(embedding, "BODY", ("no-such-font.ttf",))
    fonts.find.cache_clear()
    assert not pdf_module.can_draw()
    with pytest.raises(NoChineseFont) as refused:
        pdf(letter())
    assert refused.value.code == "no-chinese-font"
    assert "长兴环协" in text_of_word(word(letter()))
    fonts.find.cache_clear()


def test_both_sides_get_the_same_sealed_letter(world):
    row = sent(world)
    assert re.fullmatch(r"长兴环协〔\d{4}〕\d+号", row["document_number"])
    assert "0" not in row["document_number"].split("〕")[1][:1]
    for file in row["letters"]:
        got = []
        for who in (LIAISON, THEIR_LIAISON):
            status, data = fetched(world, who, file["url"])
            assert status == 200
            assert hashlib.sha256(data).hexdigest() == file["sha256"]
            got.append(data)
        assert got[0] == got[1]
        text = text_of_pdf(got[0]) if file["name"].endswith("pdf") else text_of_word(got[0])
        flat = re.sub(r"\s", "", text)
        assert row["document_number"] in flat
        assert "上游企业当日是否排水" in flat


def test_there_is_no_letter_before_it_is_sent(world):
    row = draft(world)
    assert done(world, row["id"], (OFFICIAL, "approve", {}))["letters"] == []


def test_numbers_of_letters_follow_each_other(world):
    numbers = [sent(world, assistance(world))["document_number"] for _ in range(2)]
    first, second = (int(re.search(r"〕(\d+)号", n)[1]) for n in numbers)
    assert second == first + 1
    assert draft(world, who=OFFICER)["document_number"] is None
