"""The parts that every crate has: the profile, the software, the map with its licence, seeds, and the action.

The action is a ``CreateAction`` of schema.org, which RO-Crate takes for a PROV activity: ``instrument`` is the
software, ``object`` what was used, ``result`` what was generated, ``agent`` who is responsible.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from impetus_sim.analysis.export.libraries import import_library
from impetus_sim.errors import InvalidInputError

CRATE_VERSION: Final = "1.1"
PROFILE: Final = "https://w3id.org/ro/wfrun/process/0.5"
PROJECT: Final = "#impetus_sim"
ODBL: Final = "https://opendatacommons.org/licenses/odbl/1-0/"
METADATA: Final = "ro-crate-metadata.json"
NO_LICENCE: Final = "The author has not said under which licence the results stand."


@dataclass(frozen=True, kw_only=True)
class Maker:
    """Who publishes a crate and under which terms.

    Parameters
    ----------
    author
        Name of the person responsible for the run.
    licence
        URL of the licence of the results, or words; empty where it is not said.
    """

    author: str
    licence: str = ""


@dataclass(frozen=True, kw_only=True)
class Activity:
    """What was done.

    Parameters
    ----------
    name, command
        In words, and the command that does it again.
    started, ended
        When, with a time zone.
    used, generated
        Entities of the crate.
    """

    name: str
    command: str
    started: datetime
    ended: datetime
    used: Sequence[Any]
    generated: Sequence[Any]


class CrateBuilder:
    """A crate under way.

    Parameters
    ----------
    name, description
        Of the whole.
    maker
        Who publishes it.
    published
        When what it holds was made: the same results give the same crate.

    Raises
    ------
    InvalidInputError
        When rocrate is not installed.
    """

    def __init__(self, *, name: str, description: str, maker: Maker, published: datetime) -> None:
        library = import_library("rocrate.rocrate", extra="study", what="RO-Crate")
        self._model: Any = import_library("rocrate.model.contextentity", extra="study", what="RO-Crate")
        self._crate: Any = library.ROCrate(version=CRATE_VERSION)
        self._crate.name, self._crate.description = name, description
        self._crate.datePublished = published
        profile = self.add(PROFILE, {"@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"})
        self._crate.root_dataset["conformsTo"] = profile
        self.agent = self.add(f"#{maker.author.replace(' ', '_')}", {"@type": "Person", "name": maker.author})
        self._crate.root_dataset["author"] = self.agent
        self._crate.root_dataset["license"] = self._licence(maker.licence)

    def add(self, identifier: str, properties: Mapping[str, Any]) -> Any:
        """Add what is not a file, and return it."""
        return self._crate.add(
            self._model.ContextEntity(self._crate, identifier, properties=dict(properties))
        )

    def add_file(self, source: Path, *, name: str, form: str, about: str) -> Any:
        """Add a file of the run under its own name in the crate, and return it."""
        properties = {"name": about, "encodingFormat": form, "contentSize": str(source.stat().st_size)}
        return self._crate.add_file(source, dest_path=name, properties=properties)

    def add_software(self, version: str, libraries: Mapping[str, str]) -> Any:
        """Add the engine of some version and what it rests on, and return it."""
        needed = [
            self.add(
                f"#{library}", {"@type": "SoftwareApplication", "name": library, "softwareVersion": held}
            )
            for library, held in sorted(libraries.items())
            if library != "impetus_sim"
        ]
        properties = {
            "@type": "SoftwareApplication",
            "name": "impetus_sim",
            "softwareVersion": version,
            "description": "Agent-based simulation of urban crises",
            "license": self.add(
                "https://spdx.org/licenses/Apache-2.0",
                {"@type": "CreativeWork", "name": "Apache License 2.0"},
            ),
            "softwareRequirements": needed,
        }
        return self.add(PROJECT, properties)

    def add_map(self, said: Mapping[str, Any]) -> Any:
        """Add the map by its digest, with its licence, credit and date where a recording says them."""
        properties: dict[str, Any] = {
            "@type": "Dataset",
            "name": f"Map {said.get('map_name', '')}".strip(),
            "identifier": str(said["map_digest"]),
        }
        for key, name in (
            ("map_date", "temporalCoverage"),
            ("map_credit", "creditText"),
            ("map_source", "isBasedOn"),
        ):
            if said.get(key):
                properties[name] = str(said[key])
        licence = str(said.get("map_licence") or said.get("map_credit") or "")
        if "ODbL" in licence:
            odbl = {"@type": "CreativeWork", "name": "Open Database License 1.0", "alternateName": "ODbL"}
            properties["license"] = self.add(ODBL, odbl)
        elif licence:
            properties["license"] = licence
        return self.add(f"#map-{str(said['map_digest'])[:16]}", properties)

    def add_value(self, name: str, value: Any) -> Any:
        """Add a setting such as the seed, and return it."""
        properties = {"@type": "PropertyValue", "name": name, "value": value}
        return self.add(f"#{name.replace(' ', '_')}", properties)

    def add_action(self, done: Activity, software: Any) -> None:
        """Add what was done; the crate is about it."""
        properties: dict[str, Any] = {
            "name": done.name,
            "description": done.command,
            "startTime": done.started.isoformat(),
            "endTime": done.ended.isoformat(),
            "actionStatus": "http://schema.org/CompletedActionStatus",
            "agent": self.agent,
        }
        action = self._crate.add_action(
            software,
            identifier="#run",
            object=list(done.used),
            result=list(done.generated),
            properties=properties,
        )
        self._crate.root_dataset["mentions"] = [action]

    def write(self, folder: Path) -> list[str]:
        """Write the crate into a folder that holds nothing, and return the names of its files.

        Raises
        ------
        InvalidInputError
            When there is something in the folder.
        """
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise InvalidInputError(f"'{folder}' is there already", hint="an RO-Crate goes to a new folder")
        self._crate.write(folder)
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())

    def _licence(self, licence: str) -> Any:
        if licence.startswith(("http://", "https://")):
            return self.add(licence, {"@type": "CreativeWork", "name": licence})
        return self.add("#licence", {"@type": "CreativeWork", "name": licence or NO_LICENCE})
