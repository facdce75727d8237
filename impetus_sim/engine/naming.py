"""Messages that name the key of the scenario they are about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from impetus_sim.errors import InvalidInputError


@contextmanager
def about(key: str) -> Iterator[None]:
    """Put a dotted key before the message of an invalid input found inside."""
    try:
        yield
    except InvalidInputError as error:
        raise InvalidInputError(f"{key}: {error.message}", hint=error.hint) from error
