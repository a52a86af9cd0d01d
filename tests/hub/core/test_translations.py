"""Chinese is the source, English is complete: no text is left behind in either."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.jslexer import tokenize
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[3]
CATALOGUE = ROOT / "hub" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
CJK = re.compile(r"[\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "t": None}
KEYWORDS |= {
    "ngettext": (1, 2),
    "tn": (1, 1),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
}
# Places of Chinese that is data, not screen text: the demo, names that the law gives, letters.
DATA = (
    "hub/demo/",
    "hub/numbering/",
    "hub/bureaus/english.py",
    "hub/documents/",
    "hub/requests/letters.py",
    "hub/requests/reply_words.py",
    "hub/petitions/letters.py",
    "hub/meetings/notice.py",
    "hub/meetings/protocol.py",
    "hub/exchange/receipt_letter.py",
    "hub/inspections/words.py",
    "hub/inspections/sheet.py",
    "hub/reports/patrol_sheet.py",
)
MARK = "# data, not screen text"


def source_texts() -> dict[str, str]:
    """Every text given to a translating function, with where it stands."""
    with (ROOT / "babel.cfg").open() as stream:
        methods, options = parse_mapping_cfg(stream)
    found = extract_from_dir(
        str(ROOT),
        method_map=methods,
        options_map=options,
        keywords=KEYWORDS,
        directory_filter=lambda path: not Path(path).name.startswith("."),
    )
    return {
        text if isinstance(text, str) else text[0]: f"{path}:{line}"
        for path, line, text, _c, _x in found
    }


def english() -> dict[str, str]:
    with CATALOGUE.open("rb") as stream:
        return {
            text: english
            for m in read_po(stream, locale="en")
            if m.id
            for text, english in _pairs(m)
        }


def _pairs(message: Message) -> list[tuple[str, str]]:
    """Of a text with a count, the English of one and of many are checked as two."""
    if not message.pluralizable:
        return [(str(message.id), str(message.string))]
    one, many = message.string
    return [(message.id[0], one if many else ""), (f"{message.id[1]} ", many)]


def test_every_text_has_its_english():
    catalogue = english()
    texts = source_texts()
    assert len(texts) > 100, "extraction found next to nothing"
    missing = {text: where for text, where in texts.items() if not catalogue.get(text)}
    assert not missing, missing


def test_no_text_is_left_out_when_the_catalogue_is_compiled():
    """What is marked as guessed (fuzzy) would stand there in Chinese."""
    with CATALOGUE.open("rb") as stream:
        assert [message.id for message in read_po(stream) if message.fuzzy] == []


def test_translations_keep_their_placeholders():
    for chinese, translated in english().items():
        assert set(PLACEHOLDER.findall(chinese)) == set(PLACEHOLDER.findall(translated)), chinese


def test_no_english_text_still_holds_chinese():
    allowed = re.compile(r"联防|中文|〔|〕|[“”]")
    for chinese, translated in english().items():
        assert not CJK.search(allowed.sub("", translated)), chinese


def test_templates_hold_no_bare_text():
    for page in sorted((ROOT / "templates").rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        bare = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", "", text, flags=re.DOTALL)
        bare = bare.replace("联防", "").replace("中文", "")
        found = [line.strip() for line in bare.splitlines() if CJK.search(line)]
        assert not found, f"{page.relative_to(ROOT)}: {found}"


def test_scripts_hold_no_bare_text():
    for module in sorted((ROOT / "hub" / "static" / "js").rglob("*.js")):
        text = module.read_text(encoding="utf-8")
        text = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", text, flags=re.DOTALL)
        # Patterns that read what people type ("东经", "北纬") are no screen text.
        text = re.sub(r"/(?:\\.|\[[^\]\n]*\]|[^/\n\\])+/[a-z]*", "", text)
        text = re.sub(r"\btn?\(\s*([\"'`])(?:\\.|(?!\1).)*\1", "", text, flags=re.DOTALL)
        found = [line.strip() for line in text.splitlines() if CJK.search(line)]
        assert not found, f"{module.relative_to(ROOT)}: {found}"


def scripts() -> list[Path]:
    found = sorted((ROOT / "hub" / "static" / "js").rglob("*.js"))
    assert found
    return found


def hidden_in_templates(source: str) -> list[str]:
    """Template literals in whose ${…} a text is translated: the extraction does not look there."""
    return [
        f"{token.lineno}: {token.value}"
        for token in tokenize(source, jsx=True)
        if token.type == "template_string" and re.search(r"\$\{[^`]*?\bt\(", token.value)
    ]


def test_scripts_translate_nothing_inside_a_template_literal():
    assert hidden_in_templates('x = `${n} ${ok ? t("是") : ""}`')
    assert not hidden_in_templates('x = [`${n} (t)`, t("是")]; // `${t}`')
    found = [f"{p.name}:{one}" for p in scripts() for one in hidden_in_templates(p.read_text())]
    assert not found, f"stand beside it, or take a text with placeholders: {found}"


def test_every_text_of_the_scripts_is_extracted():
    texts = source_texts()
    literal = re.compile(r"\btn?\(\s*([\"'`])((?:\\.|(?!\1).)*)\1", re.DOTALL)
    asked = {(p.name, m[2]) for p in scripts() for m in literal.finditer(p.read_text())}
    assert len(asked) > 100
    assert not [one for one in asked if one[1] not in texts]


def _bare_strings(path: Path) -> list[str]:
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    tree = ast.parse(source)
    translated: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = (
                node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            )
            if name in KEYWORDS:
                translated.update(id(sub) for sub in ast.walk(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            translated.add(id(node.value))  # a docstring
    return [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.value!r}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CJK.search(node.value.replace("联防", ""))
        and id(node) not in translated
        and MARK not in lines[node.lineno - 1]
    ]


def test_code_holds_no_bare_text():
    found = [
        item
        for path in sorted((ROOT / "hub").rglob("*.py"))
        if not str(path.relative_to(ROOT)).startswith(DATA)
        for item in _bare_strings(path)
    ]
    assert not found, found
