"""Railway Square seen by its sensors: in the blackout cameras on dead transformers fall silent, others go on."""

import numpy as np
import pytest

from impetus_sim.engine.simulation import Simulation
from impetus_sim.maps.bundled import bundled_folder
from impetus_sim.scenario.load import load_scenario

FILE = bundled_folder("scenarios") / "demo" / "railway_square_sensors.yaml"


@pytest.mark.slow
def test_cameras_without_power_fall_silent_and_the_rest_speaks_on():
    scenario = load_scenario(FILE).with_(**{"hazards.feeder.start": 20, "hazards.square.start": 20})
    simulation = Simulation(scenario, seed=1)
    simulation.run_until(80.0)
    streams, readings = simulation.world.telemetry.streams, simulation.world.telemetry.readings
    is_camera = np.array(streams.kinds) == "people_in_view"
    serial = readings.serial[is_camera]
    level = simulation.world.asset_states.level[streams.asset[is_camera]]
    assert (serial[level < 0.5] <= 20).all() and (level < 0.5).sum() > 5
    assert (serial[level >= 0.5] == 80).all() and (level >= 0.5).any()
    assert readings.value[is_camera].max() > 20
    telemetry = np.array(streams.kinds) == "asset_reading"
    assert (readings.serial[telemetry] == 8).all()
    assert readings.value[telemetry].min() == 0.0 and readings.value[telemetry].max() == 1.0
