"""How a study computes one run: the seam between planning and the engine.

Worker processes import the functions by name, so they stand at module level.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impetus_sim.planning.runs.outcome import Outcome
from impetus_sim.planning.runs.worker import RunFunction, RunRequest

if TYPE_CHECKING:
    from impetus_sim.recording.reader import Recording

HAS_SIMULATED = "has-simulated"
"""Marker of kernels with which a study has computed a run."""


@dataclass(frozen=True, kw_only=True)
class Runner:
    """What a study needs to know of the engine.

    Parameters
    ----------
    run
        Computes and measures one run, in a worker process.
    find_map_digest
        Opens the scenario's map (building it once where needed) and returns the digest of its content.
    find_kernel_hash
        Names the compiled code.
    is_warm
        Whether compiled kernels are on disk already.
    pack
        Turns a scenario into what is sent to worker processes and handed to `run`.
    """

    run: RunFunction
    find_map_digest: Callable[[Any], str]
    find_kernel_hash: Callable[[], str]
    is_warm: Callable[[], bool]
    pack: Callable[[Any], Any] = lambda scenario: scenario


@dataclass(frozen=True, kw_only=True)
class PackedScenario:
    """A scenario on its way to a worker: the very text that the run key names.

    Parameters
    ----------
    text
        Canonical text of the resolved scenario.
    source
        File from whose folder a relative map name starts; None for one made in Python.
    """

    text: str
    source: Path | None


def pack_scenario(scenario: Any) -> PackedScenario:
    """Return a scenario as its text."""
    return PackedScenario(text=scenario.to_text(), source=scenario.source)


def simulate_and_measure(request: RunRequest, recording_path: Path) -> Outcome:
    """Run the engine on one thread and compute every metric from the recording."""
    from impetus_sim.planning.runs.measure import measure_recording

    return _simulate(request, recording_path, measure_recording)


def simulate_and_read(request: RunRequest, recording_path: Path) -> Outcome:
    """Run the engine on one thread, compute every metric, and keep what every sensor said."""
    from impetus_sim.planning.runs.measure import measure_with_readings

    return _simulate(request, recording_path, measure_with_readings)


def _simulate(request: RunRequest, recording_path: Path, measure: Callable[[Recording], Outcome]) -> Outcome:
    from impetus_sim.engine.record import simulate
    from impetus_sim.kernels.compile import leave_marker
    from impetus_sim.scenario.load import read_scenario_text

    scenario = read_scenario_text(request.scenario.text, source=request.scenario.source)
    with simulate(
        scenario, seed=request.seed, replicate=request.replicate, path=recording_path, threads=1
    ) as recording:
        outcome = measure(recording)
    leave_marker(HAS_SIMULATED)
    return outcome


def open_map_digest(scenario: Any) -> str:
    """Open the scenario's city and return its digest."""
    return str(scenario.open_map().digest)


def find_kernel_hash() -> str:
    """Return the hash of the kernels of this installation on this processor."""
    from impetus_sim.kernels.compile import kernel_hash

    return kernel_hash()


def has_compiled_kernels() -> bool:
    """Tell whether a study has run with exactly these kernels on this machine, so that they are on disk."""
    from impetus_sim.kernels.compile import marker

    return marker(HAS_SIMULATED).exists()


ENGINE = Runner(
    run=simulate_and_measure,
    find_map_digest=open_map_digest,
    find_kernel_hash=find_kernel_hash,
    is_warm=has_compiled_kernels,
    pack=pack_scenario,
)
"""The real thing."""

READING = replace(ENGINE, run=simulate_and_read)
"""The same, for studies that ask what sensors said."""
