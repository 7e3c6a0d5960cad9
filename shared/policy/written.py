"""A policy as a text that states it: what the next version is written from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from shared.policy.schema import Policy

MEDIA_TYPE = "application/yaml"


def as_yaml(policy: Policy) -> str:
    """YAML that states the policy, defaults left out; reading it makes the same policy."""
    stated = policy.model_dump(mode="json", exclude_defaults=True)
    return yaml.dump(stated, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, default_flow_style=False)


class _Dumper(yaml.SafeDumper):
    """Writes lists of words on one line, as people do."""

    def represent_sequence(
        self, tag: str, sequence: Iterable[Any], flow_style: bool | None = None
    ) -> yaml.SequenceNode:
        plain = isinstance(sequence, list) and all(isinstance(one, str | int) for one in sequence)
        return super().represent_sequence(tag, sequence, flow_style=plain)

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)
