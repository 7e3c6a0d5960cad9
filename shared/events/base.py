"""What every event is: frozen data with a wire name, a version and the subjects it touches."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.values import computed_instant, said_day
from shared.values.fields import CodeWord, Identifier, Line, validated

Kind = Literal["fact", "decision"]

VENDOR_ONLY: dict[str, Any] = {"audience": "vendor"}
"""`json_schema_extra` of a field that a partner never sees: it would tell a rival's name or doings."""


Moment = Annotated[datetime, Field(strict=False), AfterValidator(validated(computed_instant))]
"""An instant with its offset, kept in UTC."""
Day = Annotated[date, Field(strict=False), AfterValidator(validated(said_day))]
Id = Identifier
Code = CodeWord
Short = Line


class Part(BaseModel):
    """A piece of an event: frozen, nothing unknown, no silent conversion of types."""

    # Values of wrong type are refused rather than converted: "1" is not 1 and 1.5 is not money. A class is built when
    # it is first used: no process uses all, and building them was a third of what it took to start one.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, ser_json_bytes="base64", defer_build=True)


_Made = TypeVar("_Made", bound=Part)


def composed(cls: type[_Made], **fields: Any) -> _Made:
    """The part made of values that were checked already: all of its fields, in the order in which it names them.

    For the edge, whose messages ask for the same forms; making an event the usual way checks each text once more.
    """
    made = cls.__new__(cls)
    _set(made, "__dict__", fields)
    _set(made, "__pydantic_fields_set__", set(fields))
    _set(made, "__pydantic_extra__", None)
    _set(made, "__pydantic_private__", None)
    return made


_set = object.__setattr__


class Event(Part):
    """A thing that happened or was concluded, past tense; its wire name and version never change meaning."""

    type: ClassVar[str]
    version: ClassVar[int] = 1
    kind: ClassVar[Kind] = "fact"
    own: ClassVar[bool] = True
    """Whether it is the entry that a fact has of its own: the fact, its refusal, or what holds it. Others follow."""

    def subjects(self) -> tuple[str, ...]:
        """Every subject that this entry touches, as `noun:id`, the main one first."""
        raise TypeError(f"{self.type} names no subjects")


Outcome = Literal["passed", "failed", "person", "missing"]
"""How a clause came out: it held; it did not; a person decides; something is still to come."""
Operator = Literal["at_least", "at_most", "one_of", "is", "given"]
"""What an input has to be for a clause to turn: `given` asks for no value but for being there at all."""
Value = str | int | bool | list[str] | None
MOST_RIVALS = 10
"""Rivals that a finding names; beyond them it counts."""


class Need(Part):
    """What would have turned a finding: this input, so compared with this value."""

    input: Code
    operator: Operator
    value: Value = None


class Finding(Part):
    """One clause as it was applied: what it saw, how it came out, and what would have turned it.

    `clause` is a path of the pinned policy (`gates.min_amount`) or one of the product's own rules (`always.crowd`);
    `code` is the key of its message and, where the finding ends something, the published code of that end.
    Which inputs and needs a partner may read is said where the clause is declared (`shared.policy.clauses`).
    """

    clause: Code
    outcome: Outcome
    code: Code
    inputs: dict[str, Value] = {}
    needs: tuple[Need, ...] = ()
    """Empty where it passed, and where its partner cannot turn it."""
    rivals: tuple[str, ...] = Field(default=(), max_length=MOST_RIVALS, json_schema_extra=VENDOR_ONLY)
    rival_count: int = Field(default=0, json_schema_extra=VENDOR_ONLY)
    """All of them, named or not."""


class Decision(Event):
    """What the decider concluded, with the clauses that it applied, in order; readers render it as a sentence."""

    kind: ClassVar[Kind] = "decision"
    own: ClassVar[bool] = False

    findings: tuple[Finding, ...] = ()
    policy: str | None = None
    """`program/version` whose clauses were applied, where a policy was."""


def subject(noun: str, *ids: str | None) -> tuple[str, ...]:
    """`noun:id` for each id given; absent ones are left out."""
    return tuple([f"{noun}:{one}" for one in ids if one is not None])


def distinct(subjects: Iterable[str]) -> tuple[str, ...]:
    """The subjects in first-seen order, each once."""
    return tuple(dict.fromkeys(subjects))
