"""The sensors of a run, from the scenario's section."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from impetus_sim import registry
from impetus_sim.engine.naming import about
from impetus_sim.sensing.base import Sensor, SensorContext
from impetus_sim.sensing.system import SensingSystem

if TYPE_CHECKING:
    from impetus_sim.scenario.sensing import Sensing
    from impetus_sim.sensing.scene import Scene
    from impetus_sim.world.context import PartContext


def build_sensing(
    spec: Sensing, context: PartContext, scene: Scene, *, mounted: Mapping[str, Callable[[], bool]]
) -> SensingSystem:
    """Build the sensors of a drawn scenario; `mounted` as for `SensingSystem`.

    Raises
    ------
    InvalidInputError
        When one cannot stand where it is put, or watches what the run does not have.
    """
    sensor_context = SensorContext(scene=scene, **vars(context))
    kinds = registry.catalogue("sensors")
    sensors: dict[str, Sensor] = {}
    for name, part in spec.sensors.items():
        with about(f"sensing.sensors.{name}"):
            sensors[name] = kinds[part.kind](name, part, sensor_context)
    return SensingSystem(sensors, context.world, mounted=mounted)
