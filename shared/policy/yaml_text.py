"""YAML text as values: limits are checked while the text streams in, before anything is built or can recurse."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from shared.errors import FieldProblem
from shared.policy.core_schema import Scalar, value_of
from shared.policy.refused import Place, PolicyRefused

Value = dict[str, "Value"] | list["Value"] | Scalar

MAX_DEPTH = 16
"""Lists and mappings in each other. A policy has six; the parser beneath looks a line ahead for every open one."""
MAX_NODES = 5_000
"""Values and keys. A long policy has two hundred; so many take 20 ms."""
MAX_KEY_CHARACTERS = 80
"""As long as any identifier. Each value's path names all keys above it, so long ones would multiply."""
MAX_SCALAR_CHARACTERS = 1_000
"""Characters of one text: all fields of a registration as alternatives have a third of it."""

# YAML 1.1 breaks lines at U+0085, U+2028 and U+2029, and YAML 1.2 does not: two readers would see two documents. The
# rest cannot be seen, or makes a line read as another one.
_UNSEEN = "\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff"
_UNREADABLE = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f{_UNSEEN}]|(?!\A)\ufeff")
_UNPRINTABLE = re.compile(rf"[\x00-\x1f\ufeff{_UNSEEN}]")


@dataclass(slots=True)
class Read:
    """What a text states: its value, the place of each value by dotted path, and parameters that are given twice."""

    value: Value = None
    places: dict[str, Place] = field(default_factory=dict)
    twice: list[FieldProblem] = field(default_factory=list)


def read_yaml(text: str, max_nodes: int = MAX_NODES) -> Read:
    """The one document of the text by the YAML 1.2 core schema; raises `PolicyRefused` with line and column."""
    if found := _UNREADABLE.search(text):
        raise place_at(text, found.start()).refuses(f"contains the character U+{ord(found[0]):04X}; remove it")
    reading = _Reading(max_nodes)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            reading.take(event)
    except yaml.MarkedYAMLError as error:
        raise _place(error.problem_mark).refuses(error.problem or "not YAML or JSON") from error
    except yaml.YAMLError as error:
        raise Place().refuses("not YAML or JSON") from error
    return reading.read


def place_at(text: str, index: int) -> Place:
    """The place of a character of the text."""
    return Place(text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


def _place(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1) if mark else Place()


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end is still to come."""

    into: dict[str, Value] | list[Value]
    path: str
    key: str | None = None
    """The key that waits for its value."""


class _Reading:
    """Builds the value from the parser's events, with a stack of its own instead of recursion."""

    def __init__(self, max_nodes: int) -> None:
        self.read = Read()
        self._max_nodes = max_nodes
        self._open: list[_Open] = []
        self._nodes = 0
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """The next event is part of the value."""
        place = _place(event.start_mark)
        if isinstance(event, yaml.DocumentStartEvent):
            self._begin(event, place)
        elif isinstance(event, yaml.NodeEvent):
            self._check(event, place)
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event, place)
            else:
                into: dict[str, Value] | list[Value] = {} if isinstance(event, yaml.MappingStartEvent) else []
                self._open.append(_Open(into, self._put(into, place)))
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()

    def _begin(self, event: yaml.DocumentStartEvent, place: Place) -> None:
        self._documents += 1
        if self._documents > 1:
            raise place.refuses("a second document begins; publish each policy by itself")
        if event.tags or event.version not in (None, (1, 2)):
            raise place.refuses("directives are not read; remove the lines that begin with %")

    def _check(self, event: yaml.NodeEvent, place: Place) -> None:
        # Aliases of aliases grow a page into gigabytes when it is walked. An anchor that nothing refers to is harmless.
        if isinstance(event, yaml.AliasEvent):
            problem = place.problem("", "policy.alias", "write the value out instead of the alias *…")
            raise PolicyRefused(problem.message, (problem,))
        if getattr(event, "tag", None) is not None:
            raise place.refuses("tags are not read; remove the one that begins with !, and put text in quotes")
        self._nodes += 1
        if self._nodes > self._max_nodes:
            raise place.refuses(f"more than {self._max_nodes} values and keys; shorten the text")
        if isinstance(event, yaml.CollectionStartEvent):
            if len(self._open) >= MAX_DEPTH:
                raise place.refuses(f"nested deeper than {MAX_DEPTH} levels")
            if self._awaits_key():
                raise place.refuses("a key must be text; write one word and a colon")

    def _scalar(self, event: yaml.ScalarEvent, place: Place) -> None:
        text = event.value
        if len(text) > MAX_SCALAR_CHARACTERS:
            raise place.refuses(f"the text has {len(text)} characters; at most {MAX_SCALAR_CHARACTERS} are read")
        if found := _UNPRINTABLE.search(text):
            raise place.refuses(f"the text contains the character U+{ord(found[0]):04X}; write it on one line without")
        value = value_of(text, place) if event.implicit[0] else text
        if self._awaits_key():
            self._key(value, place)
        else:
            self._put(value, place)

    def _awaits_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].into, dict) and self._open[-1].key is None

    def _key(self, key: Scalar, place: Place) -> None:
        if not isinstance(key, str):
            raise place.refuses("a key must be text; put it in quotes if it is meant")
        if len(key) > MAX_KEY_CHARACTERS:
            raise place.refuses(f"the key has {len(key)} characters; at most {MAX_KEY_CHARACTERS} are read")
        parent = self._open[-1]
        parent.key = key
        if key in parent.into:
            path = _inner(parent.path, key)
            twice = place.problem(path, "policy.duplicate_parameter", f"{path} is given twice; keep one")
            self.read.twice.append(twice)

    def _put(self, value: Value, place: Place) -> str:
        """The value is where it belongs; its path."""
        path = ""
        if not self._open:
            self.read.value = value
        else:
            parent = self._open[-1]
            if isinstance(parent.into, list):
                path = _inner(parent.path, str(len(parent.into)))
                parent.into.append(value)
            else:
                assert parent.key is not None
                path = _inner(parent.path, parent.key)
                parent.into[parent.key], parent.key = value, None
        self.read.places.setdefault(path, place)
        return path


def _inner(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
