"""The base of every typed section: frozen, keyword-only, unknown keys refused.

What must be written: the fields, with types from `impetus_sim.scenario.quantities`. What comes for free:
units, distributions, errors with line and column, the editor schema, the resolved text, drawing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, NoReturn, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

Value = TypeVar("Value")


class Spec(BaseModel):
    """Frozen section of a scenario; specs of hazards, interventions and walking models subclass it.

    The specs of parts do not declare `kind`: it is set on the class from the registry. A part whose fields
    name other entries overrides `references`; one whose fields can clash adds a pydantic model validator
    and calls `refuse` in it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)

    kind: ClassVar[str] = ""
    """Kind under which the part is registered; empty for plain sections."""

    def references(self) -> list[tuple[str, str, str]]:
        """Return the names of other entries that this spec relies on.

        Returns
        -------
        One (key of the field, family, name) each; families are ``exits``, ``populations``, ``profiles``,
        ``gates``, ``stages``, ``hazards`` and ``interventions``.
        """
        return []


class Named(dict[str, Value]):
    """A mapping by name that cannot be changed; sorted, so that the order in the file does not matter."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("a scenario cannot be changed; with_(...) returns a changed copy")

    __setitem__ = __delitem__ = update = pop = popitem = clear = setdefault = __ior__ = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return Named, (dict(self),)

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self.items()))


_NAME = re.compile(r"[^\W_][\w' -]*")
_MAX_NAME_BYTES = 60


def none_is_empty(raw: Any) -> Any:
    """Take a section whose lines are all commented out for an empty one (before-validator)."""
    return {} if raw is None else raw


def _named(entries: Mapping[str, Any]) -> Named[Any]:
    for name in entries:
        if not _NAME.fullmatch(name) or len(name.encode()) > _MAX_NAME_BYTES:
            refuse(
                f"'{name[:80]}' cannot be a name",
                key=name,
                allowed=f"letters, digits, blanks, _ - ' after a letter or digit, up to {_MAX_NAME_BYTES} bytes",
            )
    return Named(sorted(entries.items()))


Entries = Annotated[dict[str, Value], BeforeValidator(none_is_empty), AfterValidator(_named)]
"""Entries by name, sorted and frozen: `Entries[Population]`."""


def refuse(message: str, *, key: str = "", allowed: str = "", nearest: str = "") -> NoReturn:
    """Refuse a value from inside a pydantic validator.

    Parameters
    ----------
    message
        What was given and why it cannot be used.
    key
        Key inside the spec being validated at which the fault stands; dotted for deeper ones.
    allowed, nearest
        As in `impetus_sim.errors.Problem`.

    Raises
    ------
    PydanticCustomError
        Always.
    """
    context = {"text": message, "key": key, "allowed": allowed, "nearest": nearest}
    raise PydanticCustomError("refused", "{text}", context)


def walk(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield every (path, value) of a spec tree, parents before children, in a fixed order."""
    yield path, value
    if isinstance(value, Spec):
        for name in type(value).model_fields:
            yield from walk(getattr(value, name), (*path, name))
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from walk(item, (*path, name))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from walk(item, (*path, index))
