"""An attribute that is computed when it is first asked for. As `functools.cached_property`, without the lock that it takes in Python 3.11."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Self, TypeVar, overload

Owner = TypeVar("Owner")
T = TypeVar("T")


class once(Generic[Owner, T]):  # noqa: N801 - a decorator, as `property` is
    """Keeps its answer in the instance, where the next look finds it without asking here."""

    def __init__(self, compute: Callable[[Owner], T]) -> None:
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, owner: None, kind: type[Owner]) -> Self: ...

    @overload
    def __get__(self, owner: Owner, kind: type[Owner]) -> T: ...

    def __get__(self, owner: Owner | None, kind: type[Owner]) -> T | Self:
        if owner is None:
            return self
        found = vars(owner)[self._name] = self._compute(owner)
        return found
