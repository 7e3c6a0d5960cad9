"""A policy that is written as a text says the same when it is read."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from shared.policy.reading import read_policy
from shared.policy.written import as_yaml

ROOT = Path(__file__).parents[3]
POLICIES = [*sorted((ROOT / "programs").rglob("policy.yaml")), ROOT / "examples" / "policy.yaml"]


@pytest.mark.parametrize("file", POLICIES, ids=lambda file: file.parent.name)
def test_reading_it_makes_the_same_policy(file: Path) -> None:
    policy = read_policy(file.read_bytes())
    text = as_yaml(policy)
    assert read_policy(text.encode()) == policy
    assert len(text) <= len(yaml.safe_dump(policy.model_dump(mode="json")))


def test_defaults_are_left_out_and_words_that_look_like_others_stay_words() -> None:
    policy = read_policy(b"program: 'no'\nversion: 1\nprotection: {days: 90}\nrequired_fields: [amount]\n")
    assert as_yaml(policy) == "program: 'no'\nversion: 1\nrequired_fields: [amount]\nprotection:\n  days: 90\n"
