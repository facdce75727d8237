"""What the page may ask to be run, and its limits."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from impetus_sim.errors import InvalidInputError

MOST_CHANGES: Final = 100
MOST_TEXT: Final = 64 * 1024
MOST_REPLICATES: Final = 50
INJECT_SECTIONS: Final = (
    "hazards",
    "interventions",
    "response",
    "crowd",
    "cyber",
    "sensing",
    "detection",
    "infrastructure",
    "traffic",
    "weather",
)
"""Sections that text from the page may add to; none of them reads another scenario file."""


class BranchRequest(BaseModel):
    """A branch of a recording: from when, with which keys changed, and what is added, as YAML."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    rid: str
    at_s: Annotated[float, Field(ge=0.0)]
    set: Annotated[list[Annotated[str, Field(max_length=2000)]], Field(max_length=MOST_CHANGES)] = []
    inject: Annotated[str, Field(max_length=MOST_TEXT)] = ""


class BandRequest(BaseModel):
    """Fresh replicates of a recording's scenario."""

    model_config = ConfigDict(extra="forbid")

    rid: str
    replicates: Annotated[int, Field(ge=2, le=MOST_REPLICATES)] = 10


def check_inject(text: str) -> None:
    """Refuse YAML that would add to anything but the sections of a scenario that a branch may change.

    Raises
    ------
    InvalidInputError
        When it is no mapping of sections, or names another one.
    """
    if not text.strip():
        return
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        held = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        said = " ".join(str(error).split())[:300]
        raise InvalidInputError(f"what is to happen is no YAML: {said}", hint="use the example") from error
    if not isinstance(held, dict):
        raise InvalidInputError(
            "what is to happen must begin with a section, such as 'hazards:'", hint="use the example"
        )
    foreign = sorted(str(name) for name in held if name not in INJECT_SECTIONS)
    if foreign:
        raise InvalidInputError(
            f"a branch cannot add to '{foreign[0]}'", hint=f"sections: {', '.join(sorted(INJECT_SECTIONS))}"
        )
