"""The refusal of a policy document, with the place of each problem."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from shared.errors import FieldProblem, Invalid

MAX_PROBLEMS = 100
"""A policy of nothing but mistakes is refused with its first hundred, and no more are kept."""


class PolicyRefused(Invalid):
    """The policy document cannot be published as it stands."""

    code = "policy.invalid"

    @classmethod
    def of(cls, problems: Sequence[FieldProblem]) -> PolicyRefused:
        """The refusal that lists these problems; there is at least one."""
        first, plural = problems[0].message, "s" * (len(problems) != 1)
        return cls(f"{len(problems)} problem{plural} in the policy; first: {first}", problems[:MAX_PROBLEMS])


class Place(NamedTuple):
    """A place in the text; both count from 1."""

    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"

    def told(self, message: str) -> str:
        """The message behind its place."""
        return f"{self}: {message}"

    def problem(self, field: str, code: str, message: str) -> FieldProblem:
        """The problem that stands here."""
        return FieldProblem(field, code, self.told(message), self.line, self.column)

    def refuses(self, message: str) -> PolicyRefused:
        """The refusal of a text that cannot be read past this place."""
        problem = self.problem("", "policy.syntax", message)
        return PolicyRefused(problem.message, (problem,))
