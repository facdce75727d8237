"""What a dataset is made of: variables that grow along a dimension, and those that do not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Block = Mapping[str, Array]

BLOCK_VALUES = 1_000_000
"""Numbers of one variable in a block, about: what is in memory at a time."""


@dataclass(frozen=True, kw_only=True)
class Variable:
    """One variable.

    Parameters
    ----------
    name
        In the dataset.
    dimensions
        Names; none for a scalar.
    dtype
        Of numpy, or `str` for texts.
    attributes
        By the CF conventions: ``units``, ``long_name``, ``standard_name`` and so on.
    fill
        What stands where there is no value (``_FillValue``).
    """

    name: str
    dimensions: tuple[str, ...]
    dtype: Any
    attributes: Mapping[str, Any] = field(default_factory=dict)
    fill: float | int | None = None

    def described(self) -> dict[str, Any]:
        """Return all attributes, the fill value in the variable's own type."""
        held = dict(self.attributes)
        return held if self.fill is None else {"_FillValue": np.dtype(self.dtype).type(self.fill), **held}


@dataclass(frozen=True, kw_only=True)
class Fixed:
    """A variable whose values do not grow.

    Parameters
    ----------
    variable
        Its description.
    values
        Shape of its dimensions.
    """

    variable: Variable
    values: Any


@dataclass(frozen=True, kw_only=True)
class Section:
    """Variables that share one growing dimension, with what belongs to them.

    Parameters
    ----------
    dimension
        The growing one: the first of each of `variables`.
    variables
        What grows.
    blocks
        Starts over at each call: yields, in order, arrays by the name of each variable, of equal length along the
        first dimension; a block fits into memory.
    fixed
        Coordinates, names and other values that do not grow; they give the sizes of all other dimensions.
    """

    dimension: str
    variables: tuple[Variable, ...]
    blocks: Callable[[], Iterator[Block]]
    fixed: tuple[Fixed, ...] = ()


def names_of(dimension: str, name: str, values: Iterable[Any], words: str) -> Fixed:
    """Return texts along a dimension, one for each of its places."""
    texts = np.array([value.decode() if isinstance(value, bytes) else str(value) for value in values], object)
    return Fixed(
        variable=Variable(name=name, dimensions=(dimension,), dtype=str, attributes={"long_name": words}),
        values=texts,
    )


def numbers_of(
    dimension: str, name: str, values: npt.ArrayLike, words: str, units: str = "1", **more: Any
) -> Fixed:
    """Return numbers along a dimension with their unit."""
    held = np.asarray(values)
    held = held.astype(np.uint8) if held.dtype == bool else held
    variable = Variable(
        name=name,
        dimensions=(dimension,),
        dtype=held.dtype,
        attributes={"long_name": words, "units": units, **more},
    )
    return Fixed(variable=variable, values=held)


def flags(names: Iterable[str], dtype: Any = np.uint8) -> dict[str, Any]:
    """Return the attributes that give words to the numbers 0, 1, 2, ..."""
    words = ["_".join(name.replace(",", "").split()) for name in names]
    return {"flag_values": _values(np.arange(len(words)), dtype), "flag_meanings": " ".join(words)}


def masks(names: Iterable[str], dtype: Any = np.uint8) -> dict[str, Any]:
    """Return the attributes that give words to the bits 1, 2, 4, ..."""
    words = list(names)
    return {"flag_masks": _values(1 << np.arange(len(words)), dtype), "flag_meanings": " ".join(words)}


def _values(numbers: Array, dtype: Any) -> Any:
    held = numbers.astype(dtype)
    return held[0] if len(held) == 1 else held  # a file does not tell an array of one from a number
