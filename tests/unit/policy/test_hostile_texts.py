"""What is made to end a process does not: the texts are read in one of its own, which must live to the end."""

from __future__ import annotations

import subprocess
import sys

from shared.policy.reading import MAX_POLICY_BYTES
from tests.hostile_texts import TEXTS

READER = """
from shared.policy.reading import read_policy
from shared.policy.refused import PolicyRefused
from tests.hostile_texts import TEXTS

for name, text in TEXTS.items():
    try:
        read_policy(text.encode())
    except PolicyRefused as refused:
        assert refused.status == 422
        assert all(one.message.startswith("line ") and ", column " in one.message for one in refused.problems)
        print("refused", name.encode("ascii", "backslashreplace").decode(), flush=True)
"""


def test_every_hostile_text_is_refused_with_its_place_and_the_process_lives() -> None:
    assert all(len(text.encode()) <= MAX_POLICY_BYTES for text in TEXTS.values())
    done = subprocess.run([sys.executable, "-c", READER], capture_output=True, text=True, timeout=100, check=False)
    told = [line.removeprefix("refused ") for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (0, ""), f"after {told[-1:]}: {done.stderr[-500:]}"
    assert told == [name.encode("ascii", "backslashreplace").decode() for name in TEXTS]
