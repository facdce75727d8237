"""What a built library holds, as arrays: signatures and outcomes of its situations; saved, and read at once."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError, RunFailedError
from impetus_sim.files import write_durably
from impetus_sim.planning.runs.store import read_finished, write_json

Floats = npt.NDArray[np.float64]

SCHEMA_VERSION: Final = 1
DOCUMENT: Final = "library.json"
ARRAYS: Final = "library.npz"
FEWEST: Final = 4
"""Situations below which nothing can be told of the distances between them."""


@dataclass(frozen=True, kw_only=True)
class Situation:
    """One situation: its name, and the value of each factor."""

    name: str
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Set:
    """Situations with their counts and outcomes.

    Parameters
    ----------
    situations
        What they are.
    cube
        Where they lie among the quantiles of the factors, float64 (situations, factors).
    signatures
        Counts without an option, float64 (situations, replicates, counts).
    values
        Metrics, float64 (metrics, situations, options, replicates).
    """

    situations: tuple[Situation, ...]
    cube: Floats
    signatures: Floats
    values: Floats

    def __len__(self) -> int:
        return len(self.situations)


@dataclass(frozen=True, kw_only=True)
class Entries:
    """A built library.

    Parameters
    ----------
    about
        Title, question, labels of factors, seed, versions, quality.
    options
        What could be done: name and title of each; the first is the one under which signatures were counted.
    metrics
        Name to unit, label and better side; the first ranks the options.
    streams, kinds, edges_s
        Counts of a signature: stream by stream, over stretches between these times, s.
    design, held_back
        The situations that are matched to, and those that measure the library.
    """

    about: Mapping[str, Any]
    options: tuple[Mapping[str, str], ...]
    metrics: Mapping[str, Mapping[str, str]]
    streams: tuple[str, ...]
    kinds: tuple[str, ...]
    edges_s: Floats
    design: Set
    held_back: Set

    @property
    def is_lower_better(self) -> bool:
        """Whether less of the ranking metric is better."""
        return next(iter(self.metrics.values()))["better"] == "lower"

    def with_about(self, **more: Any) -> Entries:
        """Return a copy that also says this of itself."""
        return replace(self, about={**self.about, **more})

    def save(self, folder: Path) -> None:
        """Write ``library.npz``, then ``library.json``."""
        arrays = {"edges_s": self.edges_s}
        for name, each in (("design", self.design), ("held_back", self.held_back)):
            arrays |= {
                f"{name}_cube": each.cube,
                f"{name}_signatures": each.signatures,
                f"{name}_values": each.values,
            }
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **arrays)
        write_durably(folder / ARRAYS, buffer.getvalue())
        document = {
            "schema_version": SCHEMA_VERSION,
            **self.about,
            "options": [dict(option) for option in self.options],
            "metrics": {name: dict(metric) for name, metric in self.metrics.items()},
            "streams": [
                {"stream": name, "kind": kind} for name, kind in zip(self.streams, self.kinds, strict=True)
            ],
            "edges_s": self.edges_s.tolist(),
            "situations": [_to_row(each) for each in self.design.situations],
            "held_back": [_to_row(each) for each in self.held_back.situations],
        }
        write_json(folder / DOCUMENT, document)

    @classmethod
    def load(cls, folder: Path | str) -> Entries:
        """Read a built library.

        Raises
        ------
        InvalidInputError
            When the folder holds none, or one of another layout.
        """
        document = read_finished(folder, DOCUMENT, what="library", command="impetus library build")
        if document.get("schema_version") != SCHEMA_VERSION:
            raise InvalidInputError(f"'{folder}' holds a library of another layout", hint="build it again")
        try:
            with np.load(Path(folder) / ARRAYS, allow_pickle=False) as held:
                arrays = {name: np.asarray(held[name], np.float64) for name in held.files}
        except (OSError, ValueError, KeyError) as error:
            raise InvalidInputError(f"'{folder}': {ARRAYS} cannot be read", hint="build it again") from error
        streams = document.pop("streams")
        rows = {"design": document.pop("situations"), "held_back": document.pop("held_back")}
        del document["schema_version"], document["edges_s"]
        sets = {
            name: Set(
                situations=tuple(Situation(**row) for row in rows[name]),
                cube=arrays[f"{name}_cube"],
                signatures=arrays[f"{name}_signatures"],
                values=arrays[f"{name}_values"],
            )
            for name in rows
        }
        return cls(
            options=tuple(document.pop("options")),
            metrics=document.pop("metrics"),
            streams=tuple(each["stream"] for each in streams),
            kinds=tuple(each["kind"] for each in streams),
            edges_s=arrays["edges_s"],
            about=document,
            **sets,
        )


def require_enough(n: int) -> None:
    """Raise where a library has too few situations with all their runs."""
    if n < FEWEST:
        raise RunFailedError(
            f"{n} situations have all their runs and values; a library needs {FEWEST} or more",
            hint="look at results.parquet for errors, or give the design more samples",
        )


def split_sets(
    situations: Sequence[Situation], cube: Floats, signatures: Floats, values: Floats, *, n_design: int
) -> tuple[Set, Set, int]:
    """Return design and held back, without situations that lack a run, a count or a value, and how many those are.

    Parameters
    ----------
    situations, cube, signatures, values
        As in `Set`, design first.
    n_design
        How many are the design.
    """
    is_whole = np.isfinite(signatures).all(axis=(1, 2)) & np.isfinite(values[0]).all(axis=(1, 2))

    def take(rows: npt.NDArray[np.intp]) -> Set:
        return Set(
            situations=tuple(situations[int(k)] for k in rows),
            cube=cube[rows],
            signatures=signatures[rows],
            values=values[:, rows],
        )

    whole = np.flatnonzero(is_whole)
    design, held_back = take(whole[whole < n_design]), take(whole[whole >= n_design])
    require_enough(len(design))
    return design, held_back, int((~is_whole).sum())


def _to_row(situation: Situation) -> dict[str, Any]:
    return {"name": situation.name, "values": dict(situation.values)}
