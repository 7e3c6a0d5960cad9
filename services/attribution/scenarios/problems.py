"""What is wrong with a scenario file, by file, line and column, with its remedy."""

from __future__ import annotations

from typing import TypeVar

from shared.errors import FieldProblem, Invalid
from shared.policy.refused import Place


class ScenarioInvalid(Invalid):
    """The scenario file cannot be run as it stands."""

    code = "scenario.invalid"


class NotYet(ScenarioInvalid):
    """The scenario says what no fact or policy of this release can say: it may wait for it as `pending`."""

    code = "scenario.not_expressible"


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
        return _refusal(ScenarioInvalid, path, self.told(path, message))

    def not_yet(self, path: str, message: str) -> NotYet:
        """Return the refusal of what a later release may be able to say."""
        return _refusal(NotYet, path, self.told(path, message))


_Refusal = TypeVar("_Refusal", bound=ScenarioInvalid)


def _refusal(cls: type[_Refusal], path: str, told: str) -> _Refusal:
    return cls(told, (FieldProblem(path, cls.code, told),))


def inner(path: str, name: object) -> str:
    """Return the path of a member of what stands at `path`."""
    return f"{path}.{name}" if path else str(name)
