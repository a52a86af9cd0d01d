"""A letter as Word: a template of our own, filled by docxtpl with escaping on.

The template is made here rather than kept as a binary, so that it can be read and reviewed.
"""

from __future__ import annotations

import io
from dataclasses import asdict
from functools import cache
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.oxml import serialize_part_xml
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docxtpl import DocxTemplate
from jinja2.sandbox import SandboxedEnvironment

from hub.documents.letter import Letter

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FANGSONG, TITLE_SONG, SONG = "仿宋_GB2312", "方正小标宋简体", "宋体"
HEITI = "黑体"
LEFT, CENTER, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
STAND_INS = {
    FANGSONG: "仿宋,FangSong,Noto Serif CJK SC", TITLE_SONG: "SimSun,Noto Serif CJK SC",
    SONG: "SimSun,Noto Serif CJK SC",
}  # fmt: skip
# In points: 3号 characters, 22 lines on a page.
SIZE, LINE = 16, 29
# A label of two characters and its colon, two characters from the margin.
LABEL, HANG = Pt(3 * SIZE), Pt(5 * SIZE)


def word(letter: Letter) -> bytes:
    """The letter as .docx; document properties name nobody."""
    template = DocxTemplate(io.BytesIO(_template()))
    # The texts are values, never template text: what looks like a tag in them stays as it is.
    template.render(_context(letter), SandboxedEnvironment(autoescape=True), autoescape=True)
    _keep_signature(template.docx, letter)
    properties = template.docx.core_properties
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.title = letter.number
    out = io.BytesIO()
    template.save(out)
    return out.getvalue()


def _context(letter: Letter) -> dict[str, Any]:
    return asdict(letter) | {
        "title": "\n".join(letter.title_lines()),
        "lists": [{"heading": heading, "lines": [f"{n}. {text}" for n, text in enumerate(items, 1)]}
                  for heading, items in letter.lists],
        "attachments": [f"{n}. {text}" for n, text in enumerate(letter.attachments, 1)],
        "parts": [{"heading": heading, "lines": lines} for heading, lines in letter.parts],
        "attendance": [{"label": label, "lines": lines}
                       for label, lines in letter.attendance_lines()],
        "notes": letter.notes(),
    }  # fmt: skip


def _keep_signature(document: Any, letter: Letter) -> None:
    """The signature does not stand on a page without text (GB/T 9704): the last line goes too."""
    rows = sum(len(lines) for _label, lines in letter.attendance_lines())
    ending = rows + len(letter.notes()) + bool(letter.signer) + bool(letter.contact)
    # Before it the blank line and the last of the text; after it the date.
    for paragraph in document.paragraphs[-(ending + 3) : -1]:
        paragraph.paragraph_format.keep_with_next = True


@cache
def _template() -> bytes:
    document = Document()
    _name_stand_ins(document)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _line(document, "{{ authority }}", font=TITLE_SONG, size=30, align=CENTER, red=True, line=40)
    # 版头分隔线, 2 points thick.
    _rule(document.paragraphs[-1], "bottom", size=16, space=4, color="D90D0D")
    _line(document, "{{ number }}", align=RIGHT)
    _line(document, "")
    _line(document, "{{ title }}", font=TITLE_SONG, size=22, align=CENTER, line=34)
    _line(document, "")
    _line(document, "{%p if addressee %}")
    _line(document, "{{ addressee }}：")
    _line(document, "{%p endif %}")
    _loop(document, "one in paragraphs", "{{ one }}")
    _line(document, "{%p for part in parts %}")
    _line(document, "{{ part.heading }}", font=HEITI, indent=True, leads=True)
    _loop(document, "one in part.lines", "{{ one }}")
    _line(document, "{%p endfor %}")
    _line(document, "{%p for part in lists %}")
    _line(document, "{{ part.heading }}", indent=True, leads=True)
    _loop(document, "one in part.lines", "{{ one }}")
    _line(document, "{%p endfor %}")
    _labelled(document, "one in attachments", "附件", font=FANGSONG)
    _line(document, "")
    _line(document, "{%p if signer %}")
    _line(document, "{{ signer }}", align=RIGHT, right=2)
    _line(document, "{%p endif %}")
    _line(document, "{%p for part in attendance %}")
    _labelled(document, "one in part.lines", "{{ part.label }}", font=HEITI)
    _line(document, "{%p endfor %}")
    _line(document, "{{ date }}", align=RIGHT, right=2)
    _line(document, "{%p if contact %}")
    _line(document, "（{{ contact }}）", indent=True)
    _line(document, "{%p endif %}")
    _line(document, "{%p for one in notes %}")
    _line(document, "{%p if loop.first %}")
    _line(document, "{{ one }}", size=9, line=13)
    _rule(document.paragraphs[-1], "top", size=4, space=2, color="000000")
    document.paragraphs[-1].paragraph_format.space_before = Pt(6)
    _line(document, "{%p else %}")
    _line(document, "{{ one }}", size=9, line=13)
    _line(document, "{%p endif %}")
    _line(document, "{%p endfor %}")
    _page_numbers(document, section)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _name_stand_ins(document: Any) -> None:
    """Which fonts take the place of those that a machine lacks: ones with serifs, as these have.

    Without a word about it a word processor takes what it likes, often without serifs.
    """
    part = next(one for one in document.part.package.iter_parts()
                if one.partname == "/word/fontTable.xml")  # fmt: skip
    table = parse_xml(part.blob)
    for name, others in STAND_INS.items():
        font = OxmlElement("w:font")
        font.set(qn("w:name"), name)
        for tag, value in (("altName", others), ("charset", "86"), ("family", "roman")):
            child = OxmlElement(f"w:{tag}")
            child.set(qn("w:val"), value)
            font.append(child)
        table.append(font)
    part._blob = serialize_part_xml(table)


def _rule(paragraph: Any, side: str, *, size: int, space: int, color: str) -> None:
    """A line above or below a paragraph; its thickness in eighths of a point."""
    borders = OxmlElement("w:pBdr")
    line = OxmlElement(f"w:{side}")
    how = {"val": "single", "sz": str(size), "space": str(space), "color": color}
    for name, value in how.items():
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    # Word is strict about the order: borders stand before spacing, indent and alignment.
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:kinsoku", "w:wordWrap", "w:snapToGrid", "w:spacing",
        "w:ind", "w:jc", "w:rPr",
    )  # fmt: skip


def _loop(document: Any, condition: str, text: str) -> None:
    _line(document, "{%p for " + condition + " %}")
    _line(document, text, indent=True)
    _line(document, "{%p endfor %}")


def _labelled(document: Any, condition: str, label: str, *, font: str) -> None:
    """Lines of which the first has a label of two characters before it; all begin below another."""
    _line(document, "{%p for " + condition + " %}")
    _line(document, "{%p if loop.first %}")
    _line(document, label, font=font)
    first = document.paragraphs[-1]
    set_font(first.add_run("：{{ one }}"), FANGSONG, SIZE)
    first.paragraph_format.left_indent, first.paragraph_format.first_line_indent = HANG, -LABEL
    _line(document, "{%p else %}")
    _line(document, "{{ one }}")
    document.paragraphs[-1].paragraph_format.left_indent = HANG
    _line(document, "{%p endif %}")
    _line(document, "{%p endfor %}")


def _line(
    document: Any,
    text: str,
    *,
    font: str = FANGSONG,
    size: float = SIZE,
    align: Any = None,
    indent: bool = False,
    red: bool = False,
    line: float = LINE,
    leads: bool = False,
    right: int = 0,
) -> None:
    """A paragraph of lines so many points apart whatever its font, as in the PDF.

    Args:
        leads: keeps it with the next one.
        right: characters by which it is indented at its end.
    """
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    if indent:
        form.first_line_indent = Pt(2 * size)
    if leads:
        form.keep_with_next = True
    if right:
        form.right_indent = Pt(right * size)
    if align is not None:
        paragraph.alignment = align
    run = paragraph.add_run(text)
    set_font(run, font, size)
    if red:
        run.font.color.rgb = RGBColor(0xD9, 0x0D, 0x0D)


def set_font(run: Any, font: str, size: float) -> None:
    """Give a run of text its font, for Chinese characters too; size in points."""
    run.font.name, run.font.size = font, Pt(size)
    fonts = run._element.rPr.rFonts
    fonts.set(qn("w:eastAsia"), font)
    # Where the font is missing, its stand-in has to have Chinese forms, not Japanese or Taiwan's.
    fonts.set(qn("w:hint"), "eastAsia")
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "zh-CN")
    language.set(qn("w:eastAsia"), "zh-CN")
    run._element.rPr.append(language)


def _page_numbers(document: Any, section: Any) -> None:
    """— 1 — in 4号宋体 at the foot, one character in: right on odd pages, left on even ones."""
    document.settings.odd_and_even_pages_header_footer = True
    for footer, align in ((section.footer, RIGHT), (section.even_page_footer, LEFT)):
        paragraph = footer.paragraphs[0]
        paragraph.alignment = align
        form = paragraph.paragraph_format
        form.left_indent = form.right_indent = Pt(14)
        set_font(paragraph.add_run("— "), SONG, 14)
        field_run(paragraph, "PAGE", SONG, 14)
        set_font(paragraph.add_run(" —"), SONG, 14)


def field_run(paragraph: Any, name: str, font: str, size: float) -> None:
    """A field that the word processor fills in: PAGE, NUMPAGES."""
    for kind in ("begin", "code", "end"):
        run = paragraph.add_run("")
        set_font(run, font, size)
        part = OxmlElement("w:instrText" if kind == "code" else "w:fldChar")
        if kind == "code":
            part.text = name
        else:
            part.set(qn("w:fldCharType"), kind)
        run._element.append(part)
