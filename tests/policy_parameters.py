"""The table of a policy's parameters, read from the models: path, default, what it is, and its docstring."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic.fields import FieldInfo

from shared.policy.clauses import schema_paths
from shared.policy.parameters import Rules
from shared.policy.schema import Policy


class Parameter(NamedTuple):
    """One field of the schema with its path."""

    path: str
    model: type[Rules]
    name: str
    optional: bool
    """Whether it stands in a part that a policy may leave out."""

    @property
    def field(self) -> FieldInfo:
        return self.model.model_fields[self.name]


def parameters(model: type[Rules] = Policy, prefix: str = "", *, optional: bool = False) -> Iterator[Parameter]:
    """Every field that a policy may state, in the order of the models; a part with defaults is its fields."""
    for name, field in model.model_fields.items():
        one = Parameter(f"{prefix}{name}", model, name, optional)
        inner = _model_in(field.annotation)
        absent = inner is not None and (field.default is None or get_origin(field.annotation) is tuple)
        if inner is None or absent:
            yield one
        if inner is not None:
            yield from parameters(inner, f"{prefix}{name}.", optional=optional or absent)


def _model_in(hint: Any) -> type[Rules] | None:
    if isinstance(hint, type) and issubclass(hint, Rules):
        return hint
    return next((found for one in get_args(hint) if (found := _model_in(one)) is not None), None)


def policy_parameters() -> str:
    """The table as Markdown."""
    lines = ["| parameter | default | is | meaning |", "|---|---|---|---|"]
    lines += (f"| `{one.path}` | {_default(one)} | {_role(one.path)} | {_meaning(one)} |" for one in parameters())
    return "\n".join(lines)


def _role(path: str) -> str:
    known = schema_paths()
    if path not in known:
        assert any(one.startswith(f"{path}.") for one in known), f"{path} is neither a clause nor a part of one"
        return "each word a clause"
    one = known[path]
    return f"of `{one.clause}`" if one.role == "parameter" else one.role


def _default(one: Parameter) -> str:
    field = one.field
    if field.is_required():
        return "required there" if one.optional else "required"
    return "none" if field.default is None else f"`{_written(field.default)}`"


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_written(one)}" for name, one in value.items()) + "}"
    return "[" + ", ".join(map(_written, value)) + "]" if isinstance(value, tuple) else str(value)


def _meaning(one: Parameter) -> str:
    text = docstring(one).rstrip(".")
    words = get_args(one.field.annotation) if get_origin(one.field.annotation) is Literal else ()
    only = " (the only value so far)" if len(words) == 1 else ""
    return f"{text}{only}".replace("|", "\\|")


def docstring(one: Parameter) -> str:
    """What stands below the field in its class; raises `KeyError` where nothing does."""
    return _docstrings(one.model)[one.name]


@cache
def _docstrings(model: type[Rules]) -> dict[str, str]:
    [tree] = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(tree, ast.ClassDef)
    return {
        field.target.id: " ".join(str(text.value.value).split())
        for field, text in zip(tree.body, tree.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
    }
