"""How much of what was read is remembered by a process: enough for who comes again soon, in memory that stays flat."""

from __future__ import annotations

from typing import Final

COMPANIES: Final = 16_384
"""Companies, or pairs of them. What all functions together keep of one is some 5 kB."""
WORDS: Final = 32_768
"""Words of names, some 150 bytes each a function; those that come often stay."""
PAIRS_OF_WORDS: Final = 65_536
"""Pairs of different words that were compared."""
