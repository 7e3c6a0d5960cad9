"""Which release this is: it decides, and its name stands in the journal where its decisions begin."""

from __future__ import annotations

from importlib.metadata import version

RELEASE = version("dealreg")

RELEASED = ("0.1.0",)
"""Every release, the oldest first: each can be upgraded from, and its schema with data is kept (`tests/upgrade/`)."""
