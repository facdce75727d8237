"""Networks of power and water: files beside a scenario, held in it as text once read.

The text is JSON: the name of the file or folder, and the content of each file. What it means is looked at by
`infrastructure`, before a run begins.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import PlainValidator, WithJsonSchema

from impetus_sim.scenario.held_file import path_beside, refuse_larger, refuse_unreadable
from impetus_sim.scenario.spec import refuse

MAX_BYTES: Final = 100 * 1024 * 1024
POWER_FORMS: Final = (
    "a MATPOWER case (.m), a file of pandapower (.json) or a folder of SimBench (Node.csv, ...), relative to the"
    " scenario"
)
WATER_FORMS: Final = "an EPANET input file (.inp), relative to the scenario"
_SIMBENCH: Final = ("Node", "Coordinates", "LineType", "Line", "TransformerType", "Transformer", "Switch",
                    "ExternalNet", "Load", "RES", "PowerPlant", "Storage", "Shunt", "Transformer3W",
                    "DCLineType")  # fmt: skip


@dataclass(frozen=True)
class HeldFiles:
    """A network's files as text. name: of the file or folder. files: content by name."""

    name: str
    files: dict[str, str]

    @property
    def text(self) -> str:
        """Content, where it is one file."""
        (text,) = self.files.values()
        return text


def files_of(text: str) -> HeldFiles:
    """Return what a text of a validated field holds; refuses other text."""
    try:
        held = json.loads(text)
        return HeldFiles(str(held["name"]), {str(key): str(value) for key, value in held["files"].items()})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        refuse(f"this is not what was read of a network: {error}"[:120])


def _reader(suffixes: tuple[str, ...], tables: tuple[str, ...], forms: str) -> Callable[[Any], str]:
    def read(raw: Any) -> str:
        if not isinstance(raw, str) or not raw.strip():
            refuse(f"{str(raw)[:60]!r} is not a file", allowed=forms)
        if raw.startswith("{"):
            files_of(raw)
            return str(raw)
        path = path_beside(raw)
        try:
            paths = _paths(path, str(raw), suffixes, tables, forms)
            if sum(file.stat().st_size for file in paths) > MAX_BYTES:
                refuse_larger(raw, MAX_BYTES)
            files = {file.name: file.read_bytes().decode("utf-8-sig", "replace") for file in paths}
        except (OSError, ValueError) as error:
            refuse_unreadable(raw, error, forms=forms)
        return json.dumps({"name": path.name, "files": files}, sort_keys=True, ensure_ascii=False)

    return read


def _paths(
    path: Path, name: str, suffixes: tuple[str, ...], tables: tuple[str, ...], forms: str
) -> list[Path]:
    if path.is_dir():
        found = [path / f"{table}.csv" for table in tables if (path / f"{table}.csv").is_file()]
        if not found:
            refuse(f"'{name}' holds no tables of a network", allowed=forms)
        return found
    if path.suffix.lower() not in suffixes:
        refuse(f"'{name}' is no network", allowed=forms)
    return [path]


PowerNetworkText = Annotated[
    str,
    PlainValidator(_reader((".m", ".json"), _SIMBENCH, POWER_FORMS)),
    WithJsonSchema({"type": "string", "description": POWER_FORMS}),
]
WaterNetworkText = Annotated[
    str,
    PlainValidator(_reader((".inp",), (), WATER_FORMS)),
    WithJsonSchema({"type": "string", "description": WATER_FORMS}),
]
