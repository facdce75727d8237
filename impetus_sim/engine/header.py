"""What a recording says of its run: everything needed to run it again, and to know when that is exact."""

from __future__ import annotations

import importlib.metadata
import json
import platform
from typing import TYPE_CHECKING

from impetus_sim.crowd.population import FRAME_STATES
from impetus_sim.engine.describe import describe
from impetus_sim.engine.run_key import compute_run_key
from impetus_sim.kernels.compile import kernel_hash, processor
from impetus_sim.recording.header import Header
from impetus_sim.version import __version__

if TYPE_CHECKING:
    from impetus_sim.engine.simulation import Simulation

_PACKAGES = ("numpy", "numba", "scipy", "shapely", "mesa", "simpy", "h5py", "osmnx", "pydantic")


def find_versions() -> dict[str, str]:
    """Return the versions of the engine, Python and the libraries that a result rests on."""
    found = {"impetus_sim": __version__, "python": platform.python_version()}
    return found | {name: importlib.metadata.version(name) for name in _PACKAGES}


def find_run_key(simulation: Simulation) -> str:
    """Return the key of a simulation's result."""
    return compute_run_key(
        scenario_text=simulation.scenario.to_text(),
        map_digest=simulation.city.digest,
        seed=simulation.seed,
        replicate=simulation.replicate,
        engine_version=__version__,
        kernel_hash=kernel_hash(),
    )


def build_header(simulation: Simulation, **more: str | int | float) -> Header:
    """Build the header of a simulation's recording; `more` attributes are added or replace."""
    scenario, city = simulation.scenario, simulation.city
    record, world = scenario.record, simulation.world
    attributes: dict[str, str | int | float | bool] = {
        "title": scenario.title,
        "scenario": scenario.to_text(),
        "scenario_digest": scenario.digest,
        "scenario_file": "" if scenario.source is None else scenario.source.name,
        "scenario_path": "" if scenario.source is None else str(scenario.source),
        "variant": scenario.variant,
        "label": scenario.label,
        "parameters": scenario.crowd.parameters,
        "map_name": city.name,
        "map_digest": city.digest,
        "map_credit": str(city.meta.get("credit", "")),
        "map_date": str(city.meta.get("date", "")),
        "map_licence": str(city.meta.get("licence", "")),
        "map_source": str(city.meta.get("source", "")),
        "map_crs": city.crs,
        "seed": simulation.seed,
        "replicate": simulation.replicate,
        "run_key": find_run_key(simulation),
        "engine_version": __version__,
        "kernel_hash": kernel_hash(),
        "platform": f"{platform.system()} {platform.machine()} {processor()[0]}",
        "versions": json.dumps(find_versions()),
        "start_time": scenario.time.start,
        "zone": scenario.time.zone,
        "resolution_us": scenario.time.resolution_us,
        "duration_ticks": simulation.duration_ticks,
        "crowd_step_ticks": scenario.step_ticks,
        "frame_every_ticks": world.ticks(record.frame_every),
        "frame_states": json.dumps(FRAME_STATES),
        **more,
    }
    return Header(attributes=attributes, static=describe(simulation.systems, city))
