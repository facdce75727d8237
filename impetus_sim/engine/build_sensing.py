"""The sensors of a run, and what they can see of its people, vehicles, air and infrastructure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impetus_sim import registry
from impetus_sim.engine.build_sight import build_sight
from impetus_sim.engine.naming import about
from impetus_sim.sensing.base import Sensor, SensorContext
from impetus_sim.sensing.scene import FalseReadings, Rows, Scene
from impetus_sim.sensing.system import SensingSystem

if TYPE_CHECKING:
    from impetus_sim.crowd.system import CrowdSystem
    from impetus_sim.infrastructure.system import InfrastructureSystem
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.sensing import Sensing
    from impetus_sim.world.context import PartContext
    from impetus_sim.world.world import World


def build_sensing(
    spec: Sensing | None,
    city: City,
    context: PartContext,
    crowd: CrowdSystem,
    *,
    infrastructure: InfrastructureSystem | None,
) -> SensingSystem | None:
    """Build the sensors of a drawn scenario; none without the section."""
    if spec is None:
        return None
    sensor_context = SensorContext(
        world=context.world,
        locate=context.locate,
        stream_key=context.stream_key,
        buildings=context.buildings,
        scene=build_scene(city, context.world, crowd, infrastructure),
    )
    kinds = registry.catalogue("sensors")
    sensors: dict[str, Sensor] = {}
    for name, part in spec.sensors.items():
        with about(f"sensing.sensors.{name}"):
            sensors[name] = kinds[part.kind](name, part, sensor_context)
    return SensingSystem(sensors, context.world)


def build_scene(
    city: City, world: World, crowd: CrowdSystem, infrastructure: InfrastructureSystem | None
) -> Scene:
    """Return what there is to be seen of the systems of a run."""
    services = None if infrastructure is None else infrastructure.services

    def false_readings(rows: Rows) -> FalseReadings:
        assert services is not None
        return FalseReadings(*services.false_telemetry(rows))

    return Scene(
        sight=build_sight(city, world, crowd), false_readings=None if services is None else false_readings
    )
