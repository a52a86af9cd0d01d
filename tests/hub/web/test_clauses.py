"""How clauses are cited in English: on the server and by the scripts, in the same words."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from flask_babel import force_locale

from hub.web.clauses import clause_name
from tests.support.world import World

SCRIPT = Path(__file__).resolve().parents[3] / "hub" / "static" / "js" / "clauses.js"
SAID = {
    "第五条": "Clause 5 (第五条)",
    "第十二条第二款": "Clause 12(2) (第十二条第二款)",
    "第一百零三条第一款第二十项": "Clause 103(1)(20) (第一百零三条第一款第二十项)",
    "第8条": "Clause 8 (第8条)",
    "附则": "附则",
    "": "",
}


def test_a_clause_keeps_its_label_and_says_its_number_in_english(world: World):
    with world.app.test_request_context():
        with force_locale("en"):
            assert {label: clause_name(label) for label in SAID} == SAID
        with force_locale("zh"):
            assert clause_name("第五条") == "第五条"


@pytest.mark.once
def test_the_scripts_say_the_same(tmp_path: Path):
    (tmp_path / "i18n.js").write_text('export const locale = "en";')
    (tmp_path / "clauses.js").write_text(SCRIPT.read_text(encoding="utf-8"))
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "ask.js").write_text(
        'import { clauseName } from "./clauses.js";\n'
        "const labels = JSON.parse(process.argv[2]);\n"
        "console.log(JSON.stringify(Object.fromEntries(labels.map((l) => [l, clauseName(l)]))));\n"
    )
    asked = ["node", str(tmp_path / "ask.js"), json.dumps(list(SAID))]
    answer = subprocess.run(asked, check=True, capture_output=True, text=True, timeout=120)
    assert json.loads(answer.stdout) == SAID
