"""Why a file, a column or a cell cannot be used: a reason with what it names, said in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from shared.errors import FieldProblem, RequestInvalid
from shared.http.problems import sentence
from shared.messages import DEFAULT, Language, language

MAX_CELL = 40
"""Characters of a cell that are repeated: enough to find it in the file."""


class Unusable(Exception):
    """The file, a column or a cell cannot be used; the catalogue has a sentence for each reason.

    What it names is safe to repeat.
    """

    def __init__(self, reason: str, field: str = "", **named: str) -> None:
        super().__init__(reason)
        self.reason, self.field, self.named = reason, field, named

    @property
    def code(self) -> str:
        """The published code: the reason without what tells it from its like, `file.value` of `file.value.number`."""
        return ".".join(self.reason.split(".")[:2])

    def of(self, field: str, **named: str) -> Unusable:
        """Return the same about that field, with more that its sentence names."""
        return Unusable(self.reason, field, **{**self.named, **named})

    def said(self, said: Language | None = None) -> str:
        """Return the sentence, in the default language unless told otherwise."""
        return (said or language()).say(self.reason, self.named)


class FileRefused(RequestInvalid):
    """The file as a whole cannot be read as it stands; every reason is listed."""

    def __init__(self, reasons: Sequence[Unusable], said: Language | None = None) -> None:
        super().__init__([FieldProblem(one.field, one.code, one.said(said)) for one in reasons])
        self.reasons = reasons
        if said is not None and said.tag != DEFAULT:
            self.detail = sentence(RequestInvalid.code, said) or self.detail
            self.language = said.tag  # type: ignore[misc]

    def in_language(self, said: Language) -> FileRefused:
        """Return the same refusal in that language."""
        return FileRefused(self.reasons, said)
