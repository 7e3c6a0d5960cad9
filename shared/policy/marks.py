"""Marks: whose knowledge an input of a finding is. Readers redact by them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Mark = Literal["own", "rival", "vendor"]
"""The claimant's own or the program's terms, a rival's, or the vendor's alone. A partner reads `own` only."""
Inputs = Mapping[str, Mark]
"""What a clause sees, by name; its needs name the same."""
