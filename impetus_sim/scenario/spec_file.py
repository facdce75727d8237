"""Reading a file that is not a scenario but written by the same rules: typed, with every fault located."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from impetus_sim.errors import InvalidFilesError
from impetus_sim.scenario.parse import parse_file
from impetus_sim.scenario.problems import to_problems
from impetus_sim.scenario.spec import Spec
from impetus_sim.scenario.tree import plain

AnySpec = TypeVar("AnySpec", bound=Spec)


def read_spec_file(path: Path, model: type[AnySpec]) -> AnySpec:
    """Read a YAML file as a spec.

    Parameters
    ----------
    path
        The file.
    model
        What it holds.

    Raises
    ------
    InvalidFilesError
        With every problem at once: file, line, column, key.
    """
    node, problems = parse_file(path, name=str(path))
    if node is not None and not problems:
        try:
            return model.model_validate(plain(node))
        except ValidationError as error:
            problems = [problem for _, _, problem in to_problems(error, node, model)]
    raise InvalidFilesError(problems)
