"""What is wrong with a scenario file, by file, line and column, with its remedy."""

from __future__ import annotations

from collections.abc import Sequence

from shared.errors import FieldProblem, Invalid
from shared.policy.refused import Place


class ScenarioInvalid(Invalid):
    """The scenario file cannot be run as it stands."""

    code = "scenario.invalid"


class NotYet(ScenarioInvalid):
    """The scenario says what no fact or policy of this release can say: it may wait for it as `pending`."""

    code = "scenario.not_expressible"

    @classmethod
    def of(cls, problems: Sequence[FieldProblem]) -> NotYet:
        """Return the refusal that lists these problems, each once; there is at least one."""
        found = [*dict.fromkeys(problems)]
        return cls(found[0].message, found)


class Source:
    """A file's name and the place of each of its values, by dotted path."""

    def __init__(self, name: str, places: dict[str, Place]) -> None:
        self.name = name
        self._places = places

    def place(self, path: str) -> Place:
        """Return the place of the value, or of the nearest one around it."""
        while path and path not in self._places:
            path = path.rpartition(".")[0]
        return self._places.get(path, Place())

    def told(self, path: str, message: str) -> str:
        """Return the message behind file, line, column and path."""
        return f"{self.name}, {self.place(path)}: {path or 'file'}: {message}"

    def refuses(self, path: str, message: str) -> ScenarioInvalid:
        """Return the refusal of what stands at the path."""
        return ScenarioInvalid(*self._told(ScenarioInvalid.code, path, message))

    def not_yet(self, path: str, message: str) -> NotYet:
        """Return the refusal of what a later release may be able to say."""
        return NotYet(*self._told(NotYet.code, path, message))

    def problem(self, code: str, path: str, message: str) -> FieldProblem:
        """Return the problem of what stands at the path."""
        place = self.place(path)
        return FieldProblem(path, code, self.told(path, message), place.line, place.column)

    def _told(self, code: str, path: str, message: str) -> tuple[str, tuple[FieldProblem]]:
        problem = self.problem(code, path, message)
        return problem.message, (problem,)


def inner(path: str, name: object) -> str:
    """Return the path of a member of what stands at `path`."""
    return f"{path}.{name}" if path else str(name)
