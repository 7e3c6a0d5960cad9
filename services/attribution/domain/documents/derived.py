"""A document with some fields changed, and what is derived from its fields: both at a fraction of the usual price."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

_Value = TypeVar("_Value")

if TYPE_CHECKING:
    from dataclasses import replace
    from functools import cached_property as derived

    def derived_from(*_: str) -> Callable[[Callable[[Any], _Value]], derived[_Value]]: ...
else:

    class derived:
        """As `functools.cached_property`, which before Python 3.12 takes a lock for each value it makes."""

        def __init__(self, function, fields=None):
            self._function = function
            self._name = function.__name__
            self._fields = fields
            self.__doc__ = function.__doc__

        def __get__(self, document, cls=None):
            value = document.__dict__[self._name] = self._function(document)
            return value

        def outlives(self, fields):
            """Whether a change of these fields leaves the value as it is."""
            return self._fields is not None and self._fields.isdisjoint(fields)

    def derived_from(*fields):
        """As `derived`, of these fields alone: a change of others keeps the value."""
        return lambda function: derived(function, frozenset(fields))

    def replace(before, /, **fields):
        """A copy with the given fields; what the former one had derived from them is derived anew.

        The original hands each field by name to the constructor, which sets each by a call: for a registration's
        two dozen that was a fifth of the time of a decision.
        """
        if not hasattr(before, "__dict__"):
            return dataclasses.replace(before, **fields)
        values = before.__dict__.copy()
        for name, made in _derived(type(before)):
            if name in values and not made.outlives(fields):
                del values[name]
        values.update(fields)
        now = object.__new__(type(before))
        object.__setattr__(now, "__dict__", values)
        return now

    @cache
    def _derived(cls):
        return tuple((name, value) for name, value in vars(cls).items() if isinstance(value, derived))


__all__ = ["derived", "derived_from", "replace"]
