"""Which release this is: it decides, and its name stands in the journal where its decisions begin."""

from __future__ import annotations

from importlib.metadata import version

RELEASE = version("dealreg")
