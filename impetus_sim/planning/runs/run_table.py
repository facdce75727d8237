"""The runs of named scenarios on common random numbers: keys, requests, and what a folder holds of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from impetus_sim.engine.run_key import compute_run_key
from impetus_sim.errors import InvalidInputError, RunFailedError
from impetus_sim.planning.runs.options import ComparedScenario, OpenedMap, find_map_digests
from impetus_sim.planning.runs.runner import Runner
from impetus_sim.planning.runs.store import StudyFolder
from impetus_sim.planning.runs.worker import RunRequest
from impetus_sim.version import __version__

Keep = Literal["first", "none", "all"]
KEEP: tuple[Keep, ...] = ("first", "none", "all")
"""Which recordings stay: replicate 0 of each scenario (for the pictures), none, or all."""

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a folder holds of replicates 0..n-1; by scenario, then replicate."""

    keys: list[list[str]]
    results: list[list[Row | None]]
    failures: list[list[Row | None]]

    @property
    def n_failed(self) -> int:
        """Runs with an error."""
        return sum(failure is not None for row in self.failures for failure in row)

    def require_run(self, *, what: str = "every run", kept_in: Path | None = None) -> Row:
        """Return the first run that has a result.

        Parameters
        ----------
        what, kept_in
            Words for all these runs, and the folder of their errors, for the message.

        Raises
        ------
        RunFailedError
            When every run failed.
        """
        run = next((run for row in self.results for run in row if run is not None), None)
        if run is None:
            failure = next(each for row in self.failures for each in row if each is not None)
            raise RunFailedError(
                f"{what} failed; the first: {failure['message']}",
                hint=f"errors are kept in {kept_in}" if kept_in else "",
            )
        return run


def require_metrics(run: Row, wanted: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return unit, label and better side of metrics of a run; of all when none is named.

    Raises
    ------
    InvalidInputError
        When the run has no such metric.
    """
    told = run["metrics"]
    unknown = [name for name in wanted if name not in told]
    if unknown:
        raise InvalidInputError(
            f"metrics: the runs have no '{unknown[0]}'", hint=f"they have {', '.join(told)}"
        )
    return {name: {key: told[name][key] for key in ("unit", "label", "better")} for name in wanted or told}


class RunTable:
    """Runs of several scenarios: replicate r of each has the same random numbers.

    Parameters
    ----------
    scenarios
        By name, in the order of tables.
    seed
        Root of all randomness.
    keep
        Which recordings stay in the folder.
    runner
        Computes a run.
    """

    def __init__(
        self, scenarios: Mapping[str, ComparedScenario], *, seed: int, keep: Keep, runner: Runner
    ) -> None:
        self.seed = seed
        self.keep = keep
        self.kernel_hash = runner.find_kernel_hash()
        self.scenarios: dict[str, ComparedScenario] = {}
        self.maps: dict[str, str] = {}
        self.digests: dict[str, str] = {}
        self._runner = runner
        self._opened: list[OpenedMap] = []
        self._texts: dict[str, str] = {}
        self._packed: dict[str, Any] = {}
        self._keys: dict[tuple[str, int], str] = {}
        self._results: dict[str, Row] = {}
        self.add(scenarios)

    @property
    def names(self) -> list[str]:
        """Names of the scenarios, in the order of tables."""
        return list(self.scenarios)

    def describe(self) -> dict[str, Any]:
        """Return what all runs share, as documents have it: seed, engine version and kernel hash."""
        return {"seed": self.seed, "engine_version": __version__, "kernel_hash": self.kernel_hash}

    def describe_scenario(self, name: str) -> dict[str, str]:
        """Return the digests of a scenario and of its map, as documents have them."""
        return {"scenario_digest": self.digests[name], "map_digest": self.maps[name]}

    def add(self, scenarios: Mapping[str, ComparedScenario]) -> None:
        """Take up further scenarios; those whose name is there already are left as they are."""
        new = {name: each for name, each in scenarios.items() if name not in self.scenarios}
        self.maps |= find_map_digests(new, self._runner.find_map_digest, opened=self._opened)
        for name, scenario in new.items():
            self.scenarios[name] = scenario
            self.digests[name] = scenario.digest
            self._texts[name] = scenario.to_text()
            self._packed[name] = self._runner.pack(scenario)

    def key(self, name: str, replicate: int) -> str:
        """Return the key that names a run."""
        if (name, replicate) not in self._keys:
            self._keys[name, replicate] = compute_run_key(
                scenario_text=self._texts[name],
                map_digest=self.maps[name],
                seed=self.seed,
                replicate=replicate,
                engine_version=__version__,
                kernel_hash=self.kernel_hash,
            )
        return self._keys[name, replicate]

    def list_requests(self, n: int, *, names: Sequence[str] | None = None) -> list[RunRequest]:
        """Return the runs of replicates 0..n-1, each key once, replicate by replicate; `names`: of these only."""
        requests: dict[str, RunRequest] = {}
        for replicate in range(n):
            for name in self.names if names is None else names:
                request = RunRequest(
                    key=self.key(name, replicate),
                    scenario=self._packed[name],
                    scenario_digest=self.digests[name],
                    map_digest=self.maps[name],
                    seed=self.seed,
                    replicate=replicate,
                    engine_version=__version__,
                    kernel_hash=self.kernel_hash,
                    keep_recording=self.keep == "all" or (self.keep == "first" and replicate == 0),
                )
                requests.setdefault(request.key, request)
        return list(requests.values())

    def read(self, store: StudyFolder, n: int, *, names: Sequence[str] | None = None) -> Found:
        """Return what a folder holds of replicates 0..n-1; `names`: of these only. Results are read once."""
        wanted = self.names if names is None else names
        keys = [[self.key(name, replicate) for replicate in range(n)] for name in wanted]
        for key in {key for row in keys for key in row} - self._results.keys():
            result = store.read_result(key)
            if result is not None:
                self._results[key] = result
        return Found(
            keys=keys,
            results=[[self._results.get(key) for key in row] for row in keys],
            failures=[[store.read_failure(key) for key in row] for row in keys],
        )
