"""`variable_creator_scope`: functions through which variables are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any

_creators: ContextVar[tuple[Callable[..., Any], ...]] = ContextVar("creators", default=())


class Created(type):
    """The class of `Variable`: a call makes a variable through the creators of the scope."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        creators = _creators.get()
        if not creators:
            return super().__call__(*args, **kwargs)
        names = cls.__init__.__code__.co_varnames[1:]
        options = {**dict(zip(names, args, strict=False)), **kwargs}
        make: Callable[..., Any] = super().__call__
        for creator in creators:
            make = partial(_create, creator, make)
        return make(**options)


def _create(creator: Callable[..., Any], following: Callable[..., Any], **options: Any) -> Any:
    # What a creator makes itself does not come back to it.
    token = _creators.set(())
    try:
        return creator(following, **options)
    finally:
        _creators.reset(token)


@contextmanager
def variable_creator_scope(variable_creator: Callable[..., Any]) -> Iterator[None]:
    """Make variables through `variable_creator(next_creator, **kwargs)` within the block.

    `kwargs` are the arguments of `tf.Variable`; the creator calls `next_creator(**kwargs)`, which
    is that of the scope around it, and returns a variable. The innermost comes first.

    >>> def frozen(next_creator, **kwargs):
    ...     return next_creator(**{**kwargs, "trainable": False})
    >>> with tf.variable_creator_scope(frozen):
    ...     v = tf.Variable(1.0)
    >>> v.trainable
    False
    """
    token = _creators.set((*_creators.get(), variable_creator))
    try:
        yield
    finally:
        _creators.reset(token)
