"""The policy editor's script suggests what the schema allows at the cursor, and takes no key that it was not asked for.

Node runs it where there is one; neither running nor installing dealreg needs it.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from services.console.rendering import SCRIPT
from shared.policy.json_schema import json_schema

NODE = shutil.which("node")
EXPECTED: dict[str, tuple[str, ...]] = {
    "pro|": ("program", "protection"),
    "protection:\n  ext|": ("extension",),
    "protection: {days: 9, ext|": ("extension",),
    "protection:\n  extension: {requires: [|": ("evidence",),
    "exclusivity:\n  mode: |": ("one", "shared", "none"),
    "conflict:\n  order: [app|": ("approved_first",),
    "conflict:\n  order:\n  - man|": ("manual",),
    "rewards:\n- name: a\n  ho|": ("hold_days",),
    "rewards:\n  - name: a\n    role: so|": ("sourced",),
    "rewards:\n- {name: a, kind: reb|": ("rebate",),
    "rewards:\n- name: a\n  kind: rebate\nclaw|": ("clawback",),
    "same_deal:\n  products: same_line\nreview:\n  auto|": ("auto_approve_if",),
    "gates:\n  before_rfp: |": ("true", "false"),
    "# pro|": (),
    "nothing:\n  |": (),
}


@pytest.mark.skipif(NODE is None, reason="no node is installed")
def test_what_may_stand_at_the_cursor_is_suggested() -> None:
    assert NODE is not None
    asked = {"script": SCRIPT.decode(), "schema": json_schema("policy"), "texts": list(EXPECTED)}
    done = subprocess.run(
        [NODE, str(Path(__file__).parent / "editor.js")],
        input=json.dumps(asked), capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    found: list[dict[str, Any]] = json.loads(done.stdout)
    for (text, names), one in zip(EXPECTED.items(), found, strict=True):
        assert tuple(one["names"]) == names, text
        assert one["free"], "whoever just types keeps Enter and Tab"
        assert one["leaves"], "Tab always leads on"
        if names:
            before = text.replace("|", "")
            begun = re.split(r"[\s{\[,]", before)[-1]
            assert one["value"].startswith(before[: len(before) - len(begun)] + names[0]), text


def test_the_script_asks_nobody_else_and_puts_no_text_into_a_page_as_markup() -> None:
    text = SCRIPT.decode()
    assert len(SCRIPT) <= 60_000
    assert "http:" not in text
    assert "https:" not in text
    assert not re.findall(r"innerHTML\s*=[^=]|insertAdjacentHTML|eval\(|new Function|document\.write", text)
