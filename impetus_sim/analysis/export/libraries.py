"""Libraries that only some formats need, imported when a format is asked for."""

from __future__ import annotations

import importlib
from typing import Any

from impetus_sim.errors import InvalidInputError


def import_library(name: str, *, extra: str, what: str) -> Any:
    """Return a library's module.

    Parameters
    ----------
    name
        As it is imported.
    extra
        The extra of this package that installs it.
    what
        What needs it, the subject of the message.

    Raises
    ------
    InvalidInputError
        When it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name.partition(".")[0]:
            raise  # the library is there, and is broken
        raise InvalidInputError(
            f"{what} needs {error.name}", hint=f"pip install 'impetus_sim[{extra}]'"
        ) from None
